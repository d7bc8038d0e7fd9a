"""Judge the conduct of clients, as the journal shows it.

The judge is part of the test tools, of which the mock imports nothing: it is a program, which gets the journal and
prints its judgements.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.journal import whole

_JUDGE = "contract_tests.conduct"
_OURS = str(Path(__file__).parents[2])
"""The folder in which the judge's package stands beside the mock's."""
_PATIENCE = 60
"""Seconds that the judge may take."""
_ONE_AT_A_TIME = threading.Lock()


async def judge(call: Call) -> dict[str, Any]:
    """Return the judgements on all statements of conduct; a ``Problem`` where there is no journal or no judge."""
    entries = await whole(call)
    judgements = await asyncio.to_thread(_judged, entries)
    return {"exchanges": len(entries), "last": entries[-1]["number"] if entries else 0, "judgements": judgements}


def _judged(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Have exchanges judged.

    Raises:
        Problem: The judge is not installed, broke down, or took too long.
    """
    journal = f"[{','.join(map(json.dumps, entries))}]"  # one by one, so that the event loop has its turns
    # -P and ours first, because where the mock runs there may be a package contract_tests that is not ours.
    command = [sys.executable, "-P", "-m", _JUDGE]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([_OURS, *filter(None, sys.path)])}
    with _ONE_AT_A_TIME:
        try:
            done = subprocess.run(
                command, input=journal.encode(), env=environment, capture_output=True, timeout=_PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise Problem(503, f"the judge takes more than {_PATIENCE} s", "clear the journal, and ask again") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        advice = "the test tools judge it: pip install 'nomad-contract[contract]'"
        raise Problem(501, f"conduct can't be judged here: {reason}", advice)
    judgements: list[dict[str, Any]] = json.loads(done.stdout)
    return judgements


HANDLERS: Mapping[str, Handler] = {"judge-conduct": judge}
