"""Progress of a trial on the terminal."""

import io

import pytest

from contract_tests.trial.command import Ended
from contract_tests.trial.freedoms import Vary
from contract_tests.trial.progress import Progress
from contract_tests.trial.runs import Run


class Window(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Tell that somebody watches."""
        return True


def a_run(name: str = "plain", vary: Vary | None = None, status: int = 0) -> Run:
    """Return a run."""
    return Run(name, vary, Ended(status, "", 1.5), (), {})


def test_a_terminal_has_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts the runs, those that failed, and the time that is left, and is wiped at the end."""
    monkeypatch.setenv("COLUMNS", "80")
    window = Window()
    progress = Progress(window)
    progress.ended(a_run())
    progress.expect(3)
    progress.ended(a_run("json.escapes", Vary(1, ("json.escapes",)), status=1))
    progress.wipe()
    last = window.getvalue().split("\r\x1b[K")[-2]
    assert last.startswith("2 of 4 runs, 1 failed, about ")
    assert last.endswith(" s left  json.escapes")
    assert window.getvalue().endswith("\r\x1b[K")
    assert len(last) < progress.width


def test_a_pipe_has_none() -> None:
    """Nothing is printed before the summary."""
    pipe = io.StringIO()
    progress = Progress(pipe)
    progress.expect(1)
    progress.ended(a_run())
    progress.wipe()
    assert (pipe.getvalue(), progress.runs, progress.width) == ("", 1, 120)


def test_each_run_has_a_line_when_asked() -> None:
    """It names what the run is narrowed to."""
    pipe = io.StringIO()
    progress = Progress(pipe, verbose=True)
    progress.ended(a_run())
    progress.ended(a_run("json.escapes", Vary(1, ("json.escapes",), (3, 4)), status=1))
    progress.ended(a_run("all together, seed 2", Vary(2, ("json.escapes", "list.order"))))
    progress.ended(a_run("all together, seed 2", Vary(2, ("list.order",))))
    progress.wipe()
    assert pipe.getvalue().splitlines() == [
        "passed  plain: exit status 0 after 1.5 s",
        "FAILED  json.escapes, 2 replies: exit status 1 after 1.5 s",
        "passed  all together, seed 2, 2 freedoms: exit status 0 after 1.5 s",
        "passed  all together, seed 2, list.order: exit status 0 after 1.5 s",
    ]
