"""What is, and what is not, held against a client."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from contract_tests.conduct import Judgement, conduct, judge, together
from contract_tests.conduct.conversation import Conversation
from contract_tests.conduct.exchange import duration, index_of
from contract_tests.conduct.judge import MOST
from contract_tests.conduct.judging import JUDGES, Evidence, judges, need_judges
from contract_tests.durations import SECOND
from contract_tests.suite.verdicts import Verdict
from tests.conduct.entries import entry

WEB = "/v1/job/web"


def verdict(statement: str, *entries: dict[str, Any]) -> Verdict:
    """Return the verdict on one statement."""
    return next(each.verdict for each in judge(entries) if each.statement.id == f"conduct.{statement}")


def test_nothing_can_be_said_about_nothing() -> None:
    """Without exchanges each statement is skipped, and says what would have put it to the test."""
    judgements = judge([])
    assert [each.statement for each in judgements] == [*conduct().values()]
    assert {each.verdict for each in judgements} == {Verdict.SKIP}
    assert all(each.reason == f"not exercised: {each.statement.exercise}" for each in judgements)


def test_a_judge_has_a_statement_of_its_own() -> None:
    """A statement that is not in the catalogue, or that another function judges, is refused."""
    with pytest.raises(ValueError, match=r"no statement 'conduct.body.onec' in .*; did you mean conduct.body.once\?"):
        judges("conduct.body.onec")

    def another(_: Conversation) -> Evidence:
        yield from ()

    with pytest.raises(ValueError, match=r"conduct.body.once has two judges: contract_tests.conduct.bodies._"):
        judges("conduct.body.once")(another)


def test_a_statement_has_a_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, the import of the judges fails, and names the statement."""
    monkeypatch.delitem(JUDGES, "conduct.body.once")
    with pytest.raises(ValueError, match=r"no function in contract_tests/conduct judges conduct.body.once"):
        need_judges()


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("10s", 10 * SECOND),
        ("1m30s", 90 * SECOND),
        ("1.5h", 5400 * SECOND),
        ("250ms", SECOND // 4),
        ("0", 0),
        ("-1s", -SECOND),
        ("+2s", 2 * SECOND),
        ("10", None),
        ("", None),
        ("s", None),
        ("PT10S", None),
    ],
)
def test_durations_are_gos(text: str, nanoseconds: int | None) -> None:
    """A number has a unit, or is 0."""
    assert duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "index"), [("7", 7), ("0", 0), (str(2**64 - 1), 2**64 - 1), (str(2**64), None), ("1.0", None), ("²", None)]
)
def test_indexes_are_decimal(text: str, index: int | None) -> None:
    """They fit into 64 bits and have no sign."""
    assert index_of(text) == index


def test_two_watchers_are_not_mixed_up() -> None:
    """Each of two clients that watch the same job goes on with its own last index."""
    entries = [
        entry(1, WEB, at=0, index=5),
        entry(2, f"{WEB}?index=5&wait=1s", at=10, took=100, index=7),
        entry(3, f"{WEB}?index=5&wait=1s", at=20, took=200, index=9, connection=2),
        entry(4, f"{WEB}?index=7&wait=1s", at=230, took=100, index=9),
        entry(5, f"{WEB}?index=9&wait=1s", at=400, took=100, index=11, connection=2),
    ]
    assert verdict("watch.index-goes-on", *entries) == Verdict.PASS
    late = entry(6, f"{WEB}?index=5&wait=1s", at=600, took=1, index=11)
    assert verdict("watch.index-goes-on", *entries, late) == Verdict.FAIL


def test_a_plain_read_does_not_disturb_a_watch() -> None:
    """A watcher may ignore what another part of the client read in between, or use it."""
    entries = [
        entry(1, f"{WEB}?wait=1s", at=0, index=5),
        entry(2, WEB, at=10, index=7),
        entry(3, f"{WEB}?index=5&wait=1s", at=20, index=7),
        entry(4, WEB, at=30, index=9),
        entry(5, f"{WEB}?index=9&wait=1s", at=40, index=11),
    ]
    assert verdict("watch.index-goes-on", *entries) == Verdict.PASS


def test_an_index_may_come_from_before_the_journal() -> None:
    """Where the first exchanges are missing, nobody knows which indexes replies gave."""
    query = f"{WEB}?index=99&wait=1s"
    assert verdict("watch.index-from-a-reply", entry(1, query, at=0, index=5)) == Verdict.FAIL
    assert verdict("watch.index-from-a-reply", entry(2, query, at=0, index=5)) == Verdict.SKIP


