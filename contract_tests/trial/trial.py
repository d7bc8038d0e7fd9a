"""The course of a trial: which runs there are, in which order, and what is found out about those that fail."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from contract_tests.findings import SuiteError
from contract_tests.suite.cli_arguments import Mistake
from contract_tests.trial.freedoms import Vary, freedoms
from contract_tests.trial.runs import Run, Runner
from contract_tests.trial.smallest import smallest

_TRIES = 24
"""How many runs it may take to make one failure smaller."""
_TRIES_OF_A_HANGING_CLIENT = 4
"""The same where each run lasts until it is killed."""
_EXPLAINED_AT_ONCE = 8
"""How many failures are made smaller at the same time; their runs wait for each other."""
_AGAIN = 2
"""How many plain runs are made at the end where anything failed."""

Key = TypeVar("Key")
Found = TypeVar("Found")


class TimeUp(Exception):
    """The time of the whole trial is over: no run begins any more."""


class Watcher(Protocol):
    """Hears how far a trial is."""

    def expect(self, runs: int) -> None:
        """Hear that more runs are to come."""

    def ended(self, run: Run) -> None:
        """Hear that a run ended."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is tried.

    Attributes:
        freedoms: the ids of freedoms and weather.
        seed: of the runs under one freedom, and the first of those under all.
        seeds: how many runs there are under all freedoms together.
        deadline: the time (``time.monotonic``) from which on no run begins; None for none.
        parallel: how many runs go on at the same time.
    """

    freedoms: tuple[str, ...]
    seed: int
    seeds: int
    deadline: float | None
    parallel: int


@dataclass(slots=True)
class Result:
    """What a trial found.

    Attributes:
        plain: the first run, under no freedom.
        alone: the run under each freedom alone.
        together: the run of each seed under all freedoms that the client survives alone.
        findings: what the client does not survive: the failing runs, each made as small as it could be.
        unsteady: of runs that failed once and passed when repeated, the names.
        plain_again: the plain runs at the end.
        errors: what went wrong with the run of a name, by a fault of the suite.
        cut: why the trial ended before all runs were made.
    """

    plain: Run
    alone: dict[str, Run] = field(default_factory=dict)
    together: dict[int, Run] = field(default_factory=dict)
    findings: list[Run] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)
    plain_again: list[Run] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    cut: str = ""

    @property
    def steady(self) -> bool:
        """Whether the client's tests passed each time that nothing varied."""
        return all(run.passed for run in self.plain_again)


