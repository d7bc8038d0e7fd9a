"""Rules of a Vault block."""

from typing import Any

from mockserver.gostd.fmt import quote
from mockserver.jobs.validate.problems import Problems


def vault_problems(vault: dict[str, Any]) -> Problems:
    """Give the first problem of a Vault block, if it has one."""
    mode = vault["ChangeMode"]
    if not vault["Policies"]:
        yield "Vault validation failed: Policy list cannot be empty"
    elif mode == "signal" and not vault["ChangeSignal"]:
        yield 'Vault validation failed: Signal must be specified when using change mode "signal"'
    elif mode not in ("noop", "restart", "signal"):
        yield f"Vault validation failed: Unknown change mode {quote(mode)}"
