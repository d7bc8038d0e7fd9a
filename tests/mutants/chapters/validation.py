"""Mutants that accept what has to be refused: each rule for a job is left out in turn; and lax decoding."""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

from mockserver.errors import BadRequest
from mockserver.gostd import json_containers, json_types
from mockserver.gostd.json_text import Number
from mockserver.jobs import validate
from mockserver.openapi import operation
from mockserver.operations import job_writes as plan_operation
from mockserver.operations import job_writes as register_operation
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import Answer
from tests.mutants.vocabulary import answer, call, intercepts, replaced, validation, wrapped

REFUSES = ("job.register.refuses.*", "job.register.problems-in-order", "job.plan.refuses-as-register")


def rule_off(breakage: Breakage, pattern: str) -> None:
    """Drop every problem of validation whose text is like this."""

    def make(problems: Any) -> Any:
        def forgetful(*arguments: Any, **options: Any) -> Iterator[str]:
            yield from (text for text in problems(*arguments, **options) if not re.fullmatch(pattern, text, re.DOTALL))

        return forgetful

    names = [module.name for module in pkgutil.iter_modules(validate.__path__, validate.__name__ + ".")]
    for loaded in map(importlib.import_module, [validate.__name__, *names]):
        for name in [one for one in vars(loaded) if one.endswith(("_problems", "_mistakes"))]:
            breakage.wrap(loaded, name, make)


RULES = {
    "region": "Missing job region",
    "name": "Missing job name",
    "type": "Missing job type",
    "id-space": "Job ID contains a space",
    "priority": "Job priority must be.*",
    "datacenters": "Missing job datacenters",
    "groups": "Missing job task groups",
    "group-name": r"Job task group \d+ missing name|Missing task group name",
    "group-twice": "Job task group .* redefines .*",
    "system-count": ".*Count cannot exceed 1 with system scheduler",
    "group-count": "Task group count can't be negative",
    "group-tasks": "Missing tasks for task group",
    "restart-mode": "Unsupported restart mode.*",
    "restart-attempts": ".*attempts is ambiguous",
    "restart-interval": "Nomad can't restart the TaskGroup.*",
    "disk": "minimum DiskMB.*",
    "task-twice": "Task .* redefines .*",
    "task-name": r"Task \d+ missing name|Missing task name",
    "task-slash": "Task name cannot include slashes",
    "task-driver": "Missing task driver",
    "kill-timeout": "KillTimeout must be.*",
    "cpu": "minimum CPU.*",
    "memory": "minimum MemoryMB.*",
    "iops": "minimum IOPS.*",
    "mbits": "minimum MBits.*",
    "log-config": "Missing Log Config",
    "log-files": "minimum number of files.*",
    "log-size": "minimum file size.*",
    "log-space": "log storage .*",
    "constraint-operand": "Missing constraint operand",
    "constraint-version": "Version constraint is invalid.*",
    "constraint-regexp": "Regular expression failed to compile.*",
    "service-twice": "service .* is duplicate",
    "check-twice": "check .* is duplicate",
    "service-port": "port label .* does not exist",
    "check-type": "invalid type .*",
    "check-interval": "missing required value interval.*",
    "check-short-interval": "interval .* cannot be lower than 1s",
    "check-timeout": "missing required value timeout.*",
    "check-short-timeout": "timeout .* is lower than.*",
    "check-path": "http type must have.*",
    "check-command": "script type must have.*",
    "template-source": "Must specify a source path.*",
    "template-destination": "Must specify a destination for the template",
    "template-escape": "destination escapes allocation directory",
    "template-mode": "Invalid change mode.*",
    "template-signal": "Must specify signal value.*",
    "template-splay": "Must specify positive splay.*",
    "template-twice": "Template .* has same destination.*",
    "artifact-source": "source must be specified",
    "artifact-checksum-form": "checksum must be given as.*|checksum value cannot be empty",
    "artifact-checksum-hex": "invalid checksum: .*",
    "artifact-checksum-type": "unsupported checksum type.*",
    "artifact-checksum-length": "invalid md5 checksum.*|invalid sha.* checksum.*",
    "payload-escape": "Dispatch Payload validation failed.*",
    "periodic-type": "Periodic can only be used.*",
    "periodic-spec": "Must specify a spec",
    "periodic-cron": "Invalid cron spec.*",
    "periodic-kind": "Unknown periodic specification type.*",
    "parameterized-type": "Parameterized job can only be used.*",
    "parameterized-payload": "Unknown payload requirement.*",
    "parameterized-keys": "Required and optional meta keys.*",
    "driver": "failed to create driver.*",
    "driver-config": ".* -> config: .*",
    "driver-required": "field .* is required.*",
    "driver-unknown-field": ".* is an invalid field",
    "driver-type": ".*doesn't seem to be of type.*",
    "driver-signals": ".*doesn't support sending signals.*",
    "core-type": "job type cannot be core",
    "payload": "job can't be submitted with a payload.*",
    "vault-policies": ".*Policy list cannot be empty",
    "vault-mode": ".*Unknown change mode.*",
    "vault-signal": ".*Signal must be specified.*",
}
"""Rules by the texts of what they find."""


