"""The course of a trial, with a client that is a function of what varies."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests.findings import SuiteError
from contract_tests.statements import Level
from contract_tests.suite.verdicts import Verdict
from contract_tests.trial.command import Ended
from contract_tests.trial.freedoms import Vary
from contract_tests.trial.judging import at_a_time
from contract_tests.trial.outcomes import TOGETHER, Verdicts
from contract_tests.trial.runs import Run, Runner
from contract_tests.trial.secrets import Secrets
from contract_tests.trial.trial import Course, Result, Trial
from tests.trial.test_difference import entry

ORDER, SPACE, ESCAPES, HIGH, RATE = (
    *("json.key-order", "json.white-space", "json.escapes", "index.high", "weather.rate-limit"),
)
REPLIES = 10
Passes = Callable[[Vary | None, int], bool]
"""Whether the client passes: under what, and in which run in all, counted from 1."""


class Told:
    """A client that sends ten requests, each of whose replies varies, and passes when it is told to."""

    def __init__(self, passes: Passes, **ended: Any) -> None:
        self.passes = passes
        self.ended = ended
        self.runs: list[Vary | None] = []
        self.limit = 60.0
        self.command = SimpleNamespace(stop=lambda: None)

    def run(self, vary: Vary | None, name: str = "plain", *, judged: bool = False) -> Run:  # noqa: ARG002 # its conduct is judged by nobody
        """Make one run."""
        self.runs.append(vary)
        status = 0 if self.passes(vary, len(self.runs)) else 1
        used = {} if vary is None else dict.fromkeys(vary.freedoms, REPLIES)
        replies = range(1, REPLIES + 1) if vary is None or vary.replies is None else vary.replies
        freedoms = [] if vary is None else list(vary.freedoms)
        journal = tuple({**entry({}, number, f"/v1/job/{number}"), "freedoms": freedoms} for number in replies)
        ended = Ended(
            status, "7 ok\nthe end" if status else "8 ok", 1.0, hung=bool(status) and self.ended.get("hung", False)
        )
        return Run(name, vary, ended, journal, used)


class Quiet:
    """Hears how far a trial is."""

    def expect(self, runs: int) -> None:
        """Hear that runs are to come."""

    def ended(self, run: Run) -> None:
        """Hear that a run ended."""


def tried(
    passes: Passes, *freedoms: str, seeds: int = 2, deadline: float | None = None, parallel: int = 1, **ended: Any
) -> Any:
    """Return the result of a trial, its verdicts by id, and the client."""
    client = Told(passes, **ended)
    course = Course(freedoms, seed=7, seeds=seeds, deadline=deadline, parallel=parallel)
    result = Trial(as_runner(client), course, Quiet()).go(client.run(None))
    verdicts = Verdicts(course, result, ["test", "it"], Secrets({}, ()), Level.MUST)
    return SimpleNamespace(result=result, outcomes={each.statement.id: each for each in verdicts.all()}, client=client)


def as_runner(client: Any) -> Runner:
    """Return a client as what a trial takes."""
    runner: Runner = client
    return runner


def test_what_is_survived_passes() -> None:
    """Each freedom is borne alone and together; what was not asked for is not selected."""
    found = tried(lambda *_: True, ORDER, SPACE)
    assert {found.outcomes[each].verdict for each in (ORDER, SPACE, TOGETHER.id)} == {Verdict.PASS}
    assert found.outcomes[ORDER].held == 3 * REPLIES
    assert found.outcomes[ESCAPES].verdict == Verdict.NOT_SELECTED
    assert found.outcomes[RATE].reason == "weather: pass --weather"
    assert len(found.client.runs) == 1 + 2 + 2


def test_the_one_reply_that_makes_the_difference_is_found() -> None:
    """The failure comes again, is narrowed to a reply, and the rest is tried together without this freedom."""

    def passes(vary: Vary | None, _: int) -> bool:
        return vary is None or ORDER not in vary.freedoms or (vary.replies is not None and 4 not in vary.replies)

    found = tried(passes, ORDER, SPACE, ESCAPES)
    outcome = found.outcomes[ORDER]
    assert outcome.verdict == Verdict.FAIL
    assert outcome.failure["vary"] == {"seed": 7, "freedoms": [ORDER], "weather": [], "replies": [4]}
    assert "reply 4 alone makes the difference" in outcome.reason
    assert outcome.failure["output"] == "the end"
    assert outcome.failure["exchange"]["request"]["target"] == "/v1/job/4"
    assert outcome.failure["plain"]["curl"] == ""
    assert found.outcomes[TOGETHER.id].verdict == Verdict.PASS


@pytest.mark.parametrize("parallel", [1, 4])
def test_two_freedoms_that_fail_only_together_are_found(parallel: int) -> None:
    """The smallest set is told, however many runs go on at a time, and nothing is held against either."""

    def passes(vary: Vary | None, _: int) -> bool:
        return vary is None or not {ORDER, ESCAPES}.issubset(vary.freedoms)

    found = tried(passes, ORDER, SPACE, ESCAPES, HIGH, seeds=1, parallel=parallel)
    assert found.outcomes[TOGETHER.id].verdict == Verdict.FAIL
    assert found.outcomes[TOGETHER.id].failure["vary"]["freedoms"] == [ORDER, ESCAPES]
    assert found.outcomes[TOGETHER.id].reason.startswith(f"{ORDER}, {ESCAPES} together; ")
    assert {found.outcomes[each].verdict for each in (ORDER, SPACE, ESCAPES, HIGH)} == {Verdict.PASS}


def test_tests_that_wait_share_a_processor() -> None:
    """Two runs go on at a time on each processor where one keeps it busy for less than a third of the time."""
    assert at_a_time(2, 0.1, 2.0) == 4
    assert at_a_time(2, 1.5, 2.0) == 2
    assert at_a_time(6, 0.1, 2.0) == at_a_time(8, 0.1, 2.0) == 8


def test_a_freedom_that_fails_with_another_seed_is_blamed() -> None:
    """A failure under all freedoms that one explains belongs to that one."""

    def passes(vary: Vary | None, _: int) -> bool:
        return vary is None or SPACE not in vary.freedoms or vary.seed != 8

    found = tried(passes, ORDER, SPACE, ESCAPES)
    assert found.outcomes[SPACE].verdict == Verdict.FAIL
    assert found.outcomes[SPACE].failure["vary"]["seed"] == 8
    assert found.outcomes[TOGETHER.id].verdict == Verdict.SKIP


def test_several_replies_that_fail_only_together_are_told() -> None:
    """Where no single reply makes the difference, the fewest are told, and the last of them is shown."""

    def passes(vary: Vary | None, _: int) -> bool:
        return vary is None or (vary.replies is not None and not {2, 5}.issubset(vary.replies))

    found = tried(passes, ORDER).outcomes[ORDER]
    assert "replies 2, 5 together make the difference" in found.reason
    assert found.failure["exchange"]["request"]["target"] == "/v1/job/5"


def test_a_freedom_of_the_whole_world_is_not_narrowed_to_replies() -> None:
    """It holds for all of them alike."""
    found = tried(lambda vary, _: vary is None, HIGH)
    assert found.outcomes[HIGH].failure["vary"]["replies"] is None


def test_a_failure_that_does_not_come_again_is_held_against_nothing() -> None:
    """A client that fails once and passes when repeated is unsteady; the plain runs at the end pass."""
    found = tried(lambda _, number: number != 2, ORDER, SPACE)
    assert found.outcomes[ORDER].verdict == Verdict.SKIP
    assert found.outcomes[ORDER].reason.startswith("unsteady: failed once (exit status 1 after 1.0 s)")
    assert found.client.runs[-2:] == [None, None]
    assert found.outcomes[SPACE].verdict == Verdict.PASS


def test_an_unsteady_run_together_is_told() -> None:
    """The same goes for the run under all freedoms."""
    outcome = tried(lambda _, number: number != 4, ORDER, SPACE).outcomes[TOGETHER.id]
    assert (outcome.verdict, outcome.reason[:8]) == (Verdict.SKIP, "unsteady")


def test_a_client_that_fails_when_nothing_varies_is_not_judged() -> None:
    """No freedom is blamed when a plain run fails, too."""
    found = tried(lambda vary, number: number == 1 or (vary is not None and ORDER not in vary.freedoms), ORDER, SPACE)
    assert not found.result.steady
    assert found.outcomes[ORDER].verdict == Verdict.ERROR
    assert "fail at times when nothing varies" in found.outcomes[ORDER].reason


def test_a_hanging_client_is_narrowed_with_few_runs() -> None:
    """Each of its runs lasts until it is killed."""
    found = tried(lambda vary, _: vary is None or vary.replies is not None, ORDER, hung=True)
    assert found.outcomes[ORDER].verdict == Verdict.FAIL
    assert "did not end within 1 s" in found.outcomes[ORDER].reason
    assert len(found.client.runs) <= 10


def test_no_run_begins_when_the_time_is_up() -> None:
    """What is left is named, and not taken for survived."""
    found = tried(lambda *_: True, ORDER, SPACE, deadline=time.monotonic() - 1)
    assert found.outcomes[ORDER].unchecked
    assert found.outcomes[ORDER].reason == "not run: the time limit is reached"
    assert found.outcomes[TOGETHER.id].unchecked


def test_what_failed_is_told_when_the_time_is_up() -> None:
    """A failure that there is no time to narrow is told as it was."""
    deadline = time.monotonic() + 1000

    def passes(vary: Vary | None, number: int) -> bool:
        if number == 2:
            clock[0] += 2000
        return vary is None

    clock = [time.monotonic()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("contract_tests.trial.trial.time", SimpleNamespace(monotonic=lambda: clock[0]))
        found = tried(passes, ORDER, SPACE, deadline=deadline)
    assert found.outcomes[ORDER].verdict == Verdict.FAIL
    assert found.outcomes[SPACE].unchecked


def test_an_interrupted_trial_tells_what_was_not_run() -> None:
    """Everything is stopped, and what was found so far is returned."""
    stopped: list[bool] = []

    class Interrupting(Quiet):
        def expect(self, runs: int) -> None:  # noqa: ARG002 # whatever it is told
            raise KeyboardInterrupt

    client = Told(lambda *_: True)
    client.command.stop = lambda: stopped.append(True)
    course = Course((ORDER,), seed=7, seeds=0, deadline=None, parallel=1)
    result: Result = Trial(as_runner(client), course, Interrupting()).go(client.run(None))
    assert result.cut == "interrupted"
    assert stopped


def test_a_fault_of_the_suite_is_an_error() -> None:
    """It is not the client's."""

    def passes(vary: Vary | None, _: int) -> bool:
        if vary is not None and ORDER in vary.freedoms:
            raise SuiteError("the mock does not answer")
        return True

    found = tried(passes, ORDER, SPACE, ESCAPES)
    assert (found.outcomes[ORDER].verdict, found.outcomes[ORDER].reason) == (Verdict.ERROR, "the mock does not answer")
    assert found.outcomes[TOGETHER.id].verdict == Verdict.PASS


