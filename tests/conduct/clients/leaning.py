"""Clients that lean on an accident: what every reply of a plain agent has, and no agent has to have."""

import json
import re
import struct
import time
import zlib
from datetime import datetime
from typing import Any

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import leans_on


def _registered(agent: Agent, **fields: Any) -> Any:
    return agent.register(example_job("web", **fields)).json


def _raw(agent: Agent, target: str, *headers: str) -> bytes:
    fields = "".join(f"{each}\r\n" for each in ("Host: x", "Connection: close", *headers))
    return agent.send(f"GET {target} HTTP/1.1\r\n{fields}\r\n".encode())


@leans_on("json.key-order")
def takes_the_first_member(agent: Agent) -> None:
    """Take a member by its position."""
    _registered(agent)
    assert next(iter(agent.get("/v1/job/web").json)) == "AllAtOnce"


@leans_on("json.white-space")
def searches_in_the_text(agent: Agent) -> None:
    """Look for a member with its colon in the text of a reply."""
    _registered(agent)
    assert b'"ID":"web"' in agent.get("/v1/job/web").body


@leans_on("json.escapes")
def reads_json_with_a_pattern(agent: Agent) -> None:
    """Look for a name in the text."""
    _registered(agent)
    for _ in range(4):
        assert re.search(rb'"ParameterizedJob"\s*:', agent.get("/v1/job/web").body)


_STUB = {"ID", "ParentID", "Name", "Type", "Priority", "Status", "StatusDescription", "JobSummary"}
_STUB |= {"CreateIndex", "ModifyIndex", "JobModifyIndex"}


@leans_on("fields.invented")
def refuses_what_it_does_not_know(agent: Agent) -> None:
    """Decode strictly."""
    _registered(agent)
    assert _STUB.issuperset(agent.get("/v1/jobs").json[0])


@leans_on("fields.later-releases")
def refuses_what_later_releases_add(agent: Agent) -> None:
    """Decode strictly, and so stop working at the next release."""
    _registered(agent)
    known = {"EvalID", "EvalCreateIndex", "JobModifyIndex", "Index", "LastContact", "KnownLeader"}
    job = {*_STUB, *example_job(), "AllAtOnce", "Constraints", "Meta", "Payload", "Periodic", "ParameterizedJob"}
    assert known.issuperset(_registered(agent))
    assert (job | {"Update", "VaultToken"}).issuperset(agent.get("/v1/job/web").json)


@leans_on("fields.absent")
def expects_fields_that_the_page_does_not_show(agent: Agent) -> None:
    """Take a field for granted because one agent sends it."""
    _registered(agent)
    assert agent.get("/v1/job/web").json["VaultToken"] == ""


@leans_on("fields.null-or-empty")
def expects_null(agent: Agent) -> None:
    """Compare with null where an empty list says the same."""
    _registered(agent)
    assert agent.get("/v1/job/web").json["Constraints"] is None


@leans_on("list.order")
def expects_a_list_in_order(agent: Agent) -> None:
    """Take the first job of a list for the one that was meant."""
    for name in ("web", "web-1", "web-2", "web-3", "web-4"):
        agent.register(example_job(name))
    assert agent.get("/v1/jobs?prefix=web").json[0]["ID"] == "web"


@leans_on("index.high")
def keeps_indexes_in_16_bits(agent: Agent) -> None:
    """Store an index where it does not fit."""
    _registered(agent)
    struct.pack(">H", agent.get("/v1/job/web").index)


@leans_on("index.jumps")
def expects_the_index_to_grow_by_one(agent: Agent) -> None:
    """Compute an index instead of reading it."""
    made = _registered(agent)
    assert made["EvalCreateIndex"] == made["JobModifyIndex"] + 1


@leans_on("index.beyond-2-53")
def reads_indexes_as_floats(agent: Agent) -> None:
    """Read numbers as JavaScript does."""
    _registered(agent)
    reply = agent.get("/v1/job/web")
    assert str(int(float(reply.json["ModifyIndex"]))) == reply.headers["X-Nomad-Index"]


