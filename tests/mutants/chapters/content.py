"""Mutants of what a job contains: properties lost or altered on the way into the store, defaults, rewriting."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.oracle.statement_of import keeps
from mockserver.cluster.cluster import Cluster
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.jobs import canonicalize
from mockserver.operations import job_writes as register_operation
from tests.mutants.chapters.fields import PLACES, _fields
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Change, each
from tests.mutants.storing import Register, around_registration
from tests.mutants.vocabulary import family, replaced, reply, restored, stored, wrapped

KEEPS = ("job.register.keeps.*", "job.register.*", "job.dispatch.*", "job.periodic-force.*", "job.plan.diff.*")
_KEPT = {"Region", "ID", "Name", "Type", "TaskGroups", "Tasks", "ParentID", "Status", "VaultToken", "Vault", "Payload"}
_SERVER = {"CreateIndex", "ModifyIndex", "JobModifyIndex", "DiskMB"}
_NEEDED = {"EphemeralDisk", "RestartPolicy", "Resources", "LogConfig", "Update"}


def nothing(value: Any) -> Any:
    """Return the zero value of the type of ``value``."""
    return {bool: False, int: 0, str: "", float: 0.0}.get(type(value))


def altered(value: Any) -> Any:
    """Return a value that differs a little."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value.upper() if value.upper() != value else value + "x"
        case list():
            return value[:-1]
        case dict():
            return dict(list(value.items())[:-1])
    return value


def _declare_lost(path: str, field: str, place: str, number: int) -> None:
    def lose(one: dict[str, Any]) -> None:
        one[field] = nothing(one[field])

    def alter(one: dict[str, Any]) -> None:
        one[field] = altered(one[field])

    name = f"{path}.{field}" if path else field
    how, what, change = ("lost", "not stored", lose) if number % 2 else ("altered", "stored a little changed", alter)
    caught_by = (keeps(tuple(name.split("."))), *KEEPS)
    mutant(f"content.{how}.{name}", f"{field} of {place} is {what}.", *caught_by)(stored(each(path, change)))


def _properties() -> Iterator[tuple[str, str, str]]:
    for operation, path, schema, _ in PLACES:
        for field in _fields(schema) if operation == "query" else ():
            outside = field in _KEPT and path in ("", "TaskGroups", "TaskGroups.Tasks")
            if field not in _SERVER | _NEEDED and not outside:
                yield path, field, schema


for _number, (_path, _field, _schema) in enumerate(_properties()):
    _declare_lost(_path, _field, _schema, _number)


@mutant("content.added.Vault", "Every task asks for Vault.", "job.register.keeps.vault", *KEEPS)
def _(breakage: Breakage) -> None:
    vault = {"ChangeMode": "restart", "ChangeSignal": "", "Env": True, "Policies": ["default"]}
    reply("query", each("TaskGroups.Tasks", lambda task: task.update(Vault=vault)))(breakage)


def _refusing(name: str, sentence: str, statement: str, refused: Callable[[Any], bool]) -> None:
    """Add a mutant that refuses some of the jobs which only a 0.5 server takes."""

    @mutant(name, sentence, statement)
    def _(breakage: Breakage) -> None:
        def make(prepare: Any) -> Any:
            def broken(region: Any, job: Any) -> Any:
                if refused(job):
                    raise Refused(sentence)
                return prepare(region, job)

            return broken

        breakage.wrap(register_operation, "prepare", make)


def _numbers(job: Any) -> Iterator[list[int]]:
    """Yield the reserved ports of each network."""
    for one in (one for group in job["TaskGroups"] for one in group["Tasks"]):
        for network in one["Resources"]["Networks"] or ():
            yield [port["Value"] for port in network["ReservedPorts"] or ()]


