"""The files of an allocation."""

import json
from base64 import b64decode, b64encode

import pytest
from starlette.applications import Starlette

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from tests.asgi import ask, settle
from tests.builders import a_group, a_job, a_task

pytestmark = pytest.mark.anyio


async def _ls(app: Starlette, allocation_id: str, path: str = "") -> dict[str, int]:
    answer = await ask(app, "GET", f"/v1/client/fs/ls/{allocation_id}?path={path}")
    assert answer.status == 200
    return {entry["Name"]: entry["Size"] for entry in answer.json}


async def test_a_folder_is_laid_out_as_on_a_node(app: Starlette, running: dict[str, str]) -> None:
    """An allocation has a shared folder, one for each task, and the logs."""
    assert list(await _ls(app, running["A"])) == ["alloc", "t"]
    assert list(await _ls(app, running["A"], "/alloc/")) == ["data", "logs", "tmp"]
    assert list(await _ls(app, running["A"], "t/../t")) == ["local", "secrets", "tmp"]
    assert list(await _ls(app, running["A"], "alloc/logs")) == ["t.stderr.0", "t.stdout.0"]
    assert await _ls(app, running["A"], "t/local") == {}


async def test_what_is_said_of_a_file_is_true(app: Starlette, running: dict[str, str]) -> None:
    """A file's size is that of its content, its time that of the last event."""
    path = "alloc/logs/t.stdout.0"
    info = (await ask(app, "GET", f"/v1/client/fs/stat/{running['A']}?path={path}")).json
    content = await ask(app, "GET", f"/v1/client/fs/cat/{running['A']}?path={path}")
    assert (info["Name"], info["Size"], info["IsDir"]) == ("t.stdout.0", len(content.body), False)
    assert info["ModTime"].startswith("2017-07-14T02:40:00")
    assert content.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert [line.split(" ", 2)[2] for line in content.text.splitlines()] == [
        "received by the node",
        "started; this is a simulation, no command is run",
    ]
    root = (await ask(app, "GET", f"/v1/client/fs/stat/{running['A']}?path=/")).json
    assert (root["Name"], root["IsDir"], root["FileMode"]) == (running["A"], True, "drwxr-xr-x")


async def test_a_part_of_a_file(app: Starlette, running: dict[str, str]) -> None:
    """A part begins at the offset and ends at the limit; behind the end it is empty, without a content type."""
    log = f"{running['A']}?path=alloc/logs/t.stdout.0"
    whole = (await ask(app, "GET", f"/v1/client/fs/cat/{log}")).body
    assert (await ask(app, "GET", f"/v1/client/fs/readat/{log}&offset=3")).body == whole[3:]
    assert (await ask(app, "GET", f"/v1/client/fs/readat/{log}&offset=3&limit=-1")).body == whole[3:]
    assert (await ask(app, "GET", f"/v1/client/fs/readat/{log}&offset=3&limit=4")).body == whole[3:7]
    nothing = await ask(app, "GET", f"/v1/client/fs/readat/{log}&offset=9999")
    assert (nothing.status, nothing.raw, nothing.headers.get("Content-Type")) == (200, b"", None)
    assert (await ask(app, "GET", f"/v1/client/fs/readat/{running['A']}?path=alloc&offset=0")).raw == b""


