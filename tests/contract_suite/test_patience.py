"""How long the suite waits: less after a wait in vain, and not beyond the time of the run."""

import httpx
import pytest

from contract_tests.client.connection import _kind
from contract_tests.client.http import Received, Request
from contract_tests.client.nomad import Nomad
from contract_tests.client.patience import Experience, Patience, Silence, TimeLimit
from contract_tests.client.sender import NoAnswer, Sender, _Pace
from contract_tests.client.shrinking import MOST_REQUESTS, Shrinking
from contract_tests.client.target import Target
from contract_tests.findings import CutShort, Falsified, Ledger
from contract_tests.statements import Level
from contract_tests.suite import verify
from contract_tests.suite.profiles import PROFILES
from tests.contract_suite.made import exchange

STATEMENT = "job.query.returns-the-job"


def test_patience_shrinks_for_what_was_waited_for_in_vain() -> None:
    """Other things keep their time, and a slow server keeps a multiple of its slowest reply."""
    limit = TimeLimit()
    patience = Patience(20, limit)
    assert (patience.seconds("launching"), patience.reply, patience.ran_out) == (20, 10, False)
    patience.in_vain("launching")
    assert (patience.seconds("launching"), patience.seconds("placing"), patience.reply) == (2, 20, 10)
    assert (patience.ran_out, limit.lost) == (True, 20)
    patience.answered(1.5)
    assert patience.seconds("launching") == 7.5
    patience.hung()
    assert patience.reply == 3


def test_what_others_learned_is_taken_over() -> None:
    """A process that begins where another one waited in vain does not wait as long again."""
    first, second = Patience(20, TimeLimit()), Patience(20, TimeLimit())
    second.answered(0.1)
    second.learn(first.experience)
    assert (second.reply, second.experience) == (10, Experience(slowest=0.1))
    first.hung()
    first.answered(1.5)
    second.learn(first.experience)
    assert (second.reply, second.experience) == (3, Experience(hung=True, slowest=1.5))


def test_cleaning_up_has_its_time() -> None:
    """A run against a slow server ends three of its replies before its time, but does not spend it all on them."""
    limit = TimeLimit(seconds=26)
    limit.took(2.0)
    assert 19 < limit.left < 20
    limit.took(100.0)
    assert 12 < limit.left < 13


@pytest.mark.parametrize(("whole", "reply"), [(1, 1), (8, 5), (20, 10), (600, 300)])
def test_a_reply_has_half_of_the_patience(whole: float, reply: float) -> None:
    """Where patience is short, a reply has five seconds, or all of the patience."""
    assert Patience(whole, TimeLimit()).reply == reply


def test_what_hangs_is_asked_more_and_more_rarely() -> None:
    """After three misses of a kind four requests are held back, then sixteen; an answer ends that."""
    silence = Silence()
    for _ in range(3):
        assert silence.keeps("summary") == 0
        silence.missed("summary")
        silence.broken("query")
    assert [silence.keeps("summary") for _ in range(5)] == [3, 3, 3, 3, 0]
    silence.missed("summary")
    assert [silence.keeps("summary") for _ in range(17)] == [*[4] * 16, 0]
    assert silence.keeps("query") == 0
    silence.broken("summary")
    assert silence.keeps("summary") == 0


def test_a_server_that_answers_nothing_is_asked_nothing_of_any_kind() -> None:
    """Six misses in a row, whatever was asked, hold back the others."""
    silence = Silence()
    for kind in "abcdef":
        assert silence.keeps(kind) == 0
        silence.missed(kind)
    assert silence.keeps("g") == 6


def test_what_never_missed_a_reply_is_tried_in_the_silence() -> None:
    """Its reply says nothing about the others; a reply to one of the others ends the silence."""
    silence = Silence()
    silence.broken("told")
    for kind in "abcdef":
        silence.missed(kind)
    assert [silence.may_be_broken(kind) for kind in ("told", "new", "a")] == [True, True, False]
    silence.broken("told")
    assert silence.keeps("a") == 6
    silence.broken("a")
    assert silence.keeps("b") == 0


def test_a_try_in_the_silence_is_brief() -> None:
    """A quarter of a second, unless the server was slower before."""
    patience = Patience(20, TimeLimit())
    assert patience.brief == 0.25
    patience.answered(0.4)
    assert patience.brief == 0.8
    patience.answered(30)
    assert patience.brief == patience.reply


@pytest.mark.parametrize(
    ("replies", "lost", "ends"),
    [([0.01] * 9 + [3.0] * 4, 0, False), ([1.5] * 5, 0, True), ([0.01] * 9, 15, True), ([0.01] * 9, 13, False)],
)
def test_a_limit_that_nobody_asked_for_ends_only_slow_servers(replies: list[float], lost: float, *, ends: bool) -> None:
    """On a busy machine some replies are late, and much time goes elsewhere: that cuts no run short."""
    limit = TimeLimit(seconds=26, lost=lost)
    limit.started -= 27
    for seconds in replies:
        limit.took(seconds)
    assert (limit.left <= 0) == ends
    limit.hard = True
    assert limit.left <= 0


def test_each_profile_bounds_its_run() -> None:
    """Smoke ends within 30 seconds and default within three minutes; deep takes its time."""
    assert 20 < PROFILES["smoke"].seconds < 30
    assert 120 < PROFILES["default"].seconds < 180
    assert PROFILES["deep"].seconds == 0


