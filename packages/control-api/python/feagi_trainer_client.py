"""The control API of FEAGI Trainer from Python: every command of ftr as a method, events as they happen.

Written from the table of @feagi-trainer/control-api; do not edit. Needs Python 3.9 and nothing else.

    from feagi_trainer_client import Client

    client = Client("http://127.0.0.1:4270", token)
    created = client.run_create(open("iris.run.toml").read(), "toml")
    for run in created.data["run_ids"]:
        client.run_start(run)
        for event in client.follow(run):
            print(event.id, event.data["kind"]["type"])
        print(client.run_metrics(run).data)
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Union

__all__ = ["ApiError", "Client", "Document", "Event"]

BASE = "/api/v1"


class Document(NamedTuple):
    """What a command prints with --json, and the command."""

    kind: str
    data: Any
    warnings: List[Dict[str, Any]]
    command: List[str]


class Event(NamedTuple):
    """One message of a stream: "run-event", "gap", "reset", "runs-changed", "error" or "end"."""

    event: str
    id: Optional[int]
    data: Any


class ApiError(Exception):
    """A refusal with every finding. The status is 0 where no answer came at all."""

    def __init__(self, status: int, reason: str, diagnostics: Sequence[Mapping[str, Any]], command: Sequence[str] = ()) -> None:
        super().__init__("\n".join("{} {}".format(each.get("code"), each.get("message")) for each in diagnostics) or reason)
        self.status = status
        self.reason = reason
        self.diagnostics = list(diagnostics)
        self.command = list(command)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the server that it was given for, and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Client:
    """One server. Integers keep all their digits, as Python's do; a call that fails raises ApiError."""

    def __init__(self, origin: str, token: str, timeout: float = 60.0) -> None:
        """origin: scheme, host and port. timeout: seconds that an answer may take; a stream has none."""
        self._origin = origin.rstrip("/")
        self._token = token
        self._timeout = timeout
        # No proxy: the server is this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def finish(self, started: Document, every: float = 0.5) -> Document:
        """Waits for the result of a job; raises ApiError as its command would fail."""
        job = started.data
        while job["state"] == "running":
            time.sleep(every)
            job = self.job_show(job["job_id"]).data
        result = job["result"]
        if result is None:
            message = "the job ended without a result: {}".format(job["state"])
            raise ApiError(200, "failed", [{"code": "FT6013", "message": message}], job["command"])
        if result["kind"] == "error":
            raise ApiError(200, result["data"]["reason"], result["data"]["diagnostics"], job["command"])
        return Document(result["kind"], result["data"], result["warnings"], job["command"])

    def follow(self, run: str, after: int = -1, retries: int = 5) -> Iterator[Event]:
        """Events of a run behind number after, until it has ended; connects again by itself, behind the last event that came."""
        last = after
        failures = 0
        while True:
            try:
                for event in self._stream("/runs/{run}/events", {"run": run}, None if last < 0 else last):
                    failures = 0
                    if event.event == "end":
                        return
                    if event.event == "error":
                        raise ApiError(200, event.data["data"]["reason"], event.data["data"]["diagnostics"])
                    if event.event == "reset":
                        last = event.data["after"]
                    elif event.id is not None:
                        last = event.id
                    yield event
            except ApiError as error:
                if error.status not in (0, 503) or failures >= retries:
                    raise
            except OSError:
                if failures >= retries:
                    raise
            failures += 1
            time.sleep(min(0.25 * 2**failures, 5.0))

    def _request(self, method: str, url: str, headers: Mapping[str, str], content: Optional[bytes], timeout: Optional[float]) -> Any:
        request = urllib.request.Request(self._origin + BASE + url, data=content, method=method)
        request.add_header("Authorization", "Bearer " + self._token)
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            return self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                _document(error.code, error.read())
            raise ApiError(error.code, "failed", [{"code": "FT6011", "message": "the answer is no document of the control API"}]) from None
        except urllib.error.URLError as error:
            help_ = "start it in the folder of the project: ftr serve"
            finding = {"code": "FT6010", "message": "the server does not answer", "actual": str(error.reason), "help": help_}
            raise ApiError(0, "unreachable", [finding]) from error

    def _send(
        self,
        method: str,
        pattern: str,
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        headers: Mapping[str, Any] = {},
        body: Optional[Mapping[str, Any]] = None,
        content: Optional[bytes] = None,
        idempotency_key: Optional[str] = None,
        accept: str = "application/json",
    ) -> Any:
        sent = {"Accept": accept}
        for name, value in headers.items():
            if value is not None:
                sent[name.replace("_", "-")] = '"{}"'.format(value)
        if method != "GET":
            sent["X-Feagi-Trainer"] = "1"
        if idempotency_key is not None:
            sent["Idempotency-Key"] = idempotency_key
        if content is not None:
            sent["Content-Type"] = "application/octet-stream"
        if body is not None:
            given = {name: value for name, value in body.items() if value is not None}
            content = json.dumps(given, ensure_ascii=False, allow_nan=False).encode("utf-8")
            sent["Content-Type"] = "application/json"
        if content is None and method != "GET":
            content = b""
            sent["Content-Type"] = "application/json"
        return self._request(method, _url(pattern, path, query), sent, content, self._timeout)

    def _call(self, method: str, pattern: str, **given: Any) -> Document:
        with self._send(method, pattern, **given) as response:
            return _document(response.status, response.read())

    def _bytes(self, method: str, pattern: str, **given: Any) -> bytes:
        with self._send(method, pattern, accept="*/*", **given) as response:
            return response.read()

    def _stream(self, pattern: str, path: Mapping[str, Any], last: Optional[int]) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        with self._request("GET", _url(pattern, path, {}), headers, None, None) as response:
            fields: Dict[str, str] = {}
            for raw in response:
                line = raw.decode("utf-8").rstrip("\r\n")
                if line == "":
                    if "data" in fields:
                        number = fields.get("id")
                        yield Event(fields.get("event", "message"), None if number is None else int(number), json.loads(fields["data"]))
                    fields = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    fields[name] = value[1:] if value.startswith(" ") else value

    def health(self) -> Document:
        """That it runs, and what."""
        return self._call(
            "GET",
            "/health",
            path={},
            query={},
        )

    def session(self) -> Document:
        """Project, counts, and whether runs can be started."""
        return self._call(
            "GET",
            "/session",
            path={},
            query={},
        )

    def openapi(self) -> bytes:
        """This interface as an OpenAPI document, without an envelope."""
        return self._bytes(
            "GET",
            "/openapi.json",
            path={},
            query={},
        )

    def events(self) -> Iterator[Event]:
        """Runs whose status, phase or events changed, as they change."""
        return self._stream("/events", {}, None)

    def environment(self) -> Document:
        """Machine, versions, plugins. Command: ftr env."""
        return self._call(
            "GET",
            "/environment",
            path={},
            query={},
        )

    def doctor(self) -> Document:
        """Whether Node, project, plugins and store are whole. Command: ftr doctor."""
        return self._call(
            "GET",
            "/doctor",
            path={},
            query={},
        )

    def schema_ls(self) -> Document:
        """Names of documents that have a JSON Schema. Command: ftr schema ls."""
        return self._call(
            "GET",
            "/schemas",
            path={},
            query={},
        )

    def schema_show(
        self,
        name: str,
    ) -> Document:
        """The JSON Schema of a document. Command: ftr schema show.

        name: Name of the document (a name of a document, such as RunSpec)
        """
        return self._call(
            "GET",
            "/schemas/{name}",
            path={"name": name},
            query={},
        )

    def job_ls(self) -> Document:
        """Jobs of this server."""
        return self._call(
            "GET",
            "/jobs",
            path={},
            query={},
        )

    def job_show(
        self,
        job: str,
    ) -> Document:
        """How far a job is, and its result.

        job: The job (j-<16 hex digits>)
        """
        return self._call(
            "GET",
            "/jobs/{job}",
            path={"job": job},
            query={},
        )

    def job_cancel(
        self,
        job: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """End a job.

        job: The job (j-<16 hex digits>)
        """
        return self._call(
            "POST",
            "/jobs/{job}/cancel",
            path={"job": job},
            query={},
            idempotency_key=idempotency_key,
        )

    def dataset_ls(self) -> Document:
        """Registered datasets. Command: ftr dataset ls."""
        return self._call(
            "GET",
            "/datasets",
            path={},
            query={},
        )

    def dataset_show(
        self,
        dataset: str,
    ) -> Document:
        """Features, classes, parts, leaks, options, hashes. Command: ftr dataset show.

        dataset: The dataset (name@version)
        """
        return self._call(
            "GET",
            "/datasets/{dataset}",
            path={"dataset": dataset},
            query={},
        )

    def dataset_preview(
        self,
        dataset: str,
        *,
        count: Optional[int] = None,
        from_: Optional[int] = None,
    ) -> Document:
        """Samples as the trainer reads them. Command: ftr dataset preview.

        dataset: The dataset (name@version)
        count: How many samples
        from_: Position of the first one, from 0
        """
        return self._call(
            "GET",
            "/datasets/{dataset}/samples",
            path={"dataset": dataset},
            query={"count": count, "from": from_},
        )

    def dataset_picture(
        self,
        dataset: str,
        sample: str,
    ) -> bytes:
        """The bytes of a sample: PNG or JPEG as such, everything else as plain text.

        dataset: The dataset (name@version)
        sample: The sample (an id of a sample)
        """
        return self._bytes(
            "GET",
            "/datasets/{dataset}/picture",
            path={"dataset": dataset},
            query={"sample": sample},
        )

    def dataset_labels(
        self,
        dataset: str,
    ) -> Document:
        """Classes, how many samples each has, and the label mapping. Command: ftr dataset labels.

        dataset: The dataset (name@version)
        """
        return self._call(
            "GET",
            "/datasets/{dataset}/labels",
            path={"dataset": dataset},
            query={},
        )

    def dataset_verify(
        self,
        dataset: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Hash every file again. Command: ftr dataset verify.

        dataset: The dataset (name@version)

        Answers with a job; finish() waits for its result, of kind dataset-verification.
        """
        return self._call(
            "POST",
            "/datasets/{dataset}/verify",
            path={"dataset": dataset},
            query={},
            idempotency_key=idempotency_key,
        )

    def dataset_split(
        self,
        dataset: str,
        method: str,
        *,
        fraction: Optional[Sequence[str]] = None,
        seed: Optional[Union[int, str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """The parts that a run would use, their hashes, classes and leaks; writes nothing. Command: ftr dataset split.

        dataset: The dataset (name@version)
        method: How samples are dealt out (one of hash, stratified, grouped, given)
        fraction: Parts with their shares, each part=share
        seed: Seed of the split
        """
        return self._call(
            "POST",
            "/datasets/{dataset}/split",
            path={"dataset": dataset},
            query={},
            body={"method": method, "fraction": fraction, "seed": seed},
            idempotency_key=idempotency_key,
        )

    def dataset_add(
        self,
        path: str,
        name: str,
        *,
        adapter: Optional[str] = None,
        label_column: Optional[str] = None,
        id_column: Optional[str] = None,
        group_column: Optional[str] = None,
        split_column: Optional[str] = None,
        ignore_column: Optional[Sequence[str]] = None,
        option: Optional[Sequence[str]] = None,
        label_map: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Scan a source completely and register it. Command: ftr dataset add.

        path: File or folder on this machine
        adapter: Id of the adapter that reads it
        label_column: Column with the class of each sample
        id_column: Column with an id that is unique per sample
        group_column: Column whose equal values must not be torn apart by a split
        split_column: Column that declares the part of each sample
        ignore_column: Columns that are no features
        option: Options of the adapter, each key=value as in TOML
        label_map: File of a label mapping: what each label of the source is called here
        name: Name to register it under

        Answers with a job; finish() waits for its result, of kind dataset.
        """
        return self._call(
            "POST",
            "/datasets",
            path={},
            query={},
            body={"path": path, "adapter": adapter, "label_column": label_column, "id_column": id_column, "group_column": group_column, "split_column": split_column, "ignore_column": ignore_column, "option": option, "label_map": label_map, "name": name},
            idempotency_key=idempotency_key,
        )

    def source_candidates(
        self,
        path: str,
        *,
        adapter: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """The ways in which a source could be read, the most certain first. Command: ftr dataset discover.

        path: File or folder on this machine
        adapter: Id of the adapter that reads it
        """
        return self._call(
            "POST",
            "/sources/candidates",
            path={},
            query={},
            body={"path": path, "adapter": adapter},
            idempotency_key=idempotency_key,
        )

    def source_propose(
        self,
        path: str,
        *,
        adapter: Optional[str] = None,
        label_column: Optional[str] = None,
        id_column: Optional[str] = None,
        group_column: Optional[str] = None,
        split_column: Optional[str] = None,
        ignore_column: Optional[Sequence[str]] = None,
        option: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """The schema of a source, column by column, with the evidence. Command: ftr dataset propose-schema.

        path: File or folder on this machine
        adapter: Id of the adapter that reads it
        label_column: Column with the class of each sample
        id_column: Column with an id that is unique per sample
        group_column: Column whose equal values must not be torn apart by a split
        split_column: Column that declares the part of each sample
        ignore_column: Columns that are no features
        option: Options of the adapter, each key=value as in TOML
        """
        return self._call(
            "POST",
            "/sources/propose",
            path={},
            query={},
            body={"path": path, "adapter": adapter, "label_column": label_column, "id_column": id_column, "group_column": group_column, "split_column": split_column, "ignore_column": ignore_column, "option": option},
            idempotency_key=idempotency_key,
        )

    def source_preview(
        self,
        path: str,
        *,
        adapter: Optional[str] = None,
        label_column: Optional[str] = None,
        id_column: Optional[str] = None,
        group_column: Optional[str] = None,
        split_column: Optional[str] = None,
        ignore_column: Optional[Sequence[str]] = None,
        option: Optional[Sequence[str]] = None,
        count: Optional[int] = None,
        from_: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Samples of a source that is not registered. Command: ftr dataset preview.

        path: File or folder on this machine
        adapter: Id of the adapter that reads it
        label_column: Column with the class of each sample
        id_column: Column with an id that is unique per sample
        group_column: Column whose equal values must not be torn apart by a split
        split_column: Column that declares the part of each sample
        ignore_column: Columns that are no features
        option: Options of the adapter, each key=value as in TOML
        count: How many samples
        from_: Position of the first one, from 0
        """
        return self._call(
            "POST",
            "/sources/preview",
            path={},
            query={},
            body={"path": path, "adapter": adapter, "label_column": label_column, "id_column": id_column, "group_column": group_column, "split_column": split_column, "ignore_column": ignore_column, "option": option, "count": count, "from": from_},
            idempotency_key=idempotency_key,
        )

    def source_validate(
        self,
        path: str,
        *,
        adapter: Optional[str] = None,
        label_column: Optional[str] = None,
        id_column: Optional[str] = None,
        group_column: Optional[str] = None,
        split_column: Optional[str] = None,
        ignore_column: Optional[Sequence[str]] = None,
        option: Optional[Sequence[str]] = None,
        label_map: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Scan a source completely without registering it. Command: ftr dataset validate.

        path: File or folder on this machine
        adapter: Id of the adapter that reads it
        label_column: Column with the class of each sample
        id_column: Column with an id that is unique per sample
        group_column: Column whose equal values must not be torn apart by a split
        split_column: Column that declares the part of each sample
        ignore_column: Columns that are no features
        option: Options of the adapter, each key=value as in TOML
        label_map: File of a label mapping: what each label of the source is called here

        Answers with a job; finish() waits for its result, of kind dataset-validation.
        """
        return self._call(
            "POST",
            "/sources/validate",
            path={},
            query={},
            body={"path": path, "adapter": adapter, "label_column": label_column, "id_column": id_column, "group_column": group_column, "split_column": split_column, "ignore_column": ignore_column, "option": option, "label_map": label_map},
            idempotency_key=idempotency_key,
        )

    def source_upload(
        self,
        name: str,
        content: bytes,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Keep a file, up to 64 MiB, beside the store; answers its path.

        name: Name of the file
        """
        return self._call(
            "POST",
            "/sources/uploads",
            path={},
            query={"name": name},
            content=content,
            idempotency_key=idempotency_key,
        )

    def compatibility(
        self,
        dataset: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Which installed plugins fit a dataset, and what a run would still lack; reads no sample. Command: ftr dataset check-compat.

        dataset: The dataset (name@version)
        """
        return self._call(
            "POST",
            "/compatibility",
            path={},
            query={},
            body={"dataset": dataset},
            idempotency_key=idempotency_key,
        )

    def compatibility_manifest(
        self,
        manifest: Mapping[str, Any],
        *,
        field: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """The same of a dataset that is not registered, from its manifest; nothing is imported. Command: ftr dataset check-compat --manifest=-.

        manifest: The DatasetManifest of a dataset that is not registered
        field: What its samples have: class_id, group, time, values.NAME
        """
        return self._call(
            "POST",
            "/compatibility/manifest",
            path={},
            query={},
            body={"manifest": manifest, "field": field},
            idempotency_key=idempotency_key,
        )

    def template_ls(
        self,
        *,
        dataset: Optional[str] = None,
        learner: Optional[str] = None,
    ) -> Document:
        """Task templates, and why one cannot be used. Command: ftr template ls.

        dataset: Say which fit this dataset (name@version)
        learner: Family of the learner
        """
        return self._call(
            "GET",
            "/templates",
            path={},
            query={"dataset": dataset, "learner": learner},
        )

    def template_show(
        self,
        template: str,
        dataset: str,
        seed: str,
        *,
        learner: Optional[str] = None,
        name: Optional[str] = None,
        option: Optional[Sequence[str]] = None,
        set_: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """A complete run file; writes nothing. Command: ftr init.

        template: The template (an id of a task template)
        dataset: The dataset (name@version)
        seed: A seed, or several as 1..5 or 1,2,3
        learner: Family of the learner
        name: Name of the runs
        option: Options of the template, each key=value as in TOML
        set_: Values that replace those of the file in place, each key=value as in TOML
        """
        return self._call(
            "POST",
            "/templates/{template}/run-file",
            path={"template": template},
            query={},
            body={"dataset": dataset, "seed": seed, "learner": learner, "name": name, "option": option, "set": set_},
            idempotency_key=idempotency_key,
        )

    def run_plan(
        self,
        text: str,
        format_: str,
        *,
        set_: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Resolve and pin every choice of a run file; run nothing. Command: ftr run plan -.

        text: The run file
        format_: How it is written (one of toml, yaml, json)
        set_: Fields that replace those of the run file, each key=value as in TOML
        """
        return self._call(
            "POST",
            "/runs/plan",
            path={},
            query={},
            body={"text": text, "format": format_, "set": set_},
            idempotency_key=idempotency_key,
        )

    def binding_explain(
        self,
        text: str,
        format_: str,
        *,
        sample: Optional[str] = None,
        seed: Optional[Union[int, str]] = None,
        set_: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """What a sample becomes before any run: channels, voxels per area, and what would be taught. Command: ftr binding explain -.

        text: The run file
        format_: How it is written (one of toml, yaml, json)
        sample: The sample; the first when left out (an id of a sample)
        seed: Seed of the split and the transforms; the first of the run file when left out
        set_: Fields that replace those of the run file, each key=value as in TOML
        """
        return self._call(
            "POST",
            "/bindings/explain",
            path={},
            query={},
            body={"text": text, "format": format_, "sample": sample, "seed": seed, "set": set_},
            idempotency_key=idempotency_key,
        )

    def protocol_ls(self) -> Document:
        """Protocols: phases, parts, what learns, what is scored. Command: ftr protocol ls."""
        return self._call(
            "GET",
            "/protocols",
            path={},
            query={},
        )

    def run_ls(
        self,
        *,
        where: Optional[str] = None,
        sort: Optional[str] = None,
        columns: Optional[str] = None,
        archived: Optional[bool] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> Document:
        """Runs as a table. Command: ftr run ls --table.

        where: Which runs: metric.accuracy > 0.9 and tag:baseline, say
        sort: Columns to sort by, by comma; - before one for its largest first
        columns: Columns to show, by comma
        archived: Archived runs as well
        limit: How many at most
        offset: How many are passed over
        """
        return self._call(
            "GET",
            "/runs",
            path={},
            query={"where": where, "sort": sort, "columns": columns, "archived": archived, "limit": limit, "offset": offset},
        )

    def run_columns(self) -> Document:
        """Columns that the table of runs can have. Command: ftr run columns."""
        return self._call(
            "GET",
            "/runs/columns",
            path={},
            query={},
        )

    def run_create(
        self,
        text: str,
        format_: str,
        *,
        set_: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Plan a run file and create its runs; starts none. Command: ftr run create -.

        text: The run file
        format_: How it is written (one of toml, yaml, json)
        set_: Fields that replace those of the run file, each key=value as in TOML
        """
        return self._call(
            "POST",
            "/runs",
            path={},
            query={},
            body={"text": text, "format": format_, "set": set_},
            idempotency_key=idempotency_key,
        )

    def run_start(
        self,
        run: str,
        *,
        workers: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Start a run, or go on with it, in a process of its own. Command: ftr run resume.

        run: A run, or a group of runs (r-<12 hex digits>-<attempt>, g-<12 hex digits>, or latest)
        workers: Runs at the same time
        """
        return self._call(
            "POST",
            "/runs/{run}/start",
            path={"run": run},
            query={},
            body={"workers": workers},
            idempotency_key=idempotency_key,
        )

    def run_resume(
        self,
        run: str,
        *,
        workers: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Go on with a run from its last committed step, in a process of its own. Command: ftr run resume.

        run: A run, or a group of runs (r-<12 hex digits>-<attempt>, g-<12 hex digits>, or latest)
        workers: Runs at the same time
        """
        return self._call(
            "POST",
            "/runs/{run}/resume",
            path={"run": run},
            query={},
            body={"workers": workers},
            idempotency_key=idempotency_key,
        )

    def run_pause(
        self,
        run: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Pause behind the current sample. Command: ftr run pause.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "POST",
            "/runs/{run}/pause",
            path={"run": run},
            query={},
            idempotency_key=idempotency_key,
        )

    def run_stop(
        self,
        run: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """End a run for good; what is committed stays. Command: ftr run stop.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "POST",
            "/runs/{run}/stop",
            path={"run": run},
            query={},
            idempotency_key=idempotency_key,
        )

    def run_skip(
        self,
        run: str,
        *,
        rest: Optional[bool] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """End the phase that runs early; what was met is scored and marked as partial. Command: ftr run skip.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        rest: Leave out the phases that follow as well
        """
        return self._call(
            "POST",
            "/runs/{run}/skip",
            path={"run": run},
            query={},
            body={"rest": rest},
            idempotency_key=idempotency_key,
        )

    def run_show(
        self,
        run: str,
        *,
        document: Optional[bool] = None,
        telemetry: Optional[bool] = None,
    ) -> Document:
        """Status, hashes, metrics and rewards of every phase. Command: ftr run show.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        document: The whole run document as well
        telemetry: What the run cost as well
        """
        return self._call(
            "GET",
            "/runs/{run}",
            path={"run": run},
            query={"document": document, "telemetry": telemetry},
        )

    def run_status(
        self,
        run: str,
    ) -> Document:
        """How far a run is. Command: ftr run status.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "GET",
            "/runs/{run}/status",
            path={"run": run},
            query={},
        )

    def run_metrics(
        self,
        run: str,
    ) -> Document:
        """Metrics by phase, last, smallest and largest. Command: ftr run metrics.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "GET",
            "/runs/{run}/metrics",
            path={"run": run},
            query={},
        )

    def run_series(
        self,
        run: str,
        *,
        name: Optional[Sequence[str]] = None,
        max_points: Optional[int] = None,
        x: Optional[str] = None,
        from_: Optional[float] = None,
        to: Optional[float] = None,
    ) -> Document:
        """What was measured over the run, reduced to smallest and largest values where there is more than fits. Command: ftr run series.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        name: Series whose points are wanted; left out: only what there is
        max_points: Points of each series at most
        x: What the points stand over (one of step, sample, wall, epoch)
        from_: Only points from here on, and the last one before
        to: Only points up to here, and the first one behind
        """
        return self._call(
            "GET",
            "/runs/{run}/series",
            path={"run": run},
            query={"name": name, "max_points": max_points, "x": x, "from": from_, "to": to},
        )

    def run_events(
        self,
        run: str,
        *,
        after: Optional[int] = None,
    ) -> Document:
        """What a run tells: as a list, or with  Accept: text/event-stream  as it happens. Command: ftr run events.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        after: Number of the last event that is known
        """
        return self._call(
            "GET",
            "/runs/{run}/events",
            path={"run": run},
            query={"after": after},
        )

    def run_journal(
        self,
        run: str,
        *,
        from_: Optional[int] = None,
        limit: Optional[int] = None,
    ) -> Document:
        """The journal of a run. Command: ftr run logs.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        from_: Number of the first entry
        limit: How many at most
        """
        return self._call(
            "GET",
            "/runs/{run}/journal",
            path={"run": run},
            query={"from": from_, "limit": limit},
        )

    def run_measures(
        self,
        run: str,
    ) -> Document:
        """Measures of every optimiser step, their means by epoch, and validations. Command: ftr run measures.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "GET",
            "/runs/{run}/measures",
            path={"run": run},
            query={},
        )

    def run_predictions(
        self,
        run: str,
        *,
        phase: Optional[str] = None,
        epoch: Optional[int] = None,
        outcome: Optional[str] = None,
        truth: Optional[str] = None,
        predicted: Optional[str] = None,
        sample: Optional[Sequence[str]] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> Document:
        """Answers, sample by sample. Command: ftr run predictions.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        phase: Answers of one phase alone
        epoch: Epoch, from 1
        outcome: How the answer was (one of correct, wrong, abstained, unscored)
        truth: Class that the sample has
        predicted: Class that was answered
        sample: Only these samples (an id of a sample)
        limit: How many at most
        offset: How many are passed over
        """
        return self._call(
            "GET",
            "/runs/{run}/predictions",
            path={"run": run},
            query={"phase": phase, "epoch": epoch, "outcome": outcome, "truth": truth, "predicted": predicted, "sample": sample, "limit": limit, "offset": offset},
        )

    def run_figures(
        self,
        run: str,
        *,
        phase: Optional[str] = None,
        sample: Optional[Sequence[str]] = None,
    ) -> Document:
        """Figures of each scored phase. Command: ftr run figures.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        phase: Only this phase
        sample: Only over these samples (an id of a sample)
        """
        return self._call(
            "GET",
            "/runs/{run}/figures",
            path={"run": run},
            query={"phase": phase, "sample": sample},
        )

    def run_activity(
        self,
        run: str,
        sample: str,
        *,
        phase: Optional[str] = None,
        bursts: Optional[int] = None,
    ) -> Document:
        """What fired in the brain while a sample was shown. Command: ftr run activity.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        sample: The sample, or latest (an id of a sample)
        phase: The phase that it is in; left out: the first that has it
        bursts: Bursts to look at; left out: as many as a sample takes in the run
        """
        return self._call(
            "GET",
            "/runs/{run}/activity",
            path={"run": run},
            query={"sample": sample, "phase": phase, "bursts": bursts},
        )

    def run_file(
        self,
        run: str,
        *,
        format_: Optional[str] = None,
    ) -> Document:
        """A run file that plans this run again. Command: ftr run export-config.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        format_: How it is written (one of toml, yaml, json)
        """
        return self._call(
            "GET",
            "/runs/{run}/file",
            path={"run": run},
            query={"format": format_},
        )

    def run_mark(
        self,
        run: str,
        *,
        add_tags: Optional[Sequence[str]] = None,
        remove_tags: Optional[Sequence[str]] = None,
        note: Optional[str] = None,
        starred: Optional[bool] = None,
        archived: Optional[bool] = None,
        if_match: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Tags, note, star and archive of a run; its record stays as it is. Command: ftr run mark.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        add_tags: Tags to add
        remove_tags: Tags to take away
        note: Note, in Markdown; an empty one takes it away
        starred: Whether it is starred
        archived: Whether it is out of the way
        if_match: The etag of the marks that this change is made for; where others stand by now, nothing is changed
        """
        return self._call(
            "PUT",
            "/runs/{run}/marks",
            path={"run": run},
            query={},
            headers={"if_match": if_match},
            body={"add_tags": add_tags, "remove_tags": remove_tags, "note": note, "starred": starred, "archived": archived},
            idempotency_key=idempotency_key,
        )

    def run_marks(
        self,
        run: str,
    ) -> Document:
        """What was marked on a run, change by change. Command: ftr run marks.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        """
        return self._call(
            "GET",
            "/runs/{run}/marks",
            path={"run": run},
            query={},
        )

    def run_compare(
        self,
        runs: Sequence[str],
        *,
        across: Optional[Sequence[str]] = None,
        exploratory: Optional[bool] = None,
        baseline: Optional[str] = None,
        phase: Optional[str] = None,
        slice_by: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Compare runs on the same samples, or say why they must not be. Command: ftr run compare.

        runs: The runs; the first is the baseline (r-<12 hex digits>-<attempt>, or latest)
        across: Treatment fields that may differ
        exploratory: Show what cannot be compared, marked as such
        baseline: The run to hold others against (r-<12 hex digits>-<attempt>, or latest)
        phase: A scored phase; left out: the last one
        slice_by: Fields of samples to slice by
        """
        return self._call(
            "POST",
            "/runs/compare",
            path={},
            query={},
            body={"runs": runs, "across": across, "exploratory": exploratory, "baseline": baseline, "phase": phase, "slice_by": slice_by},
            idempotency_key=idempotency_key,
        )

    def run_export(
        self,
        run: str,
        *,
        contracts: Optional[str] = None,
        bundle: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Write a run as contract documents or as a bundle. Command: ftr run export.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        contracts: Folder for its contract documents
        bundle: Folder or .zip for all that a replay elsewhere needs

        Answers with a job; finish() waits for its result, of kind export.
        """
        return self._call(
            "POST",
            "/runs/{run}/export",
            path={"run": run},
            query={},
            body={"contracts": contracts, "bundle": bundle},
            idempotency_key=idempotency_key,
        )

    def run_replay(
        self,
        run: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Execute a run again from its pins and compare all it answered. Command: ftr run replay.

        run: The run (r-<12 hex digits>-<attempt>, or latest)

        Answers with a job; finish() waits for its result, of kind replay.
        """
        return self._call(
            "POST",
            "/runs/{run}/replay",
            path={"run": run},
            query={},
            idempotency_key=idempotency_key,
        )

    def group_ls(self) -> Document:
        """Groups of runs: what was tried, and when. Command: ftr run groups."""
        return self._call(
            "GET",
            "/groups",
            path={},
            query={},
        )

    def scorecard_ls(self) -> Document:
        """Scorecards. Command: ftr scorecard ls."""
        return self._call(
            "GET",
            "/scorecards",
            path={},
            query={},
        )

    def scorecard_show(
        self,
        scorecard: str,
        *,
        intervals: Optional[bool] = None,
    ) -> Document:
        """One scorecard. Command: ftr scorecard show.

        scorecard: The scorecard (sc-<12 hex digits>, or latest)
        intervals: With a 95 % interval of every value, by resampling the samples
        """
        return self._call(
            "GET",
            "/scorecards/{scorecard}",
            path={"scorecard": scorecard},
            query={"intervals": intervals},
        )

    def scorecard_verify(
        self,
        scorecard: str,
        *,
        replay: Optional[bool] = None,
        signature: Optional[str] = None,
        key: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Compute a scorecard again from its predictions, execute its run again, or check a signature. Command: ftr scorecard verify.

        scorecard: The scorecard (sc-<12 hex digits>, or latest)
        replay: Execute its run again
        signature: A signature that is to be checked, with key
        key: File of the public key of whoever signed

        Answers with a job; finish() waits for its result, of kind scorecard-verification.
        """
        return self._call(
            "POST",
            "/scorecards/{scorecard}/verify",
            path={"scorecard": scorecard},
            query={},
            body={"replay": replay, "signature": signature, "key": key},
            idempotency_key=idempotency_key,
        )

    def scorecard_supersede(
        self,
        scorecard: str,
        by: str,
        reason: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Say that another scorecard is to be read instead. Command: ftr scorecard supersede.

        scorecard: The one that is out of date (sc-<12 hex digits>, or latest)
        by: The one to be read instead (sc-<12 hex digits>, or latest)
        reason: Why, in a sentence
        """
        return self._call(
            "POST",
            "/scorecards/{scorecard}/supersede",
            path={"scorecard": scorecard},
            query={},
            body={"by": by, "reason": reason},
            idempotency_key=idempotency_key,
        )

    def scorecard_sign(
        self,
        scorecard: str,
        key: str,
        out: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Vouch for a scorecard with a key of this machine. Command: ftr scorecard sign.

        scorecard: The scorecard (sc-<12 hex digits>, or latest)
        key: File of the private key
        out: File to write the signature to
        """
        return self._call(
            "POST",
            "/scorecards/{scorecard}/sign",
            path={"scorecard": scorecard},
            query={},
            body={"key": key, "out": out},
            idempotency_key=idempotency_key,
        )

    def scorecard_export(
        self,
        scorecard: str,
        out: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Write a scorecard and what it was computed from. Command: ftr scorecard export.

        scorecard: The scorecard (sc-<12 hex digits>, or latest)
        out: Folder to write to

        Answers with a job; finish() waits for its result, of kind scorecard-export.
        """
        return self._call(
            "POST",
            "/scorecards/{scorecard}/export",
            path={"scorecard": scorecard},
            query={},
            body={"out": out},
            idempotency_key=idempotency_key,
        )

    def brain_ls(self) -> Document:
        """Registered brains. Command: ftr brain ls."""
        return self._call(
            "GET",
            "/brains",
            path={},
            query={},
        )

    def brain_show(
        self,
        brain: str,
    ) -> Document:
        """Areas, mappings, modulators, and what grows of a genome. Command: ftr brain show.

        brain: The brain (name@version)
        """
        return self._call(
            "GET",
            "/brains/{brain}",
            path={"brain": brain},
            query={},
        )

    def brain_diff(
        self,
        before: str,
        after: str,
        *,
        top: Optional[int] = None,
    ) -> Document:
        """Genomes property by property, and which synapses changed. Command: ftr brain diff.

        before: One brain (name@version, or a run with or without :phase)
        after: The other (name@version, or a run with or without :phase)
        top: How many of the largest changes are told one by one
        """
        return self._call(
            "GET",
            "/brains/{before}/diff/{after}",
            path={"before": before, "after": after},
            query={"top": top},
        )

    def brain_snapshot(
        self,
        run: str,
        name: str,
        *,
        phase: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Register what the brain of a run had learnt. Command: ftr brain snapshot.

        run: The run (r-<12 hex digits>-<attempt>, or latest)
        phase: Phase at whose end the brain is taken; left out: the last that learns
        name: Name to register it under

        Answers with a job; finish() waits for its result, of kind brain.
        """
        return self._call(
            "POST",
            "/runs/{run}/snapshot",
            path={"run": run},
            query={},
            body={"phase": phase, "name": name},
            idempotency_key=idempotency_key,
        )

    def brain_add(
        self,
        path: str,
        name: str,
        *,
        backend: Optional[str] = None,
        validation: Optional[str] = None,
        max_voxels: Optional[int] = None,
        max_synapses: Optional[int] = None,
        seed: Optional[Union[int, str]] = None,
        backend_option: Optional[Sequence[str]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Register a genome file with what grows of it. Command: ftr brain add.

        path: Genome file on this machine
        name: Name to register it under
        backend: Id of the brain backend that develops it
        validation: Whether what the engine calls an error is refused (one of strict, lenient)
        max_voxels: Largest number of voxels that may grow
        max_synapses: Largest number of synapses that may grow
        seed: Seed to develop with
        backend_option: Further options of the backend, each key=value as in TOML

        Answers with a job; finish() waits for its result, of kind brain.
        """
        return self._call(
            "POST",
            "/brains",
            path={},
            query={},
            body={"path": path, "name": name, "backend": backend, "validation": validation, "max_voxels": max_voxels, "max_synapses": max_synapses, "seed": seed, "backend_option": backend_option},
            idempotency_key=idempotency_key,
        )

    def plugin_ls(
        self,
        *,
        kind: Optional[str] = None,
    ) -> Document:
        """What the listed plugins offer. Command: ftr plugin ls.

        kind: Entries of one kind alone
        """
        return self._call(
            "GET",
            "/plugins",
            path={},
            query={"kind": kind},
        )

    def plugin_show(
        self,
        plugin: str,
    ) -> Document:
        """Every entry of this id, with its manifest and the hash of its files. Command: ftr plugin info.

        plugin: Id of an entry (an id of a plugin)
        """
        return self._call(
            "GET",
            "/plugins/{plugin}",
            path={"plugin": plugin},
            query={},
        )

    def bindings(self) -> Document:
        """Which coder carries which kind of sample or answer, and what cannot be had, with the reason. Command: ftr bindings."""
        return self._call(
            "GET",
            "/bindings",
            path={},
            query={},
        )

    def schemes(self) -> Document:
        """Encoding schemes, and why one cannot be had. Command: ftr schemes."""
        return self._call(
            "GET",
            "/schemes",
            path={},
            query={},
        )

    def axis_matrix(self) -> Document:
        """Which plugins of different kinds work together, and why others do not. Command: ftr plugin matrix."""
        return self._call(
            "GET",
            "/axes",
            path={},
            query={},
        )

    def artifact_show(
        self,
        sha256: str,
    ) -> bytes:
        """Stored bytes by their hash: PNG or JPEG as such, everything else as plain text.

        sha256: SHA-256 of the bytes (64 lower-case hex digits)
        """
        return self._bytes(
            "GET",
            "/artifacts/{sha256}",
            path={"sha256": sha256},
            query={},
        )

    def artifact_verify(
        self,
        *,
        idempotency_key: Optional[str] = None,
    ) -> Document:
        """Hash everything that is stored, and check every chain of events. Command: ftr artifact verify.

        Answers with a job; finish() waits for its result, of kind store-verification.
        """
        return self._call(
            "POST",
            "/artifacts/verify",
            path={},
            query={},
            idempotency_key=idempotency_key,
        )


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _url(pattern: str, path: Mapping[str, Any], query: Mapping[str, Any]) -> str:
    url = pattern
    for name, value in path.items():
        url = url.replace("{" + name + "}", urllib.parse.quote(str(value), safe=""))
    pairs = []
    for name, value in query.items():
        if value is not None:
            several = value if isinstance(value, (list, tuple)) else [value]
            pairs.extend((name, _word(each)) for each in several)
    return url + ("?" + urllib.parse.urlencode(pairs) if pairs else "")


def _document(status: int, content: bytes) -> Document:
    try:
        read = json.loads(content)
        document = Document(read["kind"], read["data"], read["warnings"], read.get("command", []))
    except (ValueError, KeyError, TypeError):
        raise ApiError(status, "failed", [{"code": "FT6011", "message": "the answer is no document of the control API"}]) from None
    if document.kind == "error":
        raise ApiError(status, document.data["reason"], document.data["diagnostics"], document.command)
    return document
