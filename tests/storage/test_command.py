"""``--data-dir`` as a user meets it."""

import json
import os
import signal
from pathlib import Path

import pytest

from mockserver.storage.state_file import FILE
from tests import forked
from tests.storage.mock import a_submission, running

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]


def test_a_restart_goes_on(tmp_path: Path) -> None:
    """After a restart, jobs, indexes and summaries are as they were; the ready line names the directory."""
    with running(tmp_path / "new", "--nodes", "2", "--region", "eu") as mock:
        assert f"(region eu, 2 nodes, kept in {tmp_path / 'new'})" in mock.ready
        written = mock.ask("PUT", "/v1/job/web", a_submission("web"))
        before = mock.ask("GET", f"/v1/evaluation/{written['EvalID']}?index={written['Index']}&wait=5s")
        assert before["Status"] == "complete"
        os.kill(mock.command.pid, signal.SIGTERM)
        ended = mock.command.ended(10)
        assert (ended.returncode, ended.stderr) == (0, "")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]
    with running(tmp_path / "new") as mock:
        assert f"(region eu, 2 nodes, kept in {tmp_path / 'new'})" in mock.ready
        assert mock.ask("GET", f"/v1/evaluation/{written['EvalID']}") == before
        assert mock.ask("GET", "/v1/job/web")["JobModifyIndex"] == written["JobModifyIndex"]
        again = mock.ask("PUT", "/v1/job/web", a_submission("web"))
        assert again["JobModifyIndex"] > before["ModifyIndex"]


def test_an_expression_made_to_hang_hangs_no_start(tmp_path: Path) -> None:
    """An expression that would backtrack without end elsewhere is evaluated at once, before and after a restart."""
    written = {}
    with running(tmp_path) as mock:
        for job_id, expression in (("stars", "(a*)*b"), ("pluses", "^(a+)+$")):
            constraint = {"LTarget": "a" * 32 + "!", "RTarget": expression, "Operand": "regexp"}
            written[job_id] = mock.ask("PUT", f"/v1/job/{job_id}", a_submission(job_id, Constraints=[constraint]))
    with running(tmp_path) as mock:
        for job_id, answer in written.items():
            evaluation = mock.ask("GET", f"/v1/evaluation/{answer['EvalID']}?index={answer['Index']}&wait=5s")
            (failed,) = evaluation["FailedTGAllocs"].values()
            assert failed["NodesFiltered"] == 1, job_id


def refused(directory: Path) -> str:
    """Return what a start that fails writes."""
    ended = forked.run("mockserver.cli", "--port", "0", "--data-dir", str(directory), seconds=20)
    assert (ended.returncode, ended.stdout) == (1, "")
    return ended.stderr


def test_two_mocks_on_one_directory(tmp_path: Path) -> None:
    """A second mock on a directory says in one line why it does not start, and the first goes on."""
    with running(tmp_path) as mock:
        wanted = "is in use by another process; choose another --data-dir, or end it"
        assert refused(tmp_path) == f"nomad-mock: {tmp_path / FILE} {wanted}\n"
        mock.ask("PUT", "/v1/job/web", a_submission("web"))


def test_a_foreign_file(tmp_path: Path) -> None:
    """A file of another program is left alone."""
    (tmp_path / FILE).write_text("mine\n")
    wanted = "is not a database of nomad-mock; choose another --data-dir"
    assert refused(tmp_path) == f"nomad-mock: {tmp_path / FILE} {wanted}\n"
    assert (tmp_path / FILE).read_text("utf-8") == "mine\n"


def test_what_the_control_plane_does_is_kept(tmp_path: Path) -> None:
    """A drain, a moved clock and an imported world are stored before they are answered."""
    with running(tmp_path, "--clock", "manual", "--seed", "1") as mock:
        node = mock.ask("GET", "/v1/nodes")[0]["ID"]
        mock.ask("POST", f"/__admin/nodes/{node}/drain", {"enable": True})
        clock = mock.ask("POST", "/__admin/clock/advance", {"duration": "90s"})
        state = mock.ask("GET", "/__admin/state")
    with running(tmp_path, "--clock", "manual", "--seed", "1") as mock:
        assert mock.ask("GET", f"/v1/node/{node}")["Drain"] is True
        assert mock.ask("GET", "/__admin/clock")["now"] == clock["now"]
        assert mock.ask("GET", "/__admin/state")["ids"] == state["ids"]
        state["regions"][0]["state"]["index"] = 1000
        mock.ask("PUT", "/__admin/state", state)
    with running(tmp_path, "--clock", "manual", "--seed", "1") as mock:
        assert mock.ask("PUT", "/v1/job/web", a_submission("web"))["JobModifyIndex"] == 1001


def test_spaces_are_not_kept(tmp_path: Path) -> None:
    """Spaces are not stored: they are for tests, which leave nothing."""
    with running(tmp_path) as mock:
        mock.ask("POST", "/__admin/spaces", {"name": "one"})
    with running(tmp_path) as mock:
        assert json.dumps(mock.ask("GET", "/__admin/spaces")).count('"name"') == 1