class Trial:
    """Makes the runs of a course after the plain one."""

    def __init__(self, runner: Runner, course: Course, watcher: Watcher) -> None:
        self._runner = runner
        self._course = course
        self._watcher = watcher
        self._runs = ThreadPoolExecutor(course.parallel)
        self._explanations = ThreadPoolExecutor(_EXPLAINED_AT_ONCE)

    def go(self, plain: Run) -> Result:
        """Make all runs; an interrupted trial returns what it found so far, with the reason in ``cut``."""
        result = Result(plain)
        try:
            self._alone(result)
            self._together(result)
            self._explain(result)
            if result.findings or result.unsteady:
                self._plain_again(result)
        except KeyboardInterrupt:
            result.cut = "interrupted"
            self._runner.command.stop()
        finally:
            self._runs.shutdown(cancel_futures=True)
            self._explanations.shutdown(cancel_futures=True)
        return result

    def _alone(self, result: Result) -> None:
        def run(freedom: str) -> Run:
            return self._run(Vary(self._course.seed, (freedom,)), freedom, judged=True)

        for freedom, one in self._all(self._runs, run, self._course.freedoms, str, result):
            result.alone[freedom] = one

    def _together(self, result: Result) -> None:
        """Run under all freedoms that the client survives alone: of the others it is known what they do."""
        survived = tuple(each for each in self._course.freedoms if each in result.alone and result.alone[each].passed)
        if len(survived) < 2:
            return

        def run(seed: int) -> Run:
            return self._run(Vary(seed, survived), named(seed), judged=True)

        seeds = range(self._course.seed, self._course.seed + self._course.seeds)
        for seed, one in self._all(self._runs, run, seeds, named, result):
            result.together[seed] = one

    def _explain(self, result: Result) -> None:
        failed = [run for run in (*result.alone.values(), *result.together.values()) if not run.passed]
        for run, finding in self._all(self._explanations, self._smaller, failed, lambda run: run.name, result):
            if finding is None:
                result.unsteady.append(run.name)
            else:
                result.findings.append(finding)

    def _plain_again(self, result: Result) -> None:
        def run(number: int) -> Run:
            return self._run(None, f"plain run {number}")

        numbers = range(2, 2 + _AGAIN)
        result.plain_again = [one for _, one in self._all(self._runs, run, numbers, "plain run {}".format, result)]

    def _all(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[Key], Found],
        keys: Iterable[Key],
        name: Callable[[Key], str],
        result: Result,
    ) -> Iterator[tuple[Key, Found]]:
        """Yield what the work on each key finds, several at a time; note why there is nothing for some."""
        futures: dict[Future[Found], Key] = {pool.submit(work, key): key for key in keys}
        self._watcher.expect(len(futures))
        for future in as_completed(futures):
            key = futures[future]
            try:
                yield key, future.result()
            except TimeUp:
                result.cut = "the time limit is reached"
            except (SuiteError, Mistake) as problem:
                result.errors[name(key)] = str(problem)

    def _run(self, vary: Vary | None, name: str, *, judged: bool = False) -> Run:
        if self._course.deadline is not None and time.monotonic() >= self._course.deadline:
            raise TimeUp
        run = self._runner.run(vary, name, judged=judged)
        self._watcher.ended(run)
        return run.lean() if run.passed and judged else run

    def _smaller(self, failed: Run) -> Run | None:
        """Return a failing run under as little as possible; None when the failure does not come again."""
        again = self._repeated(failed)
        if again.passed:
            return None
        tries = _TRIES_OF_A_HANGING_CLIENT if again.ended.hung else _TRIES
        try:
            return self._fewest_replies(self._fewest_freedoms(again, tries), tries)
        except TimeUp:  # then what is known is told
            return again

    def _repeated(self, failed: Run) -> Run:
        try:
            return self._runs.submit(self._run, failed.vary, failed.name).result()
        except TimeUp:
            return failed

    def _fewest_freedoms(self, failed: Run, tries: int) -> Run:
        failing = [failed]

        def fails(some: Sequence[str]) -> bool:
            return self._fails(replace(failed.varied, freedoms=tuple(some)), failing)

        used = [each for each in failed.varied.freedoms if failed.used.get(each)]
        if len(used) < len(failed.varied.freedoms) and not fails(used):
            used = list(failed.varied.freedoms)
        smallest(used, fails, tries)
        return failing[-1]

    def _fewest_replies(self, failed: Run, tries: int) -> Run:
        """Return a failing run in which as few replies as possible vary; most often it is the last one alone."""
        if all(freedoms()[each].scope == "world" for each in failed.varied.freedoms):
            return failed
        failing = [failed]

        def fails(some: Sequence[int]) -> bool:
            return self._fails(replace(failed.varied, replies=tuple(some)), failing)

        numbers = failed.replies(failed.varied.freedoms)
        if numbers and not fails(numbers[-1:]):
            smallest(numbers, fails, tries - 1)
        return failing[-1]

    def _fails(self, vary: Vary, failing: list[Run]) -> bool:
        """Return whether the client fails under this; add such a run to ``failing``."""
        run = self._runs.submit(self._run, vary, failing[0].name).result()
        if not run.passed:
            failing.append(run)
        return not run.passed


def named(seed: int) -> str:
    """Return the name of the run under all freedoms with this seed."""
    return f"all together, seed {seed}"