def answering(monkeypatch: pytest.MonkeyPatch, *replies: Received) -> tuple[Sender, list[float]]:
    """Return a sender whose requests get these replies, and the list of the seconds that it sleeps."""
    slept: list[float] = []
    sender, left = Sender(Target("http://127.0.0.1:1")), list(replies)
    monkeypatch.setattr(sender.http, "send", lambda *_, **__: left.pop(0))
    monkeypatch.setattr("contract_tests.client.sender.time.sleep", slept.append)
    return sender, slept


REQUEST = Request("GET", "/v1/job/x")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """The time that it names is waited, and told of."""
    busy = Received(status, {"Retry-After": "3"}, b"")
    sender, slept = answering(monkeypatch, busy, busy, Received(200, {}, b""))
    assert sender.send("query", REQUEST)[0].status_code == 200
    assert (slept, sender.busy) == ([3.0, 3.0], 6.0)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {}),
        (503, {"Retry-After": "soon"}),
        (503, {"Retry-After": "99"}),
        (500, {"Retry-After": "1"}),
        (429, {"Retry-After": "9" * 5000}),
    ],
)
def test_a_busy_server_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch, status: int, headers: dict[str, str]
) -> None:
    """What says no time, or more than the patience, is the reply."""
    sender, slept = answering(monkeypatch, Received(status, headers, b""))
    assert sender.send("query", REQUEST)[0].status_code == status
    assert slept == []


def test_a_date_to_retry_after_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date that is over means at once; a request is sent five times at most."""
    over = Received(503, {"Retry-After": "Sun, 29 Nov 2015 11:55:55 GMT"}, b"")
    sender, slept = answering(monkeypatch, *[over] * 5)
    assert sender.send("query", REQUEST)[0].status_code == 503
    assert slept == [0.0] * 4


def test_requests_go_out_at_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for its turn."""
    slept: list[float] = []
    monkeypatch.setattr("contract_tests.client.sender.time.monotonic", lambda: 100.0)
    monkeypatch.setattr("contract_tests.client.sender.time.sleep", slept.append)
    pace = _Pace(4)
    for _ in range(3):
        pace.wait()
    assert slept == [0.0, 0.25, 0.5]


def test_nothing_is_sent_after_the_time() -> None:
    """A test ends there; cleaning up goes on, here until nobody answers."""
    sender = Sender(Target("http://127.0.0.1:9"))
    sender.limit = TimeLimit(seconds=1, hard=True)
    sender.limit.started -= 2
    with pytest.raises(CutShort, match="the time limit of 1 s"):
        sender.send("query", REQUEST)
    with pytest.raises(httpx.ConnectError):
        sender.send("query", REQUEST, limited=False)


def test_what_hangs_is_not_sent() -> None:
    """The error says so."""
    sender = Sender(Target("http://127.0.0.1:9"))
    for _ in range(3):
        sender._silence.missed("query")
    with pytest.raises(NoAnswer, match="not asked, because 3 such requests"):
        sender.send("query", REQUEST)


def test_shrinking_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generated test may send some more requests after its first violation; another test begins anew."""
    ledger = Ledger()
    shrinking = Shrinking(ledger)
    monkeypatch.setattr("contract_tests.client.shrinking._generated", lambda: True)
    for _ in range(2):
        shrinking.check()
        ledger.finding(STATEMENT, 1, 2, None)
        for _ in range(MOST_REQUESTS):
            shrinking.check()
        with pytest.raises(Falsified):
            shrinking.check()
        ledger.take()


def test_a_violation_that_is_only_noted_ends_no_search() -> None:
    """What a block notes, to go on after it, was not the end of an example."""
    ledger = Ledger()
    done = exchange(status=404, ledger=ledger)
    with ledger.going_on():
        verify.ok(STATEMENT, done)
    assert ledger.raised == {}
    assert list(ledger.violations) == [STATEMENT]


def test_no_answer_breaks_what_was_to_be_proved() -> None:
    """It is the first statement of the test that is asked for and was not held; else what is said of all requests."""
    ledger = Ledger(selected=["job.register.creates", STATEMENT])
    ledger.proving = ["job.query.missing-job", "job.register.creates", STATEMENT]
    assert ledger.asked("common.schema.survives-any-input") == "job.register.creates"
    ledger.holds("job.register.creates")
    assert ledger.asked("common.schema.survives-any-input") == STATEMENT
    ledger.holds(STATEMENT)
    assert ledger.asked("common.schema.survives-any-input") == "job.register.creates"
    ledger.proving = []
    assert ledger.asked("common.schema.survives-any-input") == "common.schema.survives-any-input"


def test_what_is_no_operation_is_told_apart_by_its_place() -> None:
    """A server that hangs below /v1 is still asked elsewhere; a companion endpoint says nothing of another."""
    assert _kind("other", "GET", "/v1/jobx?a") == _kind("other", "GET", "/v1/job")
    assert _kind("other", "GET", "/v1/job") != _kind("other", "GET", "/")
    assert _kind("companion", "GET", "/v1/jobs?prefix=a") != _kind("companion", "GET", "/v1/nodes")
    assert _kind("query", "GET", "/v1/job/a") == _kind("query", "GET", "/v1/job/b?pretty")


def test_a_wait_for_what_cannot_fail_shortens_no_other() -> None:
    """What is waited for by a test of observed behaviour alone is of another kind than what a MUST waits for."""
    nomad = Nomad(Target("http://127.0.0.1:9", patience=20), Ledger(Level.MUST), "nomad-contract-x-")
    nomad.ledger.proving = ("job.allocations.run",)
    nomad.patience.in_vain(nomad.awaited("placing"))
    assert nomad.patience.seconds(nomad.awaited("placing")) < 20
    nomad.ledger.proving = ("job.allocations.run", "job.allocations.every-form")
    assert nomad.patience.seconds(nomad.awaited("placing")) == 20
    nomad.close()
