"""Running the contract tests against mutants, each server and each run in a process of its own.

Processes are forked from one that has loaded everything, so that a mutant costs a fraction of a second.
"""

import contextlib
import fnmatch
import gc
import importlib
import json
import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.mutants import serve
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.outcome import Outcome, matching

_READY_PREFIX = "nomad-mock ready: "
_SERVER_OPTIONS = ("--port", "0", "--federate", "eu1")
_LOG_LENGTH = 3000
CRASH = "a bug of the mock"
"""What the mock logs and replies when one of its functions raises an exception that it should not raise."""
_PATIENCE = "3"
"""Of the suite, in seconds; the mock never takes so long, and many a mutant would for ever."""
_LOADED_LATE = ("encodings.idna", "execnet", "h11", "httpcore", "pdb", "xml.etree.ElementTree")
"""What would otherwise be loaded by each run by itself, at its first request or so."""
_CANDIDATES = 40
"""So many mutants are asked at most whether they fail a given statement."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run the suite; ``limit`` is in seconds, for everything that is done with one mutant.

    ``statement`` is the only one to check, if given. ``first`` is the statement to check first, by mutant.
    """

    profile: str = "default"
    seed: int = 1
    all_failures: bool = False
    expected_only: bool = False
    limit: int = 300
    statement: str = ""
    first: Mapping[str, str] = field(default_factory=dict)


def load(profile: str) -> None:
    """Load what every run of the profile needs, before anything is forked."""
    import _pytest.config

    import contract_tests.cli
    import mockserver.server
    from contract_tests.suite import profiles
    from mockserver.openapi import load_contract

    load_contract()
    profiles.choose(profile)  # some of the tests are made for the profile
    suite = Path(contract_tests.cli.__file__).parents[1]
    files = suite.glob("contract_tests/*/test_*.py")
    tests = [".".join(file.relative_to(suite).with_suffix("").parts) for file in files]
    pytest_itself = [f"_pytest.{name}" for name in _pytest.config.default_plugins]
    for module in (*sorted(tests), *pytest_itself, *_LOADED_LATE):
        importlib.import_module(module)
    del mockserver
    gc.collect()
    gc.freeze()  # no process has to look through all of this again