async def test_a_payload_lies_where_the_task_wants_it(app: Starlette, clock: ManualClock) -> None:
    """A dispatched job finds its payload in the folder ``local``."""
    task = a_task(DispatchPayload={"File": "in.json"})
    parameterized = {"MetaOptional": None, "MetaRequired": None, "Payload": "required"}
    job = a_job(a_group(task), ID="p", Type="batch", ParameterizedJob=parameterized)
    await ask(app, "PUT", "/v1/jobs", {"Job": job})
    payload = b'{"a": 1}\x00'
    sent = await ask(app, "PUT", "/v1/job/p/dispatch", {"Payload": b64encode(payload).decode()})
    assert sent.status == 200
    await settle()
    clock.advance(SECOND)
    (allocation,) = (await ask(app, "GET", "/v1/allocations")).json
    content = await ask(app, "GET", f"/v1/client/fs/cat/{allocation['ID']}?path=t/local/in.json")
    assert (content.body, content.headers["Content-Type"]) == (payload, "application/octet-stream")


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("ls/", "must provide a valid alloc id"),
        ("ls/x/y", "alloc not found"),
        ("ls/{A}?path=..", "Path escapes the alloc directory"),
        ("ls/{A}?path=nope", "open /var/lib/nomad/alloc/{A}/nope: no such file or directory"),
        (
            "ls/{A}?path=alloc/logs/t.stdout.0",
            "readdirent /var/lib/nomad/alloc/{A}/alloc/logs/t.stdout.0: not a directory",
        ),
        ("stat/{A}", "must provide a file name"),
        ("stat/{A}?path=..x", "Path escapes the alloc directory"),
        (
            "stat/{A}?path=alloc/logs/t.stdout.0/x",
            "stat /var/lib/nomad/alloc/{A}/alloc/logs/t.stdout.0/x: not a directory",
        ),
        ("cat/{A}?path=alloc", 'file "alloc" is a directory'),
        ("cat/{A}?path=nope", "stat /var/lib/nomad/alloc/{A}/nope: no such file or directory"),
        ("readat/{A}?path=t/secrets&offset=0", "Reading secret file prohibited: t/secrets"),
        ("readat/{A}?path=nope&offset=0", "open /var/lib/nomad/alloc/{A}/nope: no such file or directory"),
        ("readat/{A}?path=alloc", 'error parsing offset: strconv.ParseInt: parsing "": invalid syntax'),
        (
            "readat/{A}?path=alloc&offset=0&limit=x",
            'error parsing limit: strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            "readat/{A}?path=alloc&offset=-1",
            "can't seek to offset '\ufffd': seek /var/lib/nomad/alloc/{A}/alloc: invalid argument",
        ),
        ("stream/{A}?path=alloc&origin=middle", "origin must be start or end"),
        ("stream/{A}?path=alloc", 'file "alloc" is a directory'),
        ("stream/{A}?path=alloc&offset=x", 'error parsing offset: strconv.ParseInt: parsing "x": invalid syntax'),
        (
            "stream/{A}?path=alloc/logs/t.stderr.0&origin=end&offset=1",
            "can't seek to offset '\ufffd': seek /var/lib/nomad/alloc/{A}/alloc/logs/t.stderr.0: invalid argument",
        ),
        ("logs/{A}", "must provide task name"),
        ("logs/{A}?task=t", "must provide log type (stdout/stderr)"),
        ("logs/{A}?task=x&type=stdout", 'log entry for task "x" and log type "stdout" not found'),
        (
            "logs/{A}?task=t&follow=x",
            'Failed to parse follow field to boolean: strconv.ParseBool: parsing "x": invalid syntax',
        ),
        (
            "logs/{A}?task=t&plain=x",
            'Failed to parse plain field to boolean: strconv.ParseBool: parsing "x": invalid syntax',
        ),
    ],
)
async def test_refusals(app: Starlette, running: dict[str, str], rest: str, text: str) -> None:
    """Refusals have an agent's texts."""
    answer = await ask(app, "GET", f"/v1/client/fs/{rest.format(**running)}")
    assert (answer.status, answer.text) == (500, text.format(**running))


@pytest.mark.parametrize("path", ["", "ls", "write/x"])
async def test_nothing_else_can_be_done_to_files(app: Starlette, path: str) -> None:
    """Other paths below ``fs`` get ``Invalid method``, as from an agent."""
    answer = await ask(app, "GET", f"/v1/client/fs/{path}")
    assert (answer.status, answer.text) == (404, "Invalid method")


async def _log(app: Starlette, running: dict[str, str], query: str = "", **headers: str) -> bytes:
    target = f"/v1/client/fs/logs/{running['A']}?task=t&type=stdout{query}"
    answer = await ask(app, "GET", target, **headers)
    assert answer.status == 200
    return answer.body


async def test_a_log_is_sent_in_frames_or_plain(app: Starlette, running: dict[str, str]) -> None:
    """A log comes in frames that say where their data end, or plain."""
    plain = await _log(app, running, "&plain=true")
    frame = json.loads(await _log(app, running))
    assert b64decode(frame["Data"]) == plain
    assert frame == {"Data": frame["Data"], "File": "alloc/logs/t.stdout.0", "Offset": len(plain)}
    assert await _log(app, running, "&plain=true", accept_encoding="gzip") == plain


@pytest.mark.parametrize(
    ("query", "start"),
    [("&offset=4", 4), ("&offset=-4", -4), ("&origin=end&offset=4", -4), ("&origin=end", 0), ("&offset=-9999", 0)],
)
async def test_a_part_of_a_log(app: Starlette, running: dict[str, str], query: str, start: int) -> None:
    """An offset is kept within the log."""
    plain = await _log(app, running, "&plain=true")
    assert await _log(app, running, f"&plain=true{query}") == plain[start:]


async def test_an_empty_rest_of_a_log_is_no_stream(app: Starlette, running: dict[str, str]) -> None:
    """When nothing is left to send, the reply has a length of 0 instead of chunks."""
    answer = await ask(app, "GET", f"/v1/client/fs/logs/{running['A']}?task=t&type=stderr")
    assert (answer.status, answer.raw, answer.headers["Content-Length"]) == (200, b"", "0")
    assert "Content-Type" not in answer.headers