def test_1_makes_a_query_block_where_the_index_is_0() -> None:
    """A client may ask with 1 after replies with 0, because a query with 0 returns at once; not before."""
    query = f"{WEB}?index=1&wait=1s"
    for name in ("index-from-a-reply", "index-of-the-resource"):
        assert verdict(f"watch.{name}", entry(1, WEB, at=0, index=0), entry(2, query, at=10, index=5)) == Verdict.PASS
        assert verdict(f"watch.{name}", entry(1, WEB, at=0, index=5), entry(2, query, at=10, index=5)) == Verdict.FAIL


def test_an_index_counts_once_its_reply_was_there() -> None:
    """A reply that was still under way told the client nothing."""
    entries = [entry(1, WEB, at=0, took=50, index=99), entry(2, f"{WEB}?index=99&wait=1s", at=10, index=100)]
    assert verdict("watch.index-from-a-reply", *entries) == Verdict.FAIL


def test_what_begins_after_a_write_is_no_loop() -> None:
    """A client may begin to watch anew each time it has changed something."""
    waits = [entry(number, f"{WEB}?wait=1s", at=100 * number, index=5) for number in range(1, 5)]
    writes = [
        entry(10 + number, WEB, at=100 * number + 50, method="PUT", operation="register") for number in range(1, 5)
    ]
    assert verdict("watch.index-not-0", *waits) == Verdict.FAIL
    ordered = sorted([*waits, *writes], key=lambda each: str(each["wall"]["started"]))
    assert (
        verdict("watch.index-not-0", *({**each, "number": at + 1} for at, each in enumerate(ordered))) == Verdict.SKIP
    )


def test_who_leaves_for_good_has_not_timed_out() -> None:
    """A client that stops watching leaves early; only one that asks the same again had too short a timeout."""
    gone = entry(1, f"{WEB}?index=5&wait=10s", at=0, took=10_300, index=5, left=2000)
    again = entry(2, f"{WEB}?index=5&wait=10s", at=2010, took=10_300, index=5, left=2000)
    assert verdict("watch.read-timeout", gone) == Verdict.SKIP
    assert verdict("watch.read-timeout", gone, again) == Verdict.FAIL


def test_a_client_of_a_fast_clock_may_leave_sooner() -> None:
    """Ten seconds of the world are one of the machine's where time runs ten times as fast."""
    gone = entry(1, f"{WEB}?index=5&wait=10s", at=0, took=1100, index=5, left=1080, speed=10)
    again = entry(2, f"{WEB}?index=5&wait=10s", at=1200, took=1010, index=5, speed=10)
    assert verdict("watch.read-timeout", gone, again) == Verdict.PASS


def test_a_client_may_close_its_sending_side() -> None:
    """Nobody has a read timeout of a few milliseconds."""
    entries = [
        entry(number, f"{WEB}?index=5&wait=1s", at=1100 * number, took=1010, index=5, left=1) for number in (1, 2)
    ]
    assert verdict("watch.read-timeout", *entries) == Verdict.SKIP


def test_others_may_read_at_the_same_time() -> None:
    """Reads that overlap are those of several clients, and no loop."""
    entries = [entry(number, WEB, at=number, took=20, index=5) for number in range(1, 40)]
    assert verdict("load.no-busy-loop", *entries) != Verdict.FAIL


def test_news_are_no_busy_loop() -> None:
    """A client that finds something new each time may ask again at once."""
    entries = [entry(number, WEB, at=2 * number, index=number) for number in range(1, 40)]
    assert verdict("load.no-busy-loop", *entries) == Verdict.SKIP
    same = [entry(number, WEB, at=2 * number, index=5) for number in range(1, 40)]
    assert verdict("load.no-busy-loop", *same) == Verdict.FAIL


def test_a_loop_that_seems_to_wait_is_explained() -> None:
    """A client that got index 0 and sends it back with a wait is told that this never waits."""
    entries = [entry(number, f"{WEB}?index=0&wait=5s", at=2 * number, index=0) for number in range(1, 12)]
    (broken,) = (each for each in judge(entries) if each.statement.id == "conduct.load.no-busy-loop")
    assert "?index=0&wait=5s and at least 9 more ask for the same" in broken.violations[0].text
    assert broken.violations[0].text.endswith("and nothing had changed; a query with index 0 never waits")