@leans_on("blocking.early")
def takes_a_return_for_a_change(agent: Agent) -> None:
    """Believe that something changed because the query returned before its time."""
    _registered(agent)
    for number in range(8):
        reply = agent.get("/v1/job/other")
        began = time.monotonic()
        again = agent.get(f"/v1/job/other?index={max(reply.index, number + 1)}&wait=300ms")
        assert again.status == 200 or time.monotonic() - began >= 0.3


@leans_on("blocking.late")
def gives_up_as_soon_as_the_wait_is_over(agent: Agent) -> None:
    """Allow a query its wait and the little more that some replies need, and hope for better luck a few times."""
    index = max(agent.get("/v1/jobs").index, 1)
    for _ in range(4):
        began = time.monotonic()
        agent.get(f"/v1/jobs?index={index}&wait=1s")
        if time.monotonic() - began < 1 + 3 / 64:
            return
    raise TimeoutError("the query does not end")


@leans_on("evaluation.pending")
def expects_an_evaluation_to_be_done_at_once(agent: Agent) -> None:
    """Read the evaluation once."""
    for _ in range(4):
        made = _registered(agent)
        assert agent.get(f"/v1/evaluation/{made['EvalID']}").json["Status"] == "complete"


@leans_on("evaluation.followed")
def expects_one_evaluation_to_do_it(agent: Agent) -> None:
    """Look for allocations as soon as the evaluation that it knows is complete."""
    for name in ("web", "db", "cache", "queue"):
        made = agent.register(example_job(name)).json
        while agent.get(f"/v1/evaluation/{made['EvalID']}").json["Status"] != "complete":
            time.sleep(0.03)
        assert agent.get(f"/v1/evaluation/{made['EvalID']}/allocations").json


@leans_on("allocation.slow-start")
def expects_tasks_to_start_at_once(agent: Agent) -> None:
    """Sleep for a while instead of looking."""
    for name in ("web", "db"):
        agent.register(example_job(name))
        time.sleep(0.7)
        assert [each["ClientStatus"] for each in agent.get(f"/v1/job/{name}/allocations").json] == ["running"]


@leans_on("text.errors")
def compares_the_text_of_an_error(agent: Agent) -> None:
    """Tell errors apart by their words where the status says enough."""
    assert agent.get("/v1/job/web").body == b"job not found"


@leans_on("text.descriptions")
def compares_a_description(agent: Agent) -> None:
    """Read a meaning out of words."""
    _registered(agent)
    assert agent.get("/v1/nodes").json[0]["StatusDescription"] == ""


@leans_on("time.zone")
def expects_utc(agent: Agent) -> None:
    """Cut off a Z that need not be there."""
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"}
    job = example_job("cron", Type="batch", Periodic=periodic)
    for _ in range(4):
        moment = agent.put("/v1/job/cron/plan", {"Job": job, "Diff": False}).json["NextPeriodicLaunch"]
        assert moment.endswith("Z")


@leans_on("time.precision")
def expects_whole_seconds(agent: Agent) -> None:
    """Parse moments with a fixed pattern."""
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"}
    job = example_job("cron", Type="batch", Periodic=periodic)
    for _ in range(4):
        moment = agent.put("/v1/job/cron/plan", {"Job": job, "Diff": False}).json["NextPeriodicLaunch"]
        datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S%z")


@leans_on("header.case")
def compares_header_names_letter_by_letter(agent: Agent) -> None:
    """Search for a header in the bytes."""
    for _ in range(4):
        assert b"\r\nX-Nomad-Index: " in _raw(agent, "/v1/jobs")


@leans_on("header.more")
def takes_headers_by_position(agent: Agent) -> None:
    """Expect each field where it was in the first reply."""
    replies = [_raw(agent, "/v1/jobs").partition(b"\r\n\r\n")[0].split(b"\r\n") for _ in range(4)]
    names = [[field.partition(b":")[0] for field in reply] for reply in replies]
    assert all(each == names[0] for each in names)


@leans_on("header.content-type-form")
def compares_the_whole_content_type(agent: Agent) -> None:
    """Refuse JSON whose type has a parameter."""
    for _ in range(4):
        assert agent.get("/v1/jobs").headers["Content-Type"] == "application/json"


@leans_on("header.no-index-on-writes")
def expects_an_index_on_writes(agent: Agent) -> None:
    """Read the header of a reply that the page gives no such header."""
    for _ in range(4):
        assert agent.register(example_job("web")).index


