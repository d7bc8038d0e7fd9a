"""What docs/guides/persistence.md says is true."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.openapi import load_control
from mockserver.storage import state_file

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guides" / "persistence.md").read_text("utf-8")


def test_the_recipes_work(tmp_path: Path) -> None:
    """The shell blocks run one after the other, on a free port."""
    command = tmp_path / "bin" / "nomad-mock"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mockserver "$@"\n', "utf-8")
    command.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)).replace("4747", port)
    environment = {
        **os.environ,
        "NOMAD_ADDR": f"http://127.0.0.1:{port}",
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path),
    }
    with subprocess.Popen(
        ["sh", "-e", "-c", script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as shell:
        try:
            said, _ = shell.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)  # what a recipe that failed has left
    assert shell.returncode == 0
    assert said.count("kept in") == 5
    assert [path.name for path in (tmp_path / "moved").iterdir()] == [state_file.FILE]


def test_the_numbers_are_right() -> None:
    """The page names the file's application ID, its version and the version of a document."""
    assert f"`application_id` is `0x{state_file.APPLICATION:08X}`" in PAGE
    assert f"version (`user_version`) {state_file.VERSION}." in PAGE
    version = load_control().bundle()["components"]["schemas"]["State"]["properties"]["version"]["const"]
    assert f'"format": "nomad-mock-state", "version": {version}' in PAGE
