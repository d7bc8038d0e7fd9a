"""Mutants that tell of evaluations of older versions of a job what holds of its newest one."""

from collections.abc import Callable
from typing import Any

from tests.mutants.vocabulary import family, reply

OLDER = "job.evaluations.of-older-versions"

_older = family("older", "job.evaluations.*", "common.stateful.*")


def _newest(name: str) -> Callable[[list[dict[str, Any]]], Any]:
    """Return a change of listed evaluations: all tell what the newest one tells."""

    def of(listed: list[dict[str, Any]]) -> Any:
        newest = max(listed, key=lambda one: one["CreateIndex"], default={})
        return [{**one, name: newest[name]} if one["JobID"] == newest["JobID"] else one for one in listed]

    return of


for _field in ("JobModifyIndex", "Priority", "Type", "TriggeredBy", "ModifyIndex", "SnapshotIndex"):
    _older(
        _field.lower(),
        f"All evaluations of a job tell the {_field} of the newest one.",
        reply("evaluations", _newest(_field)),
        OLDER,
    )
