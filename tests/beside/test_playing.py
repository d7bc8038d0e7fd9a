"""Playing lives beside each other, and reporting what differs."""

import json
import socket
import threading
from dataclasses import replace

import pytest

from tests.attack.steps import Life, Request
from tests.beside.conftest import Texts
from tests.beside.lives import life
from tests.beside.names import PREFIX, TOKEN
from tests.beside.playing import Pair
from tests.beside.report import Report
from tests.beside.servers import Server, Unreachable, is_removable
from tests.builders import a_job

JOB = f"{PREFIX}{TOKEN}-a"
PATH = f"/v1/job/{JOB}"


def register(**members: object) -> Request:
    """Return the registration of a job."""
    return Request("PUT", PATH, body=json.dumps({"Job": a_job(ID=JOB, **members)}).encode())


def a_life(*steps: Request) -> Life:
    """Return a life of these requests."""
    return Life("1/0", 0, ("global",), False, False, steps)


def test_two_equal_servers_show_nothing(pair: Pair) -> None:
    """Two mocks are alike in many requests, though one of them is older, and nothing is left on it."""
    pair.agent.ask(register())
    pair.clean()
    for number in range(2):
        played = pair.play(life(1, number, "requests"))
        assert played.difference is None
        assert played.sent > 30
        assert played.told["200"] > 30
    assert pair.agent.read("/v1/jobs") == []


def test_another_text_is_found_and_made_small(pair: Pair, texts: Texts, capsys: pytest.CaptureFixture[str]) -> None:
    """A server whose error has another word is found, with the one request that shows it and a line to repeat it."""
    texts[b"Missing job datac"] = b"Lacking job datac"
    report = Report(pair, 2, "python -m tests.beside")
    requests = a_life(register(), Request("GET", "/v1/jobs"), register(Datacenters=[]), Request("DELETE", PATH))
    report.play(requests)
    report.play(requests)
    assert report.tell_all() == 1
    told = capsys.readouterr().out
    assert "* Missing job datacenters\n  agent: " in told
    assert "repeat: python -m tests.beside --life 1/0\ncurl" in told
    assert told.count("curl") == 1
    assert "-X PUT --data-binary" in told
    assert f"{pair.agent.address}{PATH}" in told
    assert "2 times: PUT /v1/job/_ | body" in told


def test_another_state_is_found(pair: Pair, texts: Texts) -> None:
    """A server that reads otherwise what was written is found, in the reads after the write."""
    texts[b'"Queued":1'] = b'"Queued":2'
    found = pair.play(a_life(register())).difference
    assert found is not None
    assert (found.asked.target, found.path) == ("/v1/jobs", "body/0/JobSummary/Summary/g/Queued")


def test_another_number_of_entries_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that writes one entry more is found."""
    monkeypatch.setattr("tests.beside.playing._EVEN", 0.01)
    monkeypatch.setattr(pair.agent, "applied", lambda: Server.applied(pair.agent) + 1)
    found = pair.play(a_life(register())).difference
    assert found is not None
    assert found.path == "body/applied"
    assert found.theirs == found.ours + 1


def test_chance_is_told_apart(pair: Pair, texts: Texts, capsys: pytest.CaptureFixture[str]) -> None:
    """A difference that does not show again is told, but counts for nothing."""
    texts[b"job not found"] = b"job not there"
    report = Report(pair, 2, "…")
    played = pair.play(a_life(Request("GET", PATH)))
    texts.clear()
    report._judge(a_life(Request("GET", PATH)), played)
    assert report.tell_all() == 0
    assert "1 times, but not each time that the life was played again: GET /v1/job/_" in capsys.readouterr().out


def test_each_server_is_asked_for_its_own_objects(pair: Pair) -> None:
    """A reference is filled with the ID that the object has on each server."""
    steps = [
        register(),
        *(Request("GET", f"/v1/{kind}/{{{kind}:{number}}}") for kind in ("job", "evaluation") for number in range(3)),
    ]
    played = pair.play(a_life(*steps, Request("GET", "/v1/node/{node:0}")))
    assert played.difference is None
    assert played.told["200"] == 6 + 1 + 6


def test_jobs_of_others_are_left_alone(pair: Pair) -> None:
    """Beside jobs of others only requests about own jobs are sent, and only own jobs are removed."""
    other = {"Job": a_job(ID="other")}
    pair.agent.ask(Request("PUT", "/v1/job/other", body=json.dumps(other).encode()))
    beside = replace(pair, alone=False)
    steps = (
        register(),
        Request("DELETE", "/v1/job/other"),
        Request("PUT", "/v1/jobs", body=json.dumps(other).encode()),
    )
    assert beside.play(a_life(*steps)).sent == 1
    assert [each["ID"] for each in pair.agent.read("/v1/jobs")] == ["other"]
    with pytest.raises(Unreachable, match="has jobs of others, such as other"):
        pair.play(a_life())
    pair.agent.ask(Request("DELETE", "/v1/job/other"))


def test_jobs_are_removed_after_an_interruption(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever interrupts a life finds no job of it on the agent."""

    def interrupted(_request: Request) -> None:
        assert [each["ID"] for each in pair.agent.read("/v1/jobs")] != []
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.beside.playing.reads_after", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pair.play(a_life(register()))
    assert pair.agent.read("/v1/jobs") == []


