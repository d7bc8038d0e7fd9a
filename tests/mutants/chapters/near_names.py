"""Mutants that take groups, tasks and parts of them for those whose names they nearly match."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.cluster.scheduler import generic, reconcile
from mockserver.jobs import diff
from mockserver.jobs.diff import compare
from mockserver.jobs.validate import job as validation
from mockserver.jobs.validate.problems import Problem
from tests.mutants.around import around
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import objects
from tests.mutants.vocabulary import family, reply

Spell = Callable[[str], str]

SPELLINGS: tuple[tuple[str, str, Spell], ...] = (
    ("lower", "in any letter case", str.lower),
    ("stripped", "with or without white space", str.strip),
    ("composed", "in any Unicode form", lambda name: unicodedata.normalize("NFC", name)),
    ("cut", "by their first letters", lambda name: name[:2]),
    ("dashed", "with any punctuation", lambda name: name.replace("_", "-").replace(".", "-")),
    ("visible", "by what can be seen of them", lambda name: name.replace("\u200b", "")),
)

_near = family("near")


def _folded(counts: dict[str, Any] | None, spell: Spell) -> dict[str, Any] | None:
    """Return counts by name as a server has them that keeps one entry for each spelling: the last one."""
    return counts and {spell(name): value for name, value in counts.items()}


def _members(path: str, names: Iterable[str], spell: Spell) -> Callable[[Any], None]:
    """Return a change of a reply that folds these members of the objects at a path."""

    def change(body: Any) -> None:
        for one in list(objects(body, path)):
            for name in names:
                one[name] = _folded(one[name], spell)

    return change


def _told(spell: Spell) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        for one in list(objects(body, "")):
            one["TaskGroup"] = spell(one["TaskGroup"])

    return change


def _pairs(spell: Spell) -> Callable[..., Any]:
    """Return the pairing of two lists by names that are spelled so; what has no name is paired by its JSON."""

    def pairs(whole: Any, old: Any, new: Any, key: Any) -> Any:
        return whole(old, new, lambda one: key(one) if key(one).startswith("{") else spell(key(one)))

    return pairs


def _unique(field: str, text: str, spell: Spell) -> Callable[..., Any]:
    """Return the check of a list that refuses a second one of nearly the same name."""

    def problems(whole: Any, holder: Any) -> Any:
        yield from whole(holder)
        names = [spell(one["Name"]) for one in (holder[field] if isinstance(holder, dict) else holder) or ()]
        if len(set(names)) < len(names):
            yield Problem(text, "Name")

    return problems


for _name, _sentence, _spell in SPELLINGS:
    _near(
        f"summary-{_name}",
        f"A summary has groups {_sentence}.",
        reply("summary", _members("", ["Summary"], _spell)),
        "job.summary.near-names",
    )
    _near(
        f"queued-{_name}",
        f"Evaluations count what is queued of groups {_sentence}.",
        reply("evaluations", _members("", ["QueuedAllocations"], _spell)),
        "job.evaluations.near-names",
    )
    _near(
        f"failed-{_name}",
        f"Evaluations tell what failed of groups {_sentence}.",
        reply("evaluations", _members("", ["FailedTGAllocs"], _spell)),
        "job.evaluations.near-names",
    )
    _near(
        f"planned-{_name}",
        f"A plan counts groups {_sentence}.",
        reply("plan", _members("Annotations", ["DesiredTGUpdates"], _spell)),
        "job.plan.near-names",
    )
    _near(
        f"plan-fails-{_name}",
        f"A plan tells what fails of groups {_sentence}.",
        reply("plan", _members("", ["FailedTGAllocs"], _spell)),
        "job.plan.near-names",
    )
    for _owner, _what in ((diff, "groups and tasks"), (compare, "services and checks")):
        if _owner is diff or _name in ("lower", "cut"):
            mutant(
                f"near.diff-{'names' if _owner is diff else 'parts'}-{_name}",
                f"A diff knows {_what} {_sentence}.",
                "job.plan.diff.near-names",
            )(
                lambda breakage, owner=_owner, spell=_spell: around(  # type: ignore[misc]
                    breakage, owner, "pairs", _pairs(spell)
                )
            )
    for _attribute, _what in (("_group_list_problems", "groups"), ("_task_list_problems", "tasks")):
        mutant(
            f"near.{_what}-unique-{_name}",
            f"A server knows {_what} {_sentence}, and refuses a second one.",
            "job.register.near-names",
        )(
            lambda breakage, attribute=_attribute, spell=_spell: around(  # type: ignore[misc]
                breakage, validation, attribute, _unique("TaskGroups", "a name twice", spell)
            )
        )
for _name, _sentence, _spell in SPELLINGS[:3]:
    _near(
        f"allocations-{_name}",
        f"Allocations tell their groups {_sentence}.",
        reply("allocations", _told(_spell)),
        "job.allocations.near-names",
    )
for _name, _sentence, _spell in SPELLINGS[0], SPELLINGS[3], SPELLINGS[4]:
    _near(
        f"task-states-{_name}",
        f"Allocations tell tasks {_sentence}.",
        reply("allocations", _members("", ["TaskStates"], _spell)),
        "job.allocations.near-names",
    )


def _holds_slot(name: str, sentence: str, spell: Spell) -> None:
    @mutant(f"near.slots-{name}", f"Allocations hold the slots of groups {sentence}.", "job.allocations.near-names")
    def _(breakage: Breakage) -> None:
        def slots(whole: Any, job: Any, holding: Any, *rest: Any) -> Any:
            def place(slot: str) -> tuple[str, str]:
                group, _, number = slot.removeprefix(f"{job and job['Name']}.").rpartition("[")
                return spell(group), number

            wanted = {place(one): one for one in reconcile.required_slots(job)}
            known = [{**one, "Name": wanted.get(place(one["Name"]), one["Name"])} for one in holding]
            return whole(job, known, *rest)

        around(breakage, generic, "reconcile", slots)


for _name, _sentence, _spell in SPELLINGS[:3]:
    _holds_slot(_name, _sentence, _spell)