def run_all(
    names: Sequence[str], options: Options, workers: int, seeds: Sequence[int] = (), *, until: float = math.inf
) -> Iterator[Outcome]:
    """Check every mutant, ``workers`` at a time, and yield the outcomes as they come; ``seeds`` repeats each.

    None is begun after ``until``, a time of the monotonic clock.
    """
    waiting = [(name, seed) for seed in seeds or (options.seed,) for name in names]
    running: dict[int, tuple[str, Path, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            if time.monotonic() > until:
                waiting.clear()
            while waiting and len(running) < workers:
                name, seed = waiting.pop(0)
                report = Path(folder) / f"{name}-{seed}.json"
                pid = _fork(partial(_examine, name, replace(options, seed=seed), report))
                running[pid] = (name, report, time.monotonic())
            if not running:
                return
            pid, status = os.waitpid(-1, 0)
            name, report, started = running.pop(pid)
            yield _outcome(name, report, time.monotonic() - started, os.waitstatus_to_exitcode(status))


def _outcome(name: str, report: Path, seconds: float, status: int) -> Outcome:
    if not report.exists():
        return Outcome(name, status=2, seconds=seconds, trouble=f"ended with {status} and without a report")
    return Outcome(**json.loads(report.read_text("utf-8")) | {"seconds": seconds})


def _examine(name: str, options: Options, report: Path) -> int:
    """Serve a mutant, run the suite against it and write the outcome, all in a process of its own."""
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(options.limit)
    outcome = Outcome(name)
    folder = report.with_suffix("")
    folder.mkdir()
    try:
        with _served(name, options.limit, folder / "server.log") as address:
            for only, fail_fast in _phases(outcome, options):
                _check(outcome, address, only, options, folder, fail_fast=fail_fast)
    except TimeoutError:
        outcome.status, outcome.trouble = 2, f"not done after {options.limit} s"
    if name in CATALOGUE:
        outcome.crash = crash_in((folder / "server.log").read_text("utf-8", "replace"))
    report.write_text(json.dumps(asdict(outcome)), "utf-8")
    return 0


def crash_in(log: str) -> str:
    """Return the first message in a mock's log about an exception of its own, with that exception, or ""."""
    message, _, rest = log[log.find(CRASH) :].partition("\n") if CRASH in log else ("", "", "")
    exception = next((line for line in rest.splitlines() if line and not line.startswith((" ", "Traceback"))), "")
    return f"{message} ({exception})" if exception else message


def _phases(outcome: Outcome, options: Options) -> Iterator[tuple[Sequence[str], bool]]:
    """Yield what to check and whether to stop at the first failure, until a statement failed that was looked for.

    First comes the statement that should catch the mutant, then the others that it breaks, then everything. What may
    fail is checked to the end when something else failed first.
    """
    if options.statement:
        yield (options.statement,), True
        return
    if outcome.name in CATALOGUE and not options.all_failures:
        caught_by = CATALOGUE[outcome.name].caught_by
        first = options.first.get(outcome.name, caught_by[0])
        for globs in dict.fromkeys([(first,), caught_by[:1], caught_by]):
            yield globs, True
            if outcome.failed and not matching(globs, outcome.failed):
                yield globs, False
            if matching(globs, outcome.failed):
                return
        if options.expected_only:
            return
    yield (), not options.all_failures


def _check(
    outcome: Outcome, address: str, only: Sequence[str], options: Options, folder: Path, *, fail_fast: bool
) -> None:
    report, log = folder / "report.json", folder / "check.log"
    arguments = ["check", "--address", address, "--profile", options.profile, "--level", "should"]
    arguments += ["--allow-placement", "--other-region", "eu1", "--seed", str(options.seed)]
    arguments += ["--patience", _PATIENCE, "--report-json", str(report), *(f"--only={glob}" for glob in only)]
    arguments += ["--fail-fast"] if fail_fast else []
    expected = CATALOGUE[outcome.name].caught_by if outcome.name in CATALOGUE else ()
    arguments += ["--companion"] if any(one.startswith("companion") for one in (*only, *expected)) else []
    report.unlink(missing_ok=True)
    pid = _fork(lambda: _suite(arguments, log))
    try:
        outcome.status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    if report.exists():
        found = json.loads(report.read_text("utf-8"))
        outcome.failed += [one["id"] for one in found["statements"] if one["outcome"] == "fail"]
    if outcome.name not in CATALOGUE or not outcome.right:
        outcome.trouble = log.read_text("utf-8", "replace")[-_LOG_LENGTH:]


def _suite(arguments: Sequence[str], log: Path) -> int:
    from contract_tests import cli

    _redirect(log)
    return cli.main(arguments)


@contextlib.contextmanager
def _served(name: str, limit: int, log: Path) -> Iterator[str]:
    """Serve a mutant in a process of its own, and yield its address."""
    reading, writing = os.pipe()
    pid = _fork(lambda: _server(name, limit, writing, log))
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as output:
            line = output.readline()
        if not line.startswith(_READY_PREFIX):
            raise RuntimeError(f"the mutant {name} did not start: {log.read_text('utf-8')}")
        yield line.removeprefix(_READY_PREFIX).split()[0]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _server(name: str, limit: int, output: int, log: Path) -> int:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limit + 10)  # should whoever started it be gone
    _redirect(log)
    os.dup2(output, 1)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)  # the one before remembers its place in a file
    return serve.main([name, *_SERVER_OPTIONS])


def _redirect(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def _fork(work: Callable[[], int]) -> int:
    """Do ``work`` in a process of its own and return its ID; the exit status is what ``work`` returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 2
    try:
        status = work()
    except BaseException as problem:
        sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _out_of_time(*_: object) -> None:
    raise TimeoutError


def never_failed(outcomes: Iterable[Outcome], statements: Mapping[str, Any]) -> list[str]:
    """Return the statements that no mutant made fail."""
    failed = {one for outcome in outcomes for one in outcome.failed}
    return [one for one in statements if one not in failed]


def witnesses(statements: Iterable[str], options: Options, workers: int) -> Iterator[tuple[str, str]]:
    """Yield each statement with a mutant that fails it, or with None when none of those that should does.

    A run that stops at the first failure leaves open whether the other statements could have failed as well.
    """
    for statement in statements:
        candidates = breaking(statement)
        for start in range(0, min(len(candidates), _CANDIDATES), workers):
            some = candidates[start : start + workers]
            outcomes = run_all(some, replace(options, statement=statement, all_failures=False), workers)
            found = [outcome.name for outcome in outcomes if statement in outcome.failed]
            if found:
                yield statement, found[0]
                break
        else:
            yield statement, ""


def breaking(statement: str) -> list[str]:
    """Return the mutants that claim to break a statement, the most precise claims first."""
    said = {}
    for name, mutant in CATALOGUE.items():
        globs = [glob for glob in mutant.caught_by if fnmatch.fnmatchcase(statement, glob)]
        if globs:
            said[name] = max(len(glob.rstrip("*")) for glob in globs)
    return sorted(said, key=lambda name: -said[name])
