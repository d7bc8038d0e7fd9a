"""Mutants that check a job of a plan only where a diff is asked for."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.errors import Refused
from mockserver.operations.job_writes import Done
from tests.mutants.vocabulary import family, parsing

_plan = family("near")


def _lax(name: str, sentence: str, applies: Callable[[str], bool]) -> None:
    """Declare a mutant that plans nothing, in place of an error, when no diff is asked for."""

    def make(parse: Any) -> Any:
        def parsed(job_id: str, body: Any) -> Any:
            write = parse(job_id, body)

            async def run(cluster: Any) -> Any:
                try:
                    return await write.run(cluster)
                except Refused as error:
                    if (body or {}).get("Diff") or not applies(str(error)):
                        raise
                    return Done({"Annotations": None, "JobModifyIndex": 0}, 0)

            return dataclasses.replace(write, run=run)

        return parsed

    _plan(f"plan-{name}", sentence, parsing("plan", make), "job.plan.refuses-as-register", "job.plan.*")


def contains(word: str, text: str) -> bool:
    """Return whether a word is in a text."""
    return word in text


for _name, _word in (
    ("tasks", "Task"),
    ("groups", "Task group"),
    ("priority", "priority"),
    ("constraints", "onstraint"),
    ("services", "ervice"),
    ("periodic", "eriodic"),
    ("anything", ""),
):
    _lax(
        f"without-diff-{_name}",
        f"Without a diff a plan minds nothing about {_name}.",
        partial(contains, _word),
    )