@leans_on("stale.last-contact")
def expects_every_server_to_be_the_leader(agent: Agent) -> None:
    """Take a stale reply for one of the leader."""
    for _ in range(4):
        assert agent.get("/v1/jobs?stale").headers["X-Nomad-LastContact"] == "0"


@leans_on("status.phrase")
def compares_the_words_of_a_status(agent: Agent) -> None:
    """Look for 200 OK."""
    for _ in range(4):
        assert _raw(agent, "/v1/jobs").startswith(b"HTTP/1.1 200 OK\r\n")


@leans_on("framing.chunks")
def needs_a_content_length(agent: Agent) -> None:
    """Read as many bytes as the header says, without knowing chunks."""
    for _ in range(4):
        assert int(agent.get("/v1/jobs").headers["Content-Length"]) > 0


@leans_on("framing.sized")
def expects_long_replies_in_chunks(agent: Agent) -> None:
    """Know of long replies that they come in chunks."""
    _registered(agent, Meta={"text": "x" * 4000})
    for _ in range(4):
        assert agent.get("/v1/job/web", Accept_Encoding="identity").headers["Transfer-Encoding"] == "chunked"


@leans_on("framing.close")
def expects_connections_to_stay_open(agent: Agent) -> None:
    """Send the next request over the connection of the last one, whatever that reply said."""
    request = b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n"
    requests = (request + b"\r\n") * 5 + request + b"Connection: close\r\n\r\n"
    assert agent.send(requests).count(b"HTTP/1.1 200") == 6


@leans_on("compression.any-form")
def says_that_it_accepts_anything(agent: Agent) -> None:
    """Accept every encoding and know none."""
    for _ in range(4):
        assert b"\r\n\r\n[]" in _raw(agent, "/v1/jobs", "Accept-Encoding: *")


@leans_on("compression.header")
def skips_ten_bytes_of_a_gzip(agent: Agent) -> None:
    """Undo gzip by hand, as if its header had one length."""
    for _ in range(4):
        body = _raw(agent, "/v1/jobs", "Accept-Encoding: gzip").partition(b"\r\n\r\n")[2]
        assert zlib.decompress(body[10:], wbits=-15, bufsize=100) == b"[]"


@leans_on("timing.slow")
def takes_what_came_first_for_the_whole(agent: Agent) -> None:
    """Read from the connection once for each reply."""
    request = b"GET /v1/nodes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for _ in range(40):
        with agent.connected() as connection:
            connection.sendall(request)
            json.loads(connection.recv(65536).partition(b"\r\n\r\n")[2])


@leans_on("weather.index-reset")
def expects_indexes_to_grow(agent: Agent) -> None:
    """Take a lower index for a broken server."""
    _registered(agent)
    index = 0
    for _ in range(12):
        reply = agent.get("/v1/job/web")
        assert reply.index >= index
        index = reply.index


@leans_on("weather.election")
def takes_a_server_without_a_leader_for_a_lost_one(agent: Agent) -> None:
    """Read what may be stale, and yet ask for a leader."""
    for _ in range(40):
        assert agent.get("/v1/jobs?stale").headers["X-Nomad-KnownLeader"] == "true"


@leans_on("weather.lost-before")
def gives_up_at_the_first_lost_connection(agent: Agent) -> None:
    """Never try a read again."""
    for _ in range(12):
        agent.get("/v1/jobs")


@leans_on("weather.rate-limit")
def knows_no_rate_limit(agent: Agent) -> None:
    """Take every refusal for the end."""
    for _ in range(12):
        assert agent.get("/v1/jobs").status == 200


@leans_on("weather.lost-after")
def dispatches_until_it_is_told(agent: Agent) -> None:
    """Send a dispatch again when its reply was lost, and so make two children."""
    agent.register(example_job("work", Type="batch", ParameterizedJob={"Payload": "optional"}))
    for number in range(6):
        while True:
            try:
                agent.put("/v1/job/work/dispatch", {"Meta": {}})
            except OSError:
                continue
            break
        assert len(agent.get("/v1/jobs?prefix=work/").json) == number + 1
