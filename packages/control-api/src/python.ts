/**
 * The Python client, written from the table: one file, one method per operation, nothing but the standard library.
 *
 * Sharp edge: python/feagi_trainer_client.py is what this gives, byte for byte; a test compares, and writes it anew under `-u`.
 */
import { type Field, idShapes, type OperationId, operationIds, routeOf } from "./routes.ts"

const annotations: Readonly<Record<Field["type"], string>> = {
  id: "str",
  ids: "Sequence[str]",
  text: "str",
  texts: "Sequence[str]",
  path: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  choice: "str",
  seed: "Union[int, str]",
  document: "Mapping[str, Any]"
}

/** Words that a parameter cannot be called. */
const reserved: ReadonlySet<string> = new Set([
  "from",
  "in",
  "is",
  "not",
  "and",
  "or",
  "if",
  "for",
  "while",
  "class",
  "def",
  "with",
  "as",
  "id",
  "format",
  "set"
])

const argument = (name: string): string => (reserved.has(name) ? `${name}_` : name)
const methodName = (operation: OperationId): string => operation.replaceAll(/[.-]/g, "_")

/** As a Python text; the table holds no other characters than these. */
const literal = (text: string): string => {
  if (/["\\\n]/.test(text)) throw new RangeError(`no plain text: ${text}`)
  return `"${text}"`
}

const purposeOf = (field: Field): string => {
  const shape = field.type === "choice" ? `one of ${(field.choices ?? []).join(", ")}` : field.is === undefined ? "" : idShapes[field.is]
  return shape === "" ? field.summary : `${field.summary} (${shape})`
}

const method = (operation: OperationId): string => {
  const route = routeOf(operation)
  const all = Object.entries(route.fields)
  const needed = all.filter(([, field]) => field.required)
  const free = all.filter(([, field]) => !field.required)
  const bytes = route.sends === "bytes"
  const signature = [
    "self",
    ...needed.map(([name, field]) => `${argument(name)}: ${annotations[field.type]}`),
    ...(bytes ? ["content: bytes"] : []),
    ...(free.length + (route.method === "GET" ? 0 : 1) > 0 ? ["*"] : []),
    ...free.map(([name, field]) => `${argument(name)}: Optional[${annotations[field.type]}] = None`),
    ...(route.method === "GET" ? [] : ["idempotency_key: Optional[str] = None"])
  ]
  const answer = route.answers === "bytes" ? "bytes" : route.answers === "events" ? "Iterator[Event]" : "Document"
  const command = route.words.length === 0 ? "" : ` Command: ftr ${route.words.join(" ")}.`
  const more = [
    ...(all.length === 0 ? [] : ["", ...all.map(([name, field]) => `        ${argument(name)}: ${purposeOf(field)}`)]),
    ...(route.effect === "job" ? ["", `        Answers with a job; finish() waits for its result, of kind ${route.kind}.`] : [])
  ]
  const title = `        """${route.summary}.${command}`
  const lines = [
    ...(signature.length === 1
      ? [`    def ${methodName(operation)}(self) -> ${answer}:`]
      : [`    def ${methodName(operation)}(`, ...signature.map((each) => `        ${each},`), `    ) -> ${answer}:`]),
    ...(more.length === 0 ? [`${title}"""`] : [title, ...more, '        """'])
  ]
  if (route.answers === "events") return [...lines, `        return self._stream(${literal(route.path)}, {}, None)`].join("\n")
  const part = (place: Field["in"]) =>
    `{${all
      .filter(([, field]) => field.in === place)
      .map(([name]) => `${literal(name)}: ${argument(name)}`)
      .join(", ")}}`
  const hasBody = all.some(([, field]) => field.in === "body")
  const call = [
    literal(route.method),
    literal(route.path),
    `path=${part("path")}`,
    `query=${part("query")}`,
    ...(all.some(([, field]) => field.in === "header") ? [`headers=${part("header")}`] : []),
    ...(bytes ? ["content=content"] : hasBody ? [`body=${part("body")}`] : []),
    ...(route.method === "GET" ? [] : ["idempotency_key=idempotency_key"])
  ]
  return [
    ...lines,
    `        return self.${route.answers === "bytes" ? "_bytes" : "_call"}(`,
    ...call.map((each) => `            ${each},`),
    "        )"
  ].join("\n")
}

/** The whole file. */
export const pythonClient =
  (): string => `"""The control API of FEAGI Trainer from Python: every command of ftr as a method, events as they happen.

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
        super().__init__("\\n".join("{} {}".format(each.get("code"), each.get("message")) for each in diagnostics) or reason)
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
                line = raw.decode("utf-8").rstrip("\\r\\n")
                if line == "":
                    if "data" in fields:
                        number = fields.get("id")
                        yield Event(fields.get("event", "message"), None if number is None else int(number), json.loads(fields["data"]))
                    fields = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    fields[name] = value[1:] if value.startswith(" ") else value

${operationIds.map(method).join("\n\n")}


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
`