def _rule(name: str, pattern: str) -> None:
    sentence = f"What breaks the rule `{name}` is not noticed."
    mutant(f"accepts.{name}", sentence, *REFUSES, "common.*")(lambda breakage: rule_off(breakage, pattern))


for _name, _pattern in RULES.items():
    _rule(_name, _pattern)


mutant("accepts.everything", "Jobs are not validated.", *REFUSES)(replaced(validate, "validate", lambda *_, **__: None))


mutant("accepts.vault", "A Vault block is accepted without Vault.", "job.register.refuses.vault-when-off", *REFUSES)(
    replaced(validate, "check_vault", lambda _: None)
)


mutant("accepts.priority-zero", "Priority 0 is accepted and taken for 50.", *REFUSES, "common.*")(
    wrapped(validate, "validate", lambda check: lambda job, **o: check({**job, "Priority": job["Priority"] or 50}, **o))
)


mutant("refuses.high-priority", "Priorities above 99 are refused.", "job.register.*", "job.*", "common.*")(
    validation(lambda check: lambda job, **o: check({**job, "Priority": job["Priority"] * 100 // 99}, **o))
)


@mutant("accepts.invalid-plans", "A plan is not validated.", "job.plan.refuses-as-register")
def _(breakage: Breakage) -> None:
    from mockserver.jobs import canonicalize

    breakage.replace(plan_operation, "prepare", lambda _, job: canonicalize.with_defaults(job))


@mutant("accepts.invalid-updates", "Only new jobs are validated.", "job.register.refused-*", "job.register.*", "c*")
def _(breakage: Breakage) -> None:
    from mockserver.jobs import canonicalize

    def make(prepare: Any) -> Any:
        def broken(region: Any, job: Any) -> Any:
            known = region.state.job(job["ID"])
            return canonicalize.with_defaults(job) if known else prepare(region, job)

        return broken

    breakage.wrap(register_operation, "prepare", make)


@mutant("accepts.invalid-posts", "What comes by POST is not validated.", "job.register.refuses.*", "common.*")
@answer
def _(answer: Answer) -> None:
    if answer.scope["method"] == "POST" and answer.status == 500 and answer.operation == "job":
        answer.status, answer.headers["content-type"] = 200, "application/json"
        answer.json = {"EvalID": "", "EvalCreateIndex": 0, "JobModifyIndex": 0}


# Decoding


def _decoding(name: str, sentence: str, change: Callable[[Any, Any], Any], *caught_by: str) -> None:
    """Declare a mutant of how an object is decoded: ``change(struct, tree)`` returns the tree to decode."""

    def broken(decode: Any, self: Any, tree: Any, old: Any) -> Any:
        return decode(self, change(self, tree) if type(tree) is tuple else tree, old)

    deviation = call(json_containers.Struct, "decode", broken)
    mutant(f"decoding.{name}", sentence, *caught_by, "common.*", "job.*")(deviation)


def _no_unknown(struct: Any, tree: Any) -> Any:
    for name, _ in tree:
        if name not in struct.fields and json_containers.fold(name) not in struct._folded:
            raise BadRequest(f'json: unknown field "{name}"')
    return tree


def _first_of_two(_: Any, tree: Any) -> Any:
    seen: dict[str, Any] = {}
    for name, item in tree:
        seen.setdefault(name, item)
    return tuple(seen.items())


def _no_null(_: Any, tree: Any) -> Any:
    for name, item in tree:
        if item is None:
            raise BadRequest(f"json: cannot unmarshal null into {name}")
    return tree


_decoding("unknown-refused", "Unknown fields are refused.", _no_unknown, "common.errors.lenient-decoding")
_decoding(
    "case-sensitive",
    "Names have to match exactly.",
    lambda struct, tree: tuple((n, i) for n, i in tree if n in struct.fields),
    "common.errors.lenient-decoding",
)
_decoding("first-wins", "The first of two fields of a name counts.", _first_of_two, "common.errors.lenient-decoding")
_decoding("null-refused", "Nulls are refused.", _no_null, "job.dispatch.payload-forms")


@mutant("decoding.trailing-refused", "Data after the JSON value is refused.", "common.errors.lenient-decoding")
@intercepts(operation, "read")
def _(read: Any, body: bytes) -> Any:
    try:
        json.loads(body)
    except json.JSONDecodeError as problem:
        if problem.msg == "Extra data":
            raise BadRequest("invalid character after top-level value") from None
    except ValueError:
        pass
    return read(body)


@mutant("decoding.null-elements", "A null among groups is left out.", "common.errors.null-in-list", "common.*")
@intercepts(json_containers.List, "decode")
def _(decode: Any, self: Any, tree: Any, old: Any) -> Any:
    return decode(self, [item for item in tree if item is not None] if type(tree) is list else tree, old)


def _lenient(name: str, sentence: str, type_: type, fits: Callable[[Any], Any]) -> None:
    """Declare a mutant in which a type accepts more: ``fits`` makes of what was sent what the type accepts."""
    deviation = wrapped(type_, "decode", lambda decode: lambda self, tree, old: decode(self, fits(tree), old))
    mutant(f"decoding.{name}", sentence, "common.errors.wrong-type", "common.errors.*", "job.dispatch.refuses.bodies")(
        deviation
    )


def _digits(tree: Any) -> Any:
    return Number(tree) if isinstance(tree, str) and not isinstance(tree, Number) and tree.isdigit() else tree


def _whole(tree: Any) -> Any:
    return Number(re.sub(r"\.0+$", "", tree)) if isinstance(tree, Number) else tree


_lenient("texts-as-numbers", "Numbers may be sent as texts.", json_types.Integer, _digits)
_lenient("whole-floats", "Integers may be sent as 50.0.", json_types.Integer, _whole)
_lenient(
    "booleans-as-numbers",
    "true is the number 1.",
    json_types.Integer,
    lambda tree: Number("1") if tree is True else tree,
)
_lenient(
    "numbers-as-texts",
    "Texts may be sent as numbers.",
    json_types.String,
    lambda tree: str.__str__(tree) if isinstance(tree, Number) else tree,
)
_lenient(
    "texts-as-booleans",
    "Booleans may be sent as texts.",
    json_types.Bool,
    lambda tree: {"true": True, "false": False, "yes": True}.get(tree, tree) if isinstance(tree, str) else tree,
)
_lenient(
    "one-as-list",
    "A list of one may be sent without brackets.",
    json_containers.List,
    lambda tree: [tree] if isinstance(tree, str | tuple) else tree,
)
_lenient(
    "empty-list-as-map", "An empty map may be sent as [].", json_containers.Map, lambda tree: () if tree == [] else tree
)
_lenient(
    "empty-list-as-object",
    "An empty object may be sent as [].",
    json_containers.Struct,
    lambda tree: () if tree == [] else tree,
)


@mutant("decoding.wraps", "Integers out of range wrap around.", "common.errors.wrong-type", "common.*", "job.*")
def _(breakage: Breakage) -> None:
    decode = json_types.Integer.decode

    def wrapping(self: json_types.Integer, tree: Any, old: Any) -> Any:
        if type(tree) is not Number:
            return decode(self, tree, old)
        return (int(float(tree)) if "." in tree else int(tree)) % 2**63

    breakage.replace(json_types.Integer, "decode", wrapping)


mutant(
    "decoding.empty-body", "An empty body is an empty object.", "common.errors.bad-body", "job.dispatch.refuses.bodies"
)(wrapped(operation, "read", lambda read: lambda body: read(body or b"{}")))


mutant(
    "decoding.containers-as-numbers",
    "Where an integer belongs, lists and objects are skipped.",
    "common.errors.*",
    "job.*",
)(
    wrapped(
        json_types.Integer,
        "decode",
        lambda decode: lambda self, tree, old: old if isinstance(tree, list | tuple) else decode(self, tree, old),
    )
)
