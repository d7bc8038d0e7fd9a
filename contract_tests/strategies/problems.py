"""One mistake in a job of one group ``g`` with one task ``t``, and the texts of validation problems."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Change: TypeAlias = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Invalid:
    """One way in which a job is invalid."""

    statement: str
    """The statement that such a job is refused."""
    name: str
    change: Change
    text: str
    """The error text; an ellipsis at the end stands for any text."""

    def of(self, job: dict[str, Any]) -> dict[str, Any]:
        """Change a job, which must be the caller's own copy, and return it."""
        self.change(job)
        return job

    def says(self, text: str) -> bool:
        """Return whether this is the expected text."""
        return text == self.text or (self.text.endswith("…") and text.startswith(self.text[:-1]))


def problems(*items: str) -> str:
    """Return the text of a list of validation problems."""
    return f"{len(items)} error(s) occurred:\n\n" + "\n".join(f"* {item}" for item in items)


def in_group(*items: str, name: str = "g") -> str:
    """Return the whole text for problems of a group."""
    return problems(f"Task group {name} validation failed: {problems(*items)}")


def in_task(*items: str, name: str = "t") -> str:
    """Return the whole text for problems of a task."""
    return in_group(f"Task {name} validation failed: {problems(*items)}")


def of_job(**members: Any) -> Change:
    """Return a change that sets members of the job."""
    return lambda job: job.update(members)


def of_group(**members: Any) -> Change:
    """Return a change that sets members of its group."""
    return lambda job: job["TaskGroups"][0].update(members)


def of_task(**members: Any) -> Change:
    """Return a change that sets members of its task."""
    return lambda job: job["TaskGroups"][0]["Tasks"][0].update(members)


def of_batch(**members: Any) -> Change:
    """Return a change that makes it a batch job with these members."""
    return lambda job: job.update({"Type": "batch", **members})


Rows: TypeAlias = list[tuple[str, Change, str]]
