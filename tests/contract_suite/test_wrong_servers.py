"""Each wrong server is found to be one, and the suite neither hangs on it nor has an error of its own."""

import re

import pytest

from tests.contract_suite.test_cli import run
from tests.wrong_servers import OPERATIONS, WRONG, mistyped, wrong

ASKED = ("job.summary.*", "job.register.creates")
TRIED = (
    *("half", "hangs-on-summary", "hangs-on-register", "hangs", "page", "html", "drips", "endless", "bomb"),
    *("redirects", "closes", "busy-503", "types", "empty", "null", "garbled"),
)
"""The servers that are wrong about what is asked."""

OFTEN = ("half", "html", "closes")
"""Those that every run of the tests tries."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.exhaustive) for name in TRIED]
)
def test_a_wrong_server_is_found_out(name: str) -> None:
    """The exit status says so; the benchmark of the same name measures how long that takes with all statements."""
    with wrong(WRONG[name]) as address:
        asked = [word for glob in ASKED for word in ("--only", glob)]
        done = run("check", "--address", address, "--profile", "smoke", *asked)
    assert done.returncode == WRONG[name].status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "ERROR of the suite" not in done.stdout


@pytest.mark.slow
def test_a_hang_counts_whatever_is_selected() -> None:
    """Also where the statement that is asked for is not about the operation that hangs."""
    with wrong(WRONG["hangs-on-register"]) as address:
        done = run("check", "--address", address, "--profile", "smoke", "--only", "job.query.returns-the-job")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "no whole reply within" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("asked", "operation"),
    [
        ("GET /v1/job/a/b", "query"),
        ("GET /v1/job/a/summary", "summary"),
        ("GET /v1/job/a/evaluations", "evaluations"),
        ("PUT /v1/job/a", "register"),
        ("POST /v1/job/a/plan", "plan"),
        ("PUT /v1/job/a/periodic/force", "force"),
        ("DELETE /v1/job/a", "deregister"),
    ],
)
def test_a_request_is_of_one_operation(asked: str, operation: str) -> None:
    """The patterns tell the operations apart."""
    assert [name for name, pattern in OPERATIONS.items() if re.fullmatch(pattern, asked)] == [operation]


def test_wrong_types_are_well_formed() -> None:
    """Each member is there, and of no type that it should have."""
    value = {"Name": "job", "Index": 7, "Ok": True, "Tasks": [1], "Meta": None}
    assert mistyped(value) == {"Name": 3, "Index": "7", "Ok": "True", "Tasks": {"items": 1}, "Meta": "none"}