def test_an_interrupted_request_spoils_no_other(agent: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request after an interrupted one gets its own reply."""

    def interrupted(_response: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("http.client.HTTPResponse.begin", interrupted)
        with pytest.raises(KeyboardInterrupt):
            agent.read("/v1/evaluations")
    assert agent.read("/v1/agent/self")["config"]["Version"] == "0.5.4"


def test_a_limit_of_the_mock_ends_a_life(pair: Pair, texts: Texts) -> None:
    """After a refusal by a limit the servers are no longer alike, so the life is over."""
    texts[b"this mock"] = b"all mocks"
    played = pair.play(a_life(register(TaskGroups=None), Request("GET", PATH)))
    assert played.sent == 2
    groups = [{**a_job()["TaskGroups"][0], "Count": 20_000}]
    played = pair.play(a_life(register(TaskGroups=groups), Request("GET", PATH)))
    assert (played.sent, played.difference, dict(played.told)) == (1, None, {"limits of the mock": 1})


def test_a_server_that_is_no_server_is_told() -> None:
    """An address where nobody listens, one that is none, and a reply that is no JSON are told with the address."""
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:1: "):
        Server("http://127.0.0.1:1").ask(Request("GET", "/"))
    with pytest.raises(Unreachable, match="no address such as"):
        Server("127.0.0.1:4646").ask(Request("GET", "/"))


def test_a_server_that_crashes_is_told() -> None:
    """A connection that ends without a reply is told as no reply."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        reply = Server(f"http://127.0.0.1:{listener.getsockname()[1]}").ask(Request("GET", "/"))
        thread.join()
    assert (reply.status, reply.body) == (0, b"the connection ended without a reply")


def test_a_server_that_refuses_is_told(agent: Server) -> None:
    """A read that is refused, or that is no JSON, is told with its status and text."""
    with pytest.raises(Unreachable, match="/v1/job/none: 404 job not found"):
        agent.read("/v1/job/none")
    with pytest.raises(Unreachable, match=r"/__admin/ui/index.html: 200 <!"):
        agent.read("/__admin/ui/index.html")


def test_a_job_that_cannot_be_removed_is_not_registered(pair: Pair) -> None:
    """A job that no path leads to, or one without our prefix, is registered on the mock alone, which ends the life."""
    for job_id in (f"{PREFIX}a/../b", "another"):
        body = json.dumps({"Job": a_job(ID=job_id)}).encode()
        played = pair.play(a_life(Request("PUT", "/v1/jobs", body=body), Request("GET", PATH)))
        assert (played.sent, played.difference) == (1, None)
        assert dict(played.told) == {"registrations that the agent is spared": 1}
    assert not any(is_removable(each) for each in ("a/", "..", "a//b", "web/plan", ""))
    assert is_removable("web/1")
