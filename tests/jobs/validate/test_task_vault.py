"""Rules of Vault blocks."""

from typing import Any

import pytest

from mockserver.jobs.validate.task import vault_problems
from tests.jobs.validate.parts import a_vault, texts


@pytest.mark.parametrize(
    "vault", [a_vault(), a_vault(ChangeMode="noop"), a_vault(ChangeMode="signal", ChangeSignal="SIGHUP")]
)
def test_vault_blocks_that_are_accepted(vault: Any) -> None:
    """A Vault block has policies, a mode, and a signal where the mode needs one."""
    assert texts(vault_problems(vault)) == []


@pytest.mark.parametrize(
    ("vault", "problem"),
    [
        (a_vault(Policies=[], ChangeMode="x"), "Policy list cannot be empty"),
        (a_vault(Policies=None), "Policy list cannot be empty"),
        (a_vault(ChangeMode="signal"), 'Signal must be specified when using change mode "signal"'),
        (a_vault(ChangeMode='"'), r'Unknown change mode "\""'),
    ],
)
def test_only_the_first_problem_is_told(vault: Any, problem: str) -> None:
    """Only the first problem is told, in the agent's words (recording register-invalid-vault)."""
    assert texts(vault_problems(vault)) == [f"Vault validation failed: {problem}"]
