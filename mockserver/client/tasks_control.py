"""End, fail and start the tasks of one world."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.caller import JSON, Caller, given, need_known

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class TasksControl:
    """The tasks of one world. ``job``, ``group`` and ``task`` are globs, ``allocation`` is a prefix of its ID."""

    def __init__(self, client: Caller) -> None:
        self._client = client
        self._added: list[int] = []

    def list(self, *, job: str | None = None, region: str | None = None) -> Sequence[JSON]:
        """List the tasks of all allocations that have not ended, or only of jobs whose ID the glob ``job`` matches."""
        return list(self._client.call("GET", "/tasks", job=job, region=region))

    def finish(
        self, *, exit_code: int = 0, signal: int = 0, message: str = "", region: str | None = None, **tasks: str
    ) -> Sequence[JSON]:
        """Let running tasks end; raises ``MockError`` when none is selected."""
        _need_known(tasks, "exit_code", "signal", "message", "region")
        body = {"tasks": tasks, "exit_code": exit_code, "signal": signal, "message": message}
        return self._act("finish", body, region)

    def fail(
        self,
        *,
        exit_code: int = 1,
        signal: int = 0,
        message: str = "",
        restart: bool = True,
        region: str | None = None,
        **tasks: str,
    ) -> Sequence[JSON]:
        """Let running tasks fail; without ``restart`` for good, whatever their restart policy says."""
        _need_known(tasks, "exit_code", "signal", "message", "restart", "region")
        body = {"tasks": tasks, "exit_code": exit_code, "signal": signal, "message": message, "restart": restart}
        return self._act("fail", body, region)

    def start(self, *, region: str | None = None, **tasks: str) -> Sequence[JSON]:
        """Start waiting tasks now, also those that hang."""
        _need_known(tasks, "region")
        return self._act("start", {"tasks": tasks}, region)

    def rule(self, outcome: Mapping[str, Any], *, times: int | None = None, **tasks: str) -> int:
        """Say what becomes of tasks from their next start on, ``times`` or always; return the number of the rule.

        ``outcome`` is some of: ``run_for``, ``exit_code``, ``signal``, ``message``, ``kill_after``,
        ``start_after``, ``hang``, ``start_error``, ``start_error_recoverable``.
        """
        _need_known(tasks, "times")
        body = {"tasks": tasks, "outcome": outcome, **given({"times": times})}
        number = int(self._client.call("POST", "/tasks/rules", body)["number"])
        self._added.append(number)
        return number

    def rules(self) -> Sequence[JSON]:
        """List all rules."""
        rules: Sequence[JSON] = self._client.call("GET", "/tasks/rules")
        return rules

    def unused_rules(self) -> Sequence[str]:
        """Return in words the rules, added by this client, that are still there and that no start has met."""
        if not self._added:
            return []
        idle = [rule for rule in self.rules() if rule["number"] in self._added and not rule["hits"]]
        return [f"no task started under rule {rule['number']}, for {_selected(rule['tasks'])}" for rule in idle]

    def forget(self) -> None:
        """Forget which rules were added: the world is another."""
        self._added = []

    def drop_rule(self, number: int) -> None:
        """Drop a rule."""
        self._client.call("DELETE", f"/tasks/rules/{number}")

    def clear_rules(self) -> None:
        """Drop all rules."""
        self._client.call("DELETE", "/tasks/rules")

    def _act(self, action: str, body: JSON, region: str | None) -> Sequence[JSON]:
        tasks: Sequence[JSON] = self._client.call("POST", f"/tasks/{action}", body, region=region)
        return tasks


def _need_known(tasks: Mapping[str, str], *others: str) -> None:
    """Refuse a misspelt argument. Raises ``TypeError``."""
    need_known("to select tasks by", tasks, ("job", "group", "task", "allocation"), *others)


def _selected(tasks: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {glob!r}" for name, glob in tasks.items() if glob not in ("", "*")) or "any task"
