"""Mutants that keep of a job what a parser makes of it, or only the first of several members."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from tests.mutants.replies import each
from tests.mutants.vocabulary import family, stored

VERBATIM, EVERY = "job.register.verbatim", "job.register.every-member"
ARTIFACT, CHECK, ENV, PORT, SERVICE, TEMPLATE = (
    f"job.register.keeps.{part}" for part in ("artifact", "check", "env", "port", "service", "template")
)
"""The statements about parts that the page does not show: what is wrong there is no fault of the other two."""
TASK = "TaskGroups.Tasks"

# Verbatim

_kept = family("verbatim", "job.register.keeps.*")


def _keys(change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    """Return a change of every free-form map of a task."""

    def of(task: dict[str, Any]) -> None:
        for name in ("Env", "Meta"):
            task[name] = {change(key): value for key, value in (task[name] or {}).items()} or None

    return of


def _labels(change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def of(task: dict[str, Any]) -> None:
        config = task["Config"] or {}
        if "labels" in config:
            labels = [{change(key): value for key, value in one.items()} for one in config["labels"]]
            task["Config"] = {**config, "labels": labels}

    return of


def _options(change: Callable[[str], str]) -> Callable[[dict[str, Any]], None]:
    def of(artifact: dict[str, Any]) -> None:
        options = artifact["GetterOptions"]
        artifact["GetterOptions"] = options and {change(key): value for key, value in options.items()}

    return of


def _set(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def of(one: dict[str, Any]) -> None:
        one[name] = one[name] and change(one[name])

    return of


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


for _name, _statement, _sentence, _path, _change in (
    ("spec", VERBATIM, "White space of a cron spec is tidied.", "Periodic", _set("Spec", _spaced)),
    ("spec-ends", VERBATIM, "White space around a cron spec is lost.", "Periodic", _set("Spec", str.strip)),
    ("lines", TEMPLATE, "Line ends of templates are Unix's.", f"{TASK}.Templates", _set("EmbeddedTmpl", _unix)),
    (
        "last-space",
        TEMPLATE,
        "Templates end without white space.",
        f"{TASK}.Templates",
        _set("EmbeddedTmpl", str.rstrip),
    ),
    ("keys-lower", VERBATIM, "Keys of a task's maps are in lower case.", TASK, _keys(str.lower)),
    ("keys-stripped", VERBATIM, "Keys of a task's maps have no white space around them.", TASK, _keys(str.strip)),
    (
        "keys-composed",
        VERBATIM,
        "Keys have one Unicode form.",
        TASK,
        _keys(lambda key: unicodedata.normalize("NFC", key)),
    ),
    ("labels-lower", VERBATIM, "Keys deep in a config are in lower case.", TASK, _labels(str.lower)),
    (
        "labels-dotted",
        VERBATIM,
        "Keys deep in a config end at a dot.",
        TASK,
        _labels(lambda key: key.partition(".")[0]),
    ),
    ("options-upper", ARTIFACT, "Options of an artifact are in capitals.", f"{TASK}.Artifacts", _options(str.upper)),
    ("tags-sorted", SERVICE, "Tags are sorted.", f"{TASK}.Services", _set("Tags", sorted)),
    (
        "tags-once",
        SERVICE,
        "A tag is kept once.",
        f"{TASK}.Services",
        _set("Tags", lambda tags: [*dict.fromkeys(tags)]),
    ),
    ("datacenters-sorted", VERBATIM, "Datacenters are sorted.", "", _set("Datacenters", sorted)),
    (
        "datacenters-once",
        VERBATIM,
        "A datacenter is kept once.",
        "",
        _set("Datacenters", lambda all_: [*dict.fromkeys(all_)]),
    ),
):
    _kept(_name, _sentence, stored(each(_path, _change)), _statement)

# Keys of free-form maps


def _lost(texts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in texts.items() if "." not in key}


def _nested(texts: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in texts.items():
        outer, dot, inner = key.partition(".")
        if dot:
            made[outer] = {inner: value}
        else:
            made[key] = value
    return made


def _in_labels(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    """Return a change of the maps deep in a task's config."""

    def of(task: dict[str, Any]) -> None:
        config = task["Config"] or {}
        if "labels" in config:
            task["Config"] = {**config, "labels": [change(one) for one in config["labels"]]}

    return of


for _name, _sentence, _respelled in (
    ("dots-lost", "Keys with a dot are lost", _lost),
    ("dots-nested", "A dot in a key makes a map in the map", _nested),
    (
        "dots-underscored",
        "Dots in keys become underscores",
        lambda texts: {k.replace(".", "_"): v for k, v in texts.items()},
    ),
    ("added", "The server adds a key of its own", lambda texts: {**texts, "nomad.version": "0.5.4"}),
):
    for _where, _path, _of, _statement in (
        ("meta", "", _set("Meta", _respelled), VERBATIM),
        ("group-meta", "TaskGroups", _set("Meta", _respelled), VERBATIM),
        ("task-meta", TASK, _set("Meta", _respelled), VERBATIM),
        ("env", TASK, _set("Env", _respelled), ENV),
        ("labels", TASK, _in_labels(_respelled), VERBATIM),
        ("options", f"{TASK}.Artifacts", _set("GetterOptions", _respelled), ARTIFACT),
    ):
        _kept(f"key-{_name}-{_where}", f"{_sentence}: {_where}.", stored(each(_path, _of)), _statement)

_kept(
    "key-added-config",
    "The server adds a key of its own: config.",
    stored(each(TASK, _set("Config", lambda config: {**config, "nomad.version": "0.5.4"}))),
    VERBATIM,
)

# The third of several

_third = family("third", "job.register.keeps.*")


def _cut(name: str) -> Callable[[dict[str, Any]], None]:
    """Return a change that loses the third member of a list or map and what follows, where there are so many."""

    def of(one: dict[str, Any]) -> None:
        value = one[name]
        if value and len(value) > 2:
            one[name] = value[:2] if isinstance(value, list) else dict([*value.items()][:2])

    return of


def _in_the_third(path: str, change: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    """Return a change of what a path leads to in the third task of the third group."""

    def of(job: dict[str, Any]) -> None:
        for group in job["TaskGroups"][2:]:
            for task in group["Tasks"][2:]:
                each(path, change)(task)

    return of


for _path, _member, _statement in (
    ("", "Constraints", EVERY),
    ("", "Env", ENV),
    ("", "Meta", EVERY),
    ("", "Services", SERVICE),
    ("", "Artifacts", ARTIFACT),
    ("", "Templates", TEMPLATE),
    ("Services", "Checks", CHECK),
    ("Services", "Tags", SERVICE),
    ("Resources.Networks", "ReservedPorts", PORT),
    ("Resources.Networks", "DynamicPorts", PORT),
):
    _third(
        f"{_member.lower()}-deep",
        f"In the third task of the third group only two {_member} are kept.",
        stored(_in_the_third(_path, _cut(_member))),
        _statement,
    )
_OF_A_JOB = ("Constraints", "Datacenters", "Meta", "TaskGroups")
for _path, _member in (*(("", one) for one in _OF_A_JOB), ("TaskGroups", "Tasks")):
    _third(
        f"{_member.lower()}-of-{'group' if _path else 'job'}",
        f"Only two {_member} are kept.",
        stored(each(_path, _cut(_member))),
        EVERY,
    )
