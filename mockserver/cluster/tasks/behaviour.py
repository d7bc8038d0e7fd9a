"""How a simulated task will behave, read from its driver and configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mockserver.cluster.tasks.commands import run_of
from mockserver.gostd.durations import SECOND, parse_duration
from mockserver.nomad_types import Task

_BATCH_RUN = 1 * SECOND
"""How long a batch task runs whose command is not understood."""
_LOWEST = -(1 << 63)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One run of a task; times in nanoseconds.

    ``run_for`` None means that it runs until it is stopped. ``kill_after`` is how long it takes to end once it is asked
    to. ``start_after`` is how long it stays pending before it starts, None until somebody starts it. A task with a
    ``start_error`` never starts.
    """

    run_for: int | None = None
    exit_code: int = 0
    signal: int = 0
    message: str = ""
    kill_after: int = 0
    start_after: int | None = 0
    start_error: str = ""
    start_error_recoverable: bool = False

    def saved(self) -> dict[str, Any]:
        """Return all of it, as JSON."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(each.name for each in fields(Behaviour))


def behaviour_of(task: Task, job_type: str) -> Behaviour:
    """Return how a task of a job of this type behaves.

    A task of the test driver ``mock_driver`` does what its configuration says. Everyday commands (see ``commands``) do
    what they do. Anything else keeps running in a service or system job, and completes after a second in a batch job.
    """
    config: Mapping[str, Any] = task["Config"] or {}
    if task["Driver"] == "mock_driver":
        return _of_mock_driver(config)
    command, arguments = config.get("command"), config.get("args") or []
    if isinstance(command, str) and isinstance(arguments, list):
        run = run_of(command, [str(argument) for argument in arguments])
        if run is not None:
            return Behaviour(run_for=run.nanoseconds, exit_code=run.code)
    return Behaviour(run_for=_BATCH_RUN if job_type == "batch" else None)


def _of_mock_driver(config: Mapping[str, Any]) -> Behaviour:
    return Behaviour(
        run_for=_duration(config.get("run_for", 0)),
        exit_code=_whole_number(config.get("exit_code", 0)),
        signal=_whole_number(config.get("exit_signal", 0)),
        message=str(config.get("exit_err_msg", "")),
        kill_after=_duration(config.get("kill_after", 0)),
        start_error=str(config.get("start_error", "")),
        start_error_recoverable=str(config.get("start_error_recoverable", "")).lower() in {"true", "1", "1.0"},
    )


def _duration(value: Any) -> int:
    """Nanoseconds, from a number of them or a text such as ``10s``; 0 when it is neither, or below 0."""
    if not isinstance(value, str):
        return max(_whole_number(value), 0)
    try:
        return max(parse_duration(value), 0)
    except ValueError:
        return 0


def _whole_number(value: Any) -> int:
    """Return a number without its fraction; what 64 bits can't hold is the lowest that they can, as in Go."""
    try:
        number = int(float(value))
    except OverflowError:
        return _LOWEST
    except (TypeError, ValueError):
        return 0
    return number if abs(number) < -_LOWEST else _LOWEST
