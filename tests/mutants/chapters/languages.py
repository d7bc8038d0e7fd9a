"""Mutants that err as another language or library does: it parses, types and writes texts by rules of its own."""

import posixpath
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from mockserver.cluster.cluster import Cluster
from mockserver.operations import job_writes
from tests.mutants.mutant import Deviation, Scope, changed, mutant
from tests.mutants.replies import each, objects
from tests.mutants.storing import Register
from tests.mutants.vocabulary import call, family, registration, request, stored

VERBATIM = "job.register.verbatim"
TASK = "TaskGroups.Tasks"
_language = family("language", "job.register.keeps.*")


def _of(path: str, name: str, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Return a change of one member of the objects at a path, where it is set."""

    def of(one: dict[str, Any]) -> None:
        one[name] = one[name] and change(one[name])

    return each(path, of)


def _every_map(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], None]:
    def of(job: Any) -> None:
        for holder in (job, *objects(job, "TaskGroups"), *objects(job, TASK)):
            for name in ("Meta", "Env"):
                if holder.get(name):
                    holder[name] = change(holder[name]) or None

    return of


# Keys

_RESERVED = ("__proto__", "constructor", "toString")


def _named(change: Callable[[str], str]) -> Callable[[Any], None]:
    return _every_map(lambda texts: {change(key): value for key, value in texts.items()})


def _truth(key: str) -> str:
    return {"yes": "true", "no": "false", "on": "true", "off": "false"}.get(key, key)


# Values of a config


def _yaml(value: Any) -> Any:
    """Return a text as YAML 1.1 reads it where it stands without quotes."""
    if not isinstance(value, str):
        return value
    if value.lower() in ("yes", "true", "on"):
        return True
    if value.lower() in ("null", "~"):
        return None
    return value


def _number(value: Any) -> Any:
    """Return a text as a number where it can be read as one."""
    if isinstance(value, str) and re.fullmatch(r"[0-9.]+(e[0-9]+)?", value):
        return float(value)
    return int(value, 16) if isinstance(value, str) and value.startswith("0x") else value


def _json(value: Any) -> Any:
    return {"[]": [], "{}": {}}.get(value, value) if isinstance(value, str) else value


def _args(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], None]:
    return each(
        f"{TASK}.Config", lambda config: config.update(args=change(config["args"])) if "args" in config else None
    )


# Addresses and paths


def _url(text: str) -> str:
    """Return an address in the normal form that libraries give it."""
    parts = urlsplit(text)
    return urlunsplit((parts.scheme, parts.netloc.lower().removesuffix(":443"), *parts[2:]))


def _segments(text: str) -> str:
    parts = urlsplit(text)
    return urlunsplit((parts.scheme, parts.netloc, posixpath.normpath(parts.path), *parts[3:]))


def _escapes(text: str) -> str:
    return quote(unquote(text), safe="/:?=&#$%")


for _name, _statement, _sentence, _deviation in (
    (
        "no-reserved-keys",
        VERBATIM,
        "Names of an object's own members are no keys.",
        _every_map(lambda texts: {k: texts[k] for k in texts if k not in _RESERVED}),
    ),
    (
        "keys-of-numbers",
        VERBATIM,
        "A key of digits is a number.",
        _named(lambda key: str(int(key)) if key.isdecimal() else key),
    ),
    ("keys-of-truth", VERBATIM, "A key that means yes is true.", _named(_truth)),
    ("keys-in-camel-case", VERBATIM, "Keys begin with a small letter.", _named(lambda key: key[:1].lower() + key[1:])),
    ("args-in-yaml", VERBATIM, "Arguments are typed as in YAML.", _args(lambda args: [_yaml(one) for one in args])),
    (
        "args-in-numbers",
        VERBATIM,
        "Arguments that can be numbers are.",
        _args(lambda args: [_number(one) for one in args]),
    ),
    (
        "args-in-json",
        VERBATIM,
        "Arguments that can be lists or maps are.",
        _args(lambda args: [_json(one) for one in args]),
    ),
    (
        "args-unquoted",
        VERBATIM,
        "Quotation marks around an argument are lost.",
        _args(lambda args: [one.strip('"') if isinstance(one, str) else one for one in args]),
    ),
    (
        "args-without-empty",
        VERBATIM,
        "Empty arguments are lost.",
        _args(lambda args: [one for one in args if one != ""]),
    ),
    (
        "check-args-without-empty",
        "job.register.keeps.check",
        "Empty arguments of a check are lost.",
        _of(f"{TASK}.Services.Checks", "Args", lambda args: [one for one in args if one]),
    ),
    (
        "tags-without-empty",
        "job.register.keeps.service",
        "Empty tags are lost.",
        _of(f"{TASK}.Services", "Tags", lambda tags: [one for one in tags if one]),
    ),
    (
        "addresses-lower",
        "job.register.keeps.artifact",
        "Hosts are in lower case, usual ports are lost.",
        _of(f"{TASK}.Artifacts", "GetterSource", _url),
    ),
    (
        "addresses-clean",
        "job.register.keeps.artifact",
        "Paths of addresses are clean.",
        _of(f"{TASK}.Artifacts", "GetterSource", _segments),
    ),
    (
        "addresses-escaped",
        "job.register.keeps.artifact",
        "Addresses are escaped anew.",
        _of(f"{TASK}.Artifacts", "GetterSource", _escapes),
    ),
    (
        "places-clean",
        "job.register.keeps.artifact",
        "Places of artifacts are clean.",
        _of(f"{TASK}.Artifacts", "RelativeDest", posixpath.normpath),
    ),
    (
        "check-path-clean",
        "job.register.keeps.check",
        "Paths of checks are clean.",
        _of(f"{TASK}.Services.Checks", "Path", lambda path: posixpath.normpath(path.replace("//", "/"))),
    ),
    (
        "targets-tidy",
        VERBATIM,
        "Targets of constraints have no white space.",
        _of("Constraints", "LTarget", lambda text: text.replace(" ", "")),
    ),
    (
        "versions-tidy",
        VERBATIM,
        "Conditions on versions have one space.",
        _of("Constraints", "RTarget", lambda text: ", ".join(part.strip() for part in text.split(","))),
    ),
    (
        "datacenters-stripped",
        VERBATIM,
        "Datacenters have no white space.",
        _of("", "Datacenters", lambda names: [one.strip() for one in names]),
    ),
    (
        "lines-of-windows",
        "job.register.keeps.template",
        "Line ends of templates are Windows'.",
        _of(f"{TASK}.Templates", "EmbeddedTmpl", lambda text: re.sub(r"\r?\n", "\r\n", text)),
    ),
    (
        "tabs",
        "job.register.keeps.template",
        "Tabs of templates are spaces.",
        _of(f"{TASK}.Templates", "EmbeddedTmpl", lambda text: text.expandtabs(4)),
    ),
):
    _language(_name, _sentence, stored(_deviation), _statement)


# Cron specs

for _name, _sentence, _respell in (
    ("spec-upper", "Names in a cron spec are in capitals.", str.upper),
    ("spec-expanded", "A cron spec's shorthand is written out.", lambda spec: spec.replace("@yearly", "0 0 0 1 1 * *")),
    ("spec-steps", "Steps of one in a cron spec are left out.", lambda spec: spec.replace("*/1", "*")),
    ("spec-question-marks", "A question mark in a cron spec is a star.", lambda spec: spec.replace("?", "*")),
):
    _language(_name, _sentence, stored(_of("Periodic", "Spec", _respell)), VERBATIM)


# Words and keys that nearly match

SPELLINGS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("lower", "in any letter case", str.lower),
    ("stripped", "with white space around it", str.strip),
)


def _read(path: str, member: str, spell: Callable[[str], str]) -> Deviation:
    """Read one member of the objects at a path in another spelling, before the job is validated."""

    async def broken(whole: Register, _: Cluster, job: Any, expected: int | None) -> Any:
        return await whole(changed(_of(path, member, spell), job), expected)

    return registration(broken)


for _path, _member in (
    (TASK, "Driver"),
    ("Periodic", "SpecType"),
    ("ParameterizedJob", "Payload"),
    ("TaskGroups.RestartPolicy", "Mode"),
    (f"{TASK}.Templates", "ChangeMode"),
    (f"{TASK}.Services.Checks", "InitialStatus"),
):
    for _name, _sentence, _spell in SPELLINGS:
        mutant(
            f"language.{_member.lower()}-{_name}",
            f"{_member} may be written {_sentence}.",
            "job.register.refuses.near-words",
            "job.register.refuses.*",
        )(_read(_path, _member, _spell))
for _name, _sentence, _spell in SPELLINGS:

    def _dispatched(
        whole: Any, job_id: str, payload: bytes, meta: dict[str, str], *rest: Any, spell: Any = _spell
    ) -> Any:
        return whole(job_id, payload, {spell(key): value for key, value in meta.items()}, *rest)

    mutant(f"language.meta-{_name}", f"A key of metadata may be written {_sentence}.", "job.dispatch.refuses.meta")(
        call(job_writes, "_dispatch", _dispatched)
    )


def _unescaped_plus(scope: Scope) -> None:
    scope["raw_path"] = scope["raw_path"].replace(b"+", b"%20")
    scope["path"] = scope["path"].replace("+", " ")


mutant("language.plus-is-a-space", "A plus in a path is a space.", "common.errors.path-is-cleaned", "job.query.*")(
    request(_unescaped_plus)
)