@pytest.mark.parametrize(
    ("wanted", "came", "expected"),
    [
        ("2", 2010, Verdict.PASS),
        ("2", 1000, Verdict.FAIL),
        (format_datetime(datetime(2026, 11, 29, 0, 0, 2, tzinfo=UTC), usegmt=True), 2010, Verdict.PASS),
        (format_datetime(datetime(2026, 11, 29, 0, 0, 2, tzinfo=UTC), usegmt=True), 1000, Verdict.FAIL),
        ("Sun, 29 Nov 2026 00:00:02 -0000", 1000, Verdict.FAIL),
        ("soon", 10, Verdict.SKIP),
    ],
)
def test_retry_after_is_a_number_or_a_date(wanted: str, came: float, expected: Verdict) -> None:
    """Of seconds, or in HTTP's form; anything else wants nothing."""
    refused = entry(1, WEB, at=0, status=429, reply_headers={"Retry-After": wanted})
    assert verdict("errors.retry-after", refused, entry(2, WEB, at=came)) == expected


@pytest.mark.parametrize("header", ["Content-Length", "Transfer-Encoding"])
def test_a_body_that_was_not_read_is_not_judged(header: str) -> None:
    """A request may be refused before its body is read; it is still the same request that comes again."""
    sent = {"Content-Length": "", header: "chunked" if header[0] == "T" else "99"}
    write: dict[str, Any] = {"method": "PUT", "operation": "register", "headers": sent}
    refused = entry(1, WEB, at=0, status=429, reply_headers={"Retry-After": "1"}, **write)
    again = entry(2, WEB, at=100, body={"Job": {"ID": "web"}}, **write)
    assert verdict("body.is-json", refused) == Verdict.SKIP
    assert verdict("errors.retry-after", refused, again) == Verdict.FAIL


def test_one_hasty_retry_is_no_storm() -> None:
    """A client may try once more at once; after the second failure it pauses."""
    failed = [entry(number, WEB, at=2 * number, status=500) for number in (1, 2, 3)]
    assert verdict("errors.back-off", *failed[:2]) == Verdict.SKIP
    assert verdict("errors.back-off", *failed) == Verdict.FAIL
    assert verdict("errors.back-off", *failed[:2], entry(3, WEB, at=200)) == Verdict.PASS


@pytest.mark.parametrize(("said", "expected"), [({}, Verdict.FAIL), ({"Connection": "close"}, Verdict.SKIP)])
def test_a_server_may_close_connections(said: dict[str, str], expected: Verdict) -> None:
    """A new connection is no waste where the server closed the last one."""
    entries = [
        entry(number, WEB, at=2 * number, connection=number, request=1, reply_headers=said) for number in range(1, 20)
    ]
    assert verdict("connection.is-reused", *entries) == expected


@pytest.mark.parametrize("look", ["/v1/jobs", "/v1/job/work/dispatch-1", "/v1/job/other"])
def test_a_client_looks_for_what_it_lost(look: str) -> None:
    """A read of the job, its children or a list tells it; a read of another job tells nothing."""
    write: dict[str, Any] = {"method": "PUT", "operation": "dispatch", "name": "work", "body": {"Meta": {}}}
    name = look.removeprefix("/v1/job/") if look != "/v1/jobs" else ""
    entries = [
        entry(1, "/v1/job/work/dispatch", at=0, status=None, **write),
        entry(2, look, at=100, operation="query" if name else "jobs", name=name),
        entry(3, "/v1/job/work/dispatch", at=200, **write),
    ]
    assert verdict("write.not-repeated-blindly", *entries) == (Verdict.FAIL if "other" in look else Verdict.PASS)


def test_what_can_be_repeated_may_be_repeated() -> None:
    """A deregister, and a register with a check, do nothing twice."""
    checked = {"Job": {"ID": "web"}, "EnforceIndex": True, "JobModifyIndex": 0}
    for method, operation, body in (("DELETE", "deregister", None), ("PUT", "register", checked)):
        entries = [
            entry(number, WEB, at=100 * number, method=method, operation=operation, body=body, status=status)
            for number, status in ((1, None), (2, 200))
        ]
        assert verdict("write.not-repeated-blindly", *entries) == Verdict.SKIP


