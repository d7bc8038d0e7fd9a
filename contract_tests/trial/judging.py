"""One trial from its settings to its exit status."""

import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from contract_tests.conduct.text import failing
from contract_tests.findings import SuiteError
from contract_tests.statements import Level
from contract_tests.suite.cli_arguments import Mistake, processors
from contract_tests.suite.reports import github, write
from contract_tests.suite.reports.ink import ink_for
from contract_tests.suite.verdicts import exit_status
from contract_tests.trial.command import Command
from contract_tests.trial.freedoms import WEATHER, freedoms
from contract_tests.trial.mocks import Mocks, Unreachable
from contract_tests.trial.outcomes import Verdicts
from contract_tests.trial.progress import Progress
from contract_tests.trial.report import report_of
from contract_tests.trial.runs import Run, Runner
from contract_tests.trial.secrets import Secrets
from contract_tests.trial.text import exchanges, misconduct, summary
from contract_tests.trial.trial import Course, Result, Trial

_PLAIN_LIMIT = 300.0
"""Seconds that the plain run may take where nothing else is said."""
_MOST_AT_A_TIME = 8
"""How many runs go on at the same time at most where nothing else is said: each has a mock process to itself."""
_WAITS_MOSTLY = 3
"""Tests wait mostly if they take this many times as long as they keep a processor busy: two of them share one well."""
_TIMES, _MORE, _MORE_IN_WEATHER = 5, 15, 120
"""A run may take this many times as long as the plain run, plus these seconds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one trial is about.

    Attributes:
        words: the client's test command.
        freedoms: ids of the freedoms and the weather that are tried.
        without: globs of what is left out, also of statements of conduct.
        seed: of the first run of each kind.
        seeds: how many runs there are under all freedoms together.
        load: the options of the mock that say what it begins with.
        level: the lowest level of conduct that fails.
        run_limit: seconds after which a run is killed; None to go by the plain run.
        time_limit: seconds after which no run begins; 0 for no limit.
        parallel: how many runs go on at the same time; None to go by the plain run.
        allow_incomplete: whether a trial that was cut short may end with 0.
        verbose: whether each run and every failure are told in full.
        files: the reports to write, by the names of their options.
    """

    words: Sequence[str]
    freedoms: tuple[str, ...]
    without: Sequence[str]
    seed: int
    seeds: int
    load: Sequence[str]
    level: Level
    run_limit: float | None
    time_limit: float
    parallel: int | None
    allow_incomplete: bool
    verbose: bool
    files: Mapping[str, str | None]


def judge_client(settings: Settings) -> int:
    """Try a client, tell and write what was found, and return the exit status.

    A client that cannot be judged raises ``Mistake``.
    """
    began = time.monotonic()
    hidden = Secrets(os.environ, settings.words)
    progress = Progress(verbose=settings.verbose)
    deadline = began + settings.time_limit if settings.time_limit else None
    course, result = _tried(settings, deadline, progress, hidden)
    progress.wipe()
    verdicts = Verdicts(course, result, settings.words, hidden, settings.level, settings.without, settings.load)
    outcomes = verdicts.all()
    report = report_of(verdicts, outcomes, progress.runs, time.monotonic() - began)
    write(report, settings.files)
    sys.stdout.write(summary(report, ink_for(sys.stdout), width=progress.width, verbose=settings.verbose))
    sys.stdout.flush()
    github.tell(report, os.environ)
    if result.cut == "interrupted":
        sys.stderr.write("nomad-contract: interrupted\n")
        return 2
    status = exit_status(outcomes, allow_incomplete=settings.allow_incomplete)
    return status if result.steady else status or 2


def _tried(settings: Settings, deadline: float | None, progress: Progress, hidden: Secrets) -> tuple[Course, Result]:
    command = Command(settings.words, os.environ)
    at_first = settings.parallel or min(processors(), _MOST_AT_A_TIME)
    try:
        with Mocks(settings.load) as mocks:
            mocks.start(at_first)
            runner = Runner(command, mocks, settings.run_limit or _PLAIN_LIMIT)
            before = _processor_seconds()
            plain = _plain(runner, progress, hidden, settings)
            busy = _processor_seconds() - before
            parallel = settings.parallel or at_a_time(at_first, busy, plain.ended.seconds)
            mocks.start(parallel - at_first)
            course = Course(settings.freedoms, settings.seed, settings.seeds, deadline, parallel)
            if settings.run_limit is None:
                storms = any(freedoms()[each].group == WEATHER for each in settings.freedoms)
                runner.limit = _TIMES * plain.ended.seconds + _MORE + storms * _MORE_IN_WEATHER
            return course, Trial(runner, course, progress).go(plain)
    except (Unreachable, SuiteError) as problem:
        raise Mistake(str(problem)) from None
    finally:
        command.stop()


def at_a_time(processors: int, busy: float, seconds: float) -> int:
    """Return how many runs go on at the same time: one for each processor, or two where the tests mostly wait.

    Args:
        processors: how many are used, 8 at most.
        busy: seconds for which a run keeps a processor busy.
        seconds: how long it takes.
    """
    return min(2 * processors, _MOST_AT_A_TIME) if busy * _WAITS_MOSTLY < seconds else processors


def _processor_seconds() -> float:
    """Return how many seconds of processor time the commands have used that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _plain(runner: Runner, progress: Progress, hidden: Secrets, settings: Settings) -> Run:
    """Make the plain run, which has to pass; of one that fails tell what came, and what may be why.

    Raises:
        Mistake: It fails, or never asks the mock.
    """
    run = runner.run(None, judged=True)
    progress.ended(run)
    if not run.passed:
        broken = failing(run.judgements, min(settings.level, Level.SHOULD))
        asked = [one for one in broken if not any(fnmatchcase(one.statement.id, glob) for glob in settings.without)]
        said = [run.ended.output.strip(), exchanges(run.journal), misconduct(asked)]
        sys.stderr.write(hidden.without("\n\n".join(filter(None, said))) + "\n\n")
        raise Mistake(f"the client's tests have to pass on the plain mock, which varies nothing: {run.ended}")
    if not run.journal:
        raise Mistake("the client's tests pass, but sent no request to the address in NOMAD_ADDR")
    return run
