"""Mutants that err as a server does that keeps its jobs in columns of a database: keys, order, limits."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from tests.mutants.replies import each, objects
from tests.mutants.vocabulary import family, reply, stored

VERBATIM, EVERY = "job.register.verbatim", "job.register.every-member"
TASK = "TaskGroups.Tasks"

_database = family("database")


def _collated(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(one for one in plain if not unicodedata.combining(one))


def _unique(texts: dict[str, Any]) -> dict[str, Any]:
    """Return a map as a table has it whose key is unique in a collation that minds neither case nor accents."""
    kept: dict[str, str] = {}
    for key in texts:
        kept.setdefault(_collated(key), key)
    return {key: texts[key] for key in kept.values()}


def _maps(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], None]:
    """Return a change of every free-form map of a job."""

    def of(job: Any) -> None:
        holders = [job, *objects(job, "TaskGroups"), *objects(job, "TaskGroups.Tasks")]
        holders += objects(job, "TaskGroups.Tasks.Artifacts")
        for holder in holders:
            for name in ("Meta", "Env", "GetterOptions"):
                if holder.get(name):
                    holder[name] = change(holder[name]) or None

    return of


def _list_of(path: str, name: str, change: Callable[[list[Any]], Iterable[Any]]) -> Callable[[Any], None]:
    def of(one: dict[str, Any]) -> None:
        one[name] = one[name] and [*change(one[name])]

    return each(path, of)


for _name, _sentence, _deviation in (
    ("keys-collated", "Keys that differ in case and accents are one.", _maps(_unique)),
    ("keys-cut", "Keys have 255 characters at most.", _maps(lambda texts: {key[:255]: texts[key] for key in texts})),
    (
        "keys-padded",
        "White space at the end of a key is lost.",
        _maps(lambda texts: {k.rstrip(): texts[k] for k in texts}),
    ),
    ("empty-key", "An empty key is lost.", _maps(lambda texts: {key: texts[key] for key in texts if key})),
    (
        "empty-value",
        "A key with an empty value is lost.",
        _maps(lambda texts: {k: texts[k] for k in texts if texts[k]}),
    ),
):
    _database(_name, _sentence, stored(_deviation), VERBATIM, "job.register.keeps.*")

for _path, _member, _key, _statement in (
    ("", "Constraints", "LTarget", "job.register.keeps.constraint"),
    (f"{TASK}.Services", "Checks", "Name", "job.register.keeps.check"),
    (TASK, "Templates", "DestPath", "job.register.keeps.template"),
    ("", "TaskGroups", "Name", VERBATIM),
    ("TaskGroups", "Tasks", "Name", VERBATIM),
):
    _database(
        f"{_member.lower()}-by-{_key.lower()}",
        f"{_member} come by {_key}.",
        stored(_list_of(_path, _member, lambda found, key=_key: sorted(found, key=lambda one: one[key]))),  # type: ignore[misc]
        _statement,
        "job.register.keeps.*",
    )
_database(
    "artifacts-once",
    "An artifact is kept once.",
    stored(_list_of(TASK, "Artifacts", lambda found: [one for n, one in enumerate(found) if one not in found[:n]])),
    "job.register.keeps.artifact",
)

# Limits


def _first(name: str, most: int) -> Callable[[dict[str, Any]], None]:
    """Return a change of an object that keeps the first members of a list or map."""

    def of(one: dict[str, Any]) -> None:
        value = one.get(name)
        if value and len(value) > most:
            one[name] = value[:most] if isinstance(value, list) else dict(sorted(value.items())[:most])

    return of


for _name, _path, _member, _most, _statement in (
    ("config-args", f"{TASK}.Config", "args", 3, EVERY),
    ("labels", f"{TASK}.Config", "labels", 2, EVERY),
    ("options", f"{TASK}.Artifacts", "GetterOptions", 3, "job.register.keeps.artifact"),
    ("check-args", f"{TASK}.Services.Checks", "Args", 3, "job.register.keeps.check"),
    ("group-constraints", "TaskGroups", "Constraints", 2, EVERY),
    ("group-meta", "TaskGroups", "Meta", 2, EVERY),
    ("networks", f"{TASK}.Resources", "Networks", 2, EVERY),
):
    _database(f"limit-{_name}", f"{_most} {_member} are kept.", stored(each(_path, _first(_member, _most))), _statement)
for _name, _operation, _path, _member, _statement in (
    ("summary", "summary", "", "Summary", "job.summary.near-names"),
    ("queued", "evaluations", "", "QueuedAllocations", "job.evaluations.near-names"),
    ("failed", "evaluations", "", "FailedTGAllocs", "job.evaluations.near-names"),
    ("updates", "plan", "Annotations", "DesiredTGUpdates", "job.plan.near-names"),
    ("diff-groups", "plan", "Diff", "TaskGroups", "job.plan.diff.near-names"),
    ("diff-tasks", "plan", "Diff.TaskGroups", "Tasks", "job.plan.diff.near-names"),
    ("diff-objects", "plan", "Diff.**", "Objects", "job.plan.diff.near-names"),
    ("diff-fields", "plan", "Diff.**", "Fields", "job.plan.diff.near-names"),
    ("task-states", "allocations", "", "TaskStates", "job.allocations.near-names"),
):
    _database(
        f"limit-{_name}",
        f"{_operation} tells two {_member}.",
        reply(_operation, each(_path, _first(_member, 2))),
        _statement,
    )
_database(
    "limit-evaluations",
    "Ten evaluations are listed.",
    reply("evaluations", lambda listed: listed[:10]),
    "job.evaluations.every-one",
)
_database(
    "limit-children",
    "Ten children are counted.",
    reply("summary", lambda found: {**found, "Children": {name: min(n, 10) for name, n in found["Children"].items()}}),
    "common.concurrency.nothing-lost",
)