_refusing(
    "content.no-null-character",
    "A name with a null character is refused.",
    "job.register.takes-control-*",
    lambda job: "\0" in job["Name"],
)
_refusing(
    "content.update-in-services",
    "An update block is refused in all jobs but services.",
    "job.register.takes-update-*",
    lambda job: job["Type"] != "service" and job["Update"]["Stagger"] > 0,
)
_refusing(
    "content.half-an-update",
    "Half of an update block is refused.",
    "job.register.takes-update-*",
    lambda job: job["Update"]["MaxParallel"] > 0 == job["Update"]["Stagger"],
)
_refusing(
    "content.ports-are-ports",
    "Numbers that no port can have are refused.",
    "job.register.takes-any-port",
    lambda job: any(not 0 <= number < 65536 for numbers in _numbers(job) for number in numbers),
)
_refusing(
    "content.ports-once",
    "A port that comes twice is refused.",
    "job.register.takes-any-port",
    lambda job: any(len(set(numbers)) < len(numbers) for numbers in _numbers(job)),
)


# Lists


def _of_lists(change: Callable[[list[Any]], list[Any]]) -> Change:
    return lambda job: _lists(job, change)


def _lists(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    if isinstance(value, dict):
        return {name: _lists(item, change) for name, item in value.items()}
    return change([_lists(item, change) for item in value]) if isinstance(value, list) else value


_list_mutant = family("content.lists", *KEEPS)


_list_mutant(
    "first-only", "Of every list only the first element is stored.", stored(_of_lists(lambda items: items[:1]))
)
_list_mutant("reversed", "Lists are stored in reverse.", stored(_of_lists(lambda items: items[::-1])))
_list_mutant(
    "sorted",
    "Lists of strings are stored sorted.",
    stored(_of_lists(lambda items: sorted(items) if items and all(isinstance(item, str) for item in items) else items)),
)
_list_mutant(
    "unique",
    "Elements that occur twice in a list are stored once.",
    stored(_of_lists(lambda items: [item for place, item in enumerate(items) if item not in items[:place]])),
)


# Values


def _of_values(change: Callable[[Any], Any]) -> Change:
    return lambda job: _values(job, change)


def _values(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {
            name: _values(item, change) if name not in ("ID", "Type", "Driver") else item
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_values(item, change) for item in value]
    return change(value)


_value_mutant = family("content.values", *KEEPS)


def _text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, str) else value


def _integer(change: Callable[[int], int]) -> Callable[[Any], Any]:
    return lambda value: change(value) if type(value) is int else value


_value_mutant("trimmed", "Texts are stored without spaces around them.", stored(_of_values(_text(str.strip))))
_value_mutant(
    "normalised",
    "Texts are stored in Unicode's composed form.",
    stored(_of_values(_text(lambda text: unicodedata.normalize("NFC", text)))),
)
_value_mutant(
    "ascii",
    "Texts are stored without what is not ASCII.",
    stored(_of_values(_text(lambda text: text.encode("ascii", "ignore").decode()))),
)
_value_mutant(
    "bmp",
    "Characters beyond U+FFFF are stored as question marks.",
    stored(_of_values(_text(lambda text: "".join(c if ord(c) < 0x10000 else "?" for c in text)))),
)
_value_mutant(
    "escaped",
    "Markup in texts is stored escaped.",
    stored(_of_values(_text(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")))),
)
_value_mutant(
    "one-line",
    "Line ends in texts are stored as spaces.",
    stored(_of_values(_text(lambda text: text.replace("\n", " ")))),
)
_value_mutant(
    "expanded",
    "Dollar signs are expanded.",
    stored(_of_values(_text(lambda text: text.replace("${attr", "${node.attr")))),
)
_value_mutant("short", "Texts are stored up to 255 characters.", stored(_of_values(_text(lambda text: text[:255]))))
_value_mutant(
    "int32",
    "Integers are stored in 32 bits.",
    stored(_of_values(_integer(lambda number: (number + 2**31) % 2**32 - 2**31))),
)
_value_mutant(
    "float64", "Integers pass through a double.", stored(_of_values(_integer(lambda number: int(float(number)))))
)
_value_mutant(
    "milliseconds",
    "Durations are stored in milliseconds.",
    stored(_of_values(_integer(lambda number: number // 10**6 * 10**6 if number >= 10**6 else number))),
)
_value_mutant(
    "seconds",
    "Durations are stored in seconds.",
    stored(_of_values(_integer(lambda number: number // 10**9 * 10**9 if number >= 10**9 else number))),
)
_value_mutant(
    "unsigned",
    "Negative numbers are stored as 0.",
    stored(_of_values(_integer(lambda number: max(number, 0)))),
    "job.register.negative-numbers",
)


def _config(name: str, sentence: str, change: Callable[[Any], Any]) -> None:
    def of_task(task: dict[str, Any]) -> None:
        task["Config"] = task["Config"] and {key: change(value) for key, value in task["Config"].items()}

    mutant(f"content.config.{name}", sentence, *KEEPS)(stored(each("TaskGroups.Tasks", of_task)))


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str | list | dict) else json.dumps(value, default=str)


_config("as-text", "Numbers and booleans in Config become texts.", _as_text)
_config("flat", "Lists in Config become texts.", lambda value: str(value) if isinstance(value, list) else value)
_config(
    "booleans", "Booleans in Config become numbers.", lambda value: int(value) if isinstance(value, bool) else value
)


# Empty and null in replies


def _empties(value: Any, chosen: Callable[[str, Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _empties(chosen(name, item), chosen) for name, item in value.items()}
    return [_empties(item, chosen) for item in value] if isinstance(value, list) else value


_LISTS = {"Constraints", "Networks", "ReservedPorts", "DynamicPorts", "Tags", "Checks", "Args", "MetaRequired"}
_MAPS = {"Meta", "Env", "GetterOptions"}
_KEEP_EMPTY = {"Artifacts", "Services", "Templates"}


def _empty_mutant(name: str, sentence: str, chosen: Callable[[str, Any], Any]) -> None:
    deviation = reply("query", lambda job: _empties(job, chosen))
    mutant(f"content.empty.{name}", sentence, "job.register.empty-is-null", *KEEPS, "job.query.*", "common.*")(
        deviation
    )


_empty_mutant(
    "lists", "Lists without elements are [].", lambda key, item: [] if key in _LISTS and item is None else item
)
_empty_mutant("maps", "Maps without entries are {}.", lambda key, item: {} if key in _MAPS and item is None else item)


mutant(
    "content.empty.constraints-of-a-known-job",
    "Empty constraints are null, also of a job that was there before.",
    "job.register.empty-constraints-of-a-known-job",
)(reply("query", lambda job: _empties(job, _null_for_empty_constraints)))


def _null_for_empty_constraints(key: str, item: Any) -> Any:
    return None if key == "Constraints" and item == [] else item


mutant(
    "content.empty.null",
    "Empty lists that stay are null.",
    "job.register.empty-becomes-null",
    "job.register.empty-is-null",
)(reply("query", lambda job: _empties(job, lambda key, item: None if key in _KEEP_EMPTY and not item else item)))


_empty_mutant(
    "kept", "Lists that were not sent are [].", lambda key, item: [] if key in _KEEP_EMPTY and item is None else item
)


@mutant("content.empty.omitted", "Fields without a value are left out.", "job.query.*", *KEEPS)
def _(breakage: Breakage) -> None:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without(item) for name, item in value.items() if item not in (None, "", [])}
        return [without(item) for item in value] if isinstance(value, list) else value

    reply("query", without)(breakage)


# Defaults and rewriting


_default = family("default", "job.register.default.*", *KEEPS)


_default("kill-timeout", "The kill timeout is 30 s.", replaced(canonicalize, "_DEFAULT_KILL_TIMEOUT", 30 * SECOND))
_default("no-kill-timeout", "There is no default kill timeout.", replaced(canonicalize, "_DEFAULT_KILL_TIMEOUT", 0))
_default(
    "resources-cpu",
    "The default CPU is 500.",
    replaced(
        canonicalize, "_DEFAULT_RESOURCES", {"CPU": 500, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, "Networks": None}
    ),
)
_default(
    "resources-memory",
    "The default memory is 256 MB.",
    replaced(
        canonicalize, "_DEFAULT_RESOURCES", {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 256, "Networks": None}
    ),
)
_default(
    "disk",
    "The default disk is 500 MB.",
    replaced(canonicalize, "_DEFAULT_DISK", {"Migrate": False, "SizeMB": 500, "Sticky": False}),
)
_default(
    "disk-sticky",
    "The default disk is sticky.",
    replaced(canonicalize, "_DEFAULT_DISK", {"Migrate": False, "SizeMB": 300, "Sticky": True}),
)


def _restarts(name: str, type_: str, **members: Any) -> None:
    table = canonicalize._DEFAULT_RESTARTS
    mutant(
        f"default.restarts-{name}",
        f"The default restart policy of {type_} jobs has {members}.",
        "job.register.default.*",
        *KEEPS,
    )(replaced(canonicalize, "_DEFAULT_RESTARTS", {**table, type_: {**table[type_], **members}}))


_restarts("batch-attempts", "batch", Attempts=3)
_restarts("batch-interval", "batch", Interval=24 * 3600 * SECOND)
_restarts("service-mode", "service", Mode="fail")
_restarts("service-interval", "service", Interval=1800 * SECOND)
_restarts("system-delay", "system", Delay=0)


@mutant(
    "default.restarts-one-for-all", "Batch jobs get the restart policy of services.", "job.register.default.*", *KEEPS
)
def _(breakage: Breakage) -> None:
    table = canonicalize._DEFAULT_RESTARTS
    breakage.replace(canonicalize, "_DEFAULT_RESTARTS", {**table, "batch": table["service"]})


@mutant(
    "default.update", "A job without an update block gets a stagger of 30 s.", "job.register.default.update", *KEEPS
)
def _(breakage: Breakage) -> None:
    def change(update: dict[str, Any]) -> None:
        update["Stagger"] = update["Stagger"] or 30 * SECOND

    stored(each("Update", change))(breakage)


mutant("default.priority", "Priority 50 is stored whatever was sent.", "job.register.*", "job.*")(
    stored(lambda job: {**job, "Priority": 50})
)


_skipped = family("rewrite", *KEEPS)


_skipped(
    "signals",
    "Signals stay in lower case.",
    replaced(canonicalize, "_signal_in_capitals", lambda block: block),
    "job.register.default.*",
)
_skipped(
    "payload-rule",
    "A missing payload rule stays empty.",
    replaced(canonicalize, "_parameterized", lambda config: config),
    "job.register.default.payload",
    "job.register.creates",
    "job.*",
)
_skipped(
    "implied-constraint",
    "Templates imply no constraint.",
    replaced(canonicalize, "add_implicit_constraints", lambda job: job),
    "job.register.default.implied-constraint",
)


def _service_mutant(
    name: str, sentence: str, change: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]], *caught_by: str
) -> None:

    deviation = wrapped(canonicalize, "_service", lambda make: lambda sent, names: change(sent, make(sent, names)))
    mutant(f"rewrite.{name}", sentence, *caught_by, *KEEPS)(deviation)


def _checks(sent: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    names = [check["Name"] for check in sent["Checks"] or ()]
    return {**made, "Checks": [{**c, "Name": n} for c, n in zip(made["Checks"] or (), names, strict=True)] or None}


_service_mutant(
    "service-name",
    "Variables in service names stay.",
    lambda sent, made: {**made, "Name": sent["Name"]},
    "job.register.default.service-name",
)
_service_mutant("check-name", "A check without a name gets none.", _checks, "job.register.default.check-name")


def _from_request(*keys: str) -> None:
    def apply(breakage: Breakage) -> None:
        seen: dict[str, Any] = {}

        async def broken(register: Register, _: Cluster, job: Any, expected: int | None) -> Any:
            seen[job["ID"]] = {key: job[key] for key in keys if job[key]}
            return await register(job, expected)

        around_registration(breakage, broken)
        restored(lambda _, new, __: seen.get(new["ID"], {}))(breakage)

    name = "-".join(keys)
    mutant(
        f"content.from-request.{name}",
        f"{', '.join(keys)} are taken from the request.",
        "job.register.server-fields-ignored",
        "job.register.*",
        "job.*",
        "common.*",
    )(apply)


_from_request("Status")
_from_request("CreateIndex")
_from_request("ModifyIndex")
_from_request("JobModifyIndex")
_from_request("VaultToken")
