"""Runs the contract with the Python client: calls come over stdin as JSON, outcomes go to stdout as JSON."""

import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

from feagi_trainer_client import ApiError, Client  # noqa: E402

RESERVED = {"from": "from_", "format": "format_", "set": "set_"}


def outcome(client, call):
    method = getattr(client, call["operation"].replace(".", "_"))
    try:
        answer = method(**{RESERVED.get(name, name): value for name, value in call["input"].items()})
        if call.get("finish"):
            answer = client.finish(answer, every=0.05)
        return {"kind": answer.kind, "data": answer.data, "command": answer.command}
    except ApiError as error:
        return {"status": error.status, "reason": error.reason, "code": error.diagnostics[0]["code"]}


task = json.load(sys.stdin)
client = Client(task["origin"], task["token"], timeout=30)
stranger = Client(task["origin"], "not-the-token-of-this-server-at-all-0", timeout=30)
json.dump(
    {
        "outcomes": [outcome(client, call) for call in task["calls"]],
        "stranger": outcome(stranger, task["calls"][0]),
        "events": [[event.event, event.id] for event in client.follow(task["run"])],
        "rest": [[event.event, event.id] for event in client.follow(task["run"], after=0)],
        "openapi": json.loads(client.openapi())["openapi"],
    },
    sys.stdout,
)
