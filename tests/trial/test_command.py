"""The client's test command, run as a process group."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contract_tests.suite.cli_arguments import Mistake
from contract_tests.trial.command import Command, Stopped

ADDRESS = "http://127.0.0.1:1"


def python(text: str, **environment: str) -> Command:
    """Return a command that runs a program."""
    return Command([sys.executable, "-c", text], {**os.environ, **environment})


def test_it_is_told_the_address_and_of_no_other_server() -> None:
    """``NOMAD_ADDR`` is the mock's; what tells about another server, or of the page of a job, is left out."""
    names = ("NOMAD_ADDR", "NOMAD_TOKEN", "NO_PROXY", "GITHUB_STEP_SUMMARY")
    others = {"NOMAD_ADDR": "http://real:4646", "NOMAD_TOKEN": "s3cret", "NO_PROXY": "internal"}
    command = python(f"import os; print(*map(os.environ.get, {names}))", **others, GITHUB_STEP_SUMMARY="summary.md")
    ended = command.run(ADDRESS, 60)
    assert ended.passed
    assert ended.output == f"{ADDRESS} None internal,127.0.0.1 {os.devnull}\n"


def test_its_end_is_told() -> None:
    """A run passes with exit status 0 alone; both streams are kept, the end of long ones."""
    program = "import sys; print('x' * 10**6, flush=True); sys.stderr.write('bad\\n'); sys.exit(3)"
    ended = python(program).run(ADDRESS, 60)
    assert (ended.passed, ended.status) == (False, 3)
    assert ended.output.endswith("bad\n")
    assert len(ended.output) <= 64 * 1024
    assert str(ended).startswith("exit status 3 after ")
    killed = python("import os, signal; os.kill(os.getpid(), signal.SIGTERM)").run(ADDRESS, 60)
    assert str(killed).startswith("was ended by SIGTERM after ")


class Life:
    """A named pipe that a process holds open as long as it lives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "life"
        os.mkfifo(self.path)
        self.began = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def program(self) -> str:
        """A program that holds it, for ever."""
        return f"import time; held = open({str(self.path)!r}, 'w'); time.sleep(600)"

    def ends(self) -> bool:
        """Return whether the process ends."""
        self._reader.join(60)
        return not self._reader.is_alive()

    def _read(self) -> None:
        with self.path.open() as pipe:
            self.began.set()
            pipe.read()


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """A named pipe that tells whether a process lives."""
    return Life(tmp_path)


def started(child: str) -> str:
    """Return a program that starts another one as its child, and waits until it holds its pipe."""
    ready = child.replace("; time", "; print('up', flush=True); time")
    return (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {ready!r}], stdout=subprocess.PIPE); "
        "child.stdout.readline(); "
    )


def test_a_client_that_hangs_is_killed_with_what_it_started(life: Life) -> None:
    """The whole process group ends when its time is up."""
    ended = python(started(life.program) + "child.wait()").run(ADDRESS, 5)
    assert ended.hung
    assert not ended.passed
    assert "did not end within 5 s, and was killed" in str(ended)
    assert life.ends()


def test_what_a_client_leaves_behind_is_killed(life: Life) -> None:
    """A child that outlives the command ends with the run."""
    assert python(started(life.program)).run(ADDRESS, 60).passed
    assert life.ends()


def test_a_stopped_command_runs_no_more(life: Life) -> None:
    """Stopping kills what runs, and what was to come does not begin."""
    command = python(life.program)
    with ThreadPoolExecutor() as pool:
        run = pool.submit(command.run, ADDRESS, 600)
        assert life.began.wait(60)
        command.stop()
        assert isinstance(run.exception(60), Stopped)
    assert life.ends()
    with pytest.raises(Stopped):
        command.run(ADDRESS, 60)


def test_a_command_that_does_not_exist_is_a_mistake() -> None:
    """The text says why, and how a line for a shell is given."""
    with pytest.raises(Mistake, match="cannot run 'no-such-program': No such file"):
        Command(["no-such-program"], os.environ).run(ADDRESS, 60)
    with pytest.raises(Mistake, match="-- sh -c 'npm test && true'"):
        Command(["npm test && true"], os.environ).run(ADDRESS, 60)