def test_only_a_conflict_makes_a_client_read() -> None:
    """A validation is another reason for a 500, after which the client may send the job again."""
    body = {"Job": {"ID": "web"}, "EnforceIndex": True, "JobModifyIndex": 7}
    write: dict[str, Any] = {"method": "PUT", "operation": "register", "body": body}
    again = entry(2, WEB, at=100, **write)
    for words, expected in (("Enforcing job modify index 7: …", Verdict.FAIL), ("1 error(s) occurred", Verdict.SKIP)):
        refused = entry(1, WEB, at=0, status=500, **write)
        refused["reply"]["body"] = words
        assert verdict("enforce.reads-after-conflict", refused, again) == expected


def test_a_reply_that_is_still_to_come_may_be_lost() -> None:
    """A client that gave up does not wait for it, whatever the server does."""
    write: dict[str, Any] = {"method": "PUT", "operation": "dispatch", "name": "work", "body": {"Meta": {}}}
    hanging = entry(1, "/v1/job/work/dispatch", at=0, took=None, status=None, left=500, **write)
    again = entry(2, "/v1/job/work/dispatch", at=600, **write)
    assert verdict("write.not-repeated-blindly", hanging, again) == Verdict.FAIL


def test_a_short_id_is_no_long_one() -> None:
    """A client may ask for a job that is not there, although its ID is the beginning of another."""
    listed = entry(1, "/v1/jobs", at=0, operation="jobs", name="", reply=[{"ID": "who?me"}])
    short = entry(2, "/v1/job/who", at=10, name="who", status=404)
    cut = entry(3, "/v1/job/who?me", at=20, name="who", status=404)
    assert verdict("url.id-is-escaped", listed, short) == Verdict.SKIP
    assert verdict("url.id-is-escaped", listed, short, cut) == Verdict.FAIL


@pytest.mark.parametrize(("at", "target", "expected"), [(10, WEB, Verdict.FAIL), (2000, WEB, Verdict.PASS)])
def test_a_stale_read_may_come_later(at: float, target: str, expected: Verdict) -> None:
    """After a second a write is known everywhere."""
    written = entry(1, target, at=0, method="PUT", operation="register")
    assert verdict("write.not-read-stale", written, entry(2, f"{target}?stale", at=at)) == expected


def test_indexes_of_jobs_are_told_apart() -> None:
    """The JobModifyIndex of one job is no index of another."""
    listed = entry(1, "/v1/jobs", at=0, operation="jobs", name="", reply=[{"ID": "web", "JobModifyIndex": 7}])

    def enforced(name: str) -> dict[str, Any]:
        body = {"Job": {"ID": name}, "EnforceIndex": True, "JobModifyIndex": 7}
        return entry(2, f"/v1/job/{name}", at=10, method="PUT", operation="register", name=name, body=body)

    assert verdict("enforce.index-that-was-read", listed, enforced("WEB")) == Verdict.PASS
    assert verdict("enforce.index-that-was-read", listed, enforced("db")) == Verdict.FAIL


def test_a_judgement_can_travel_as_json() -> None:
    """What it becomes as JSON data becomes the same judgement again."""
    judgements = judge([entry(1, f"{WEB}?index=99&wait=10", at=0, index=5)], journal="first")
    assert {each.verdict for each in judgements} == {Verdict.PASS, Verdict.FAIL, Verdict.SKIP}
    assert [Judgement.of_dict(each.as_dict()) for each in judgements] == judgements


def test_one_violation_is_enough() -> None:
    """Of several journals a fail counts before a pass, and a pass before a skip; the first violations are shown."""
    nothing: list[dict[str, Any]] = []
    fine = [entry(1, f"{WEB}?wait=10s", at=0)]
    wrong = [entry(number, f"{WEB}?wait=10", at=number) for number in range(1, 5)]
    journals = {"nothing": nothing, "fine": fine, "wrong": wrong, "again": wrong}
    judged = [judge(entries, journal=name) for name, entries in journals.items()]

    def put_together(*parts: list[Judgement]) -> Judgement:
        return next(each for each in together(parts) if each.statement.id == "conduct.watch.wait-is-a-duration")

    assert put_together().verdict == Verdict.SKIP
    assert put_together(*judged[:2]).verdict == Verdict.PASS
    assert put_together(judged[1], judged[1]).times == 2
    everything = put_together(*judged)
    assert (everything.verdict, everything.times) == (Verdict.FAIL, 8)
    assert [each.journal for each in everything.violations] == ["wrong"] * 4 + ["again"] * (MOST - 4)