def test_a_freedom_that_no_reply_used_is_not_exercised() -> None:
    """Surviving it would prove nothing."""

    class Unused(Told):
        def run(self, vary: Vary | None, name: str = "plain", *, judged: bool = False) -> Run:
            run = super().run(vary, name, judged=judged)
            return Run(name, vary, run.ended, run.journal, {})

    client = Unused(lambda *_: True)
    course = Course((ORDER,), seed=7, seeds=0, deadline=None, parallel=1)
    result = Trial(as_runner(client), course, Quiet()).go(client.run(None))
    outcome = Verdicts(course, result, ["x"], Secrets({}, ()), Level.MUST).all()[0]
    assert (outcome.verdict, outcome.reason[:13]) == (Verdict.SKIP, "not exercised")


def test_freedoms_that_no_reply_used_are_left_out_first() -> None:
    """A set is narrowed to what made a difference, without a run for each of the others."""

    class Choosy(Told):
        def run(self, vary: Vary | None, name: str = "plain", *, judged: bool = False) -> Run:
            run = super().run(vary, name, judged=judged)
            return Run(name, vary, run.ended, run.journal, {SPACE: 3})

    client = Choosy(lambda vary, _: vary is None or SPACE not in vary.freedoms or vary.seed == 7)
    course = Course((ORDER, SPACE, ESCAPES), seed=7, seeds=2, deadline=None, parallel=1)
    result = Trial(as_runner(client), course, Quiet()).go(client.run(None))
    assert [run.varied.freedoms for run in result.findings] == [(SPACE,)]
