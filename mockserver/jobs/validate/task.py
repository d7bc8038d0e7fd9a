"""Validate a task: resources, templates, Vault block, artifacts, and the task itself."""

from mockserver.gostd.fmt import int64, quote, trim_space
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.problems import Problems, escapes, nested
from mockserver.jobs.validate.services import services_problems
from mockserver.nomad_types import (
    LogConfig,
    NetworkResource,
    Resources,
    SubmittedTask,
    SubmittedVault,
    TaskArtifact,
    Template,
)


def resources_problems(resources: Resources) -> Problems:
    """List what is below the least a task can ask for."""
    if resources["CPU"] < 20:
        yield f"minimum CPU value is 20; got {resources['CPU']}"
    if resources["MemoryMB"] < 10:
        yield f"minimum MemoryMB value is 10; got {resources['MemoryMB']}"
    if resources["IOPS"] < 0:
        yield f"minimum IOPS value is 0; got {resources['IOPS']}"
    for index, network in enumerate(resources["Networks"] or ()):
        yield from nested(f"network resource at index {index} failed: ", _network_problems(network))


def _network_problems(network: NetworkResource) -> Problems:
    if network["MBits"] < 1:
        yield f"minimum MBits value is 1; got {network['MBits']}"


def templates_problems(templates: list[Template]) -> Problems:
    """List the problems of a task's templates."""
    first_place: dict[str, int] = {}
    for place, template in enumerate(templates, 1):
        yield from nested(f"Template {place} validation failed: ", _template_problems(template))
        other = first_place.setdefault(template["DestPath"], place)
        if other != place:
            yield f"Template {place} has same destination as {other}"


def _template_problems(template: Template) -> Problems:
    if not template["SourcePath"] and not template["EmbeddedTmpl"]:
        yield "Must specify a source path or have an embedded template"
    if not template["DestPath"]:
        yield "Must specify a destination for the template"
    if escapes("task", template["DestPath"]):
        yield "destination escapes allocation directory"
    if template["ChangeMode"] not in ("noop", "restart", "signal"):
        yield "Invalid change mode. Must be one of the following: noop, signal, restart"
    if template["ChangeMode"] == "signal" and not template["ChangeSignal"]:
        yield "Must specify signal value when change mode is signal"
    if template["Splay"] < 0:
        yield "Must specify positive splay value"


def vault_problems(vault: SubmittedVault) -> Problems:
    """Give the first problem of a Vault block, if it has one."""
    mode = vault["ChangeMode"]
    if not vault["Policies"]:
        yield "Vault validation failed: Policy list cannot be empty"
    elif mode == "signal" and not vault["ChangeSignal"]:
        yield 'Vault validation failed: Signal must be specified when using change mode "signal"'
    elif mode not in ("noop", "restart", "signal"):
        yield f"Vault validation failed: Unknown change mode {quote(mode)}"


_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def artifact_problems(artifact: TaskArtifact) -> Problems:
    """List the problems of one artifact."""
    if not artifact["GetterSource"]:
        yield "source must be specified"
    if escapes("task", artifact["RelativeDest"]):
        yield "destination escapes allocation directory"
    options = artifact["GetterOptions"] or {}
    if "checksum" in options:
        yield from _checksum_problems(trim_space(options["checksum"]))


def _checksum_problems(checksum: str) -> Problems:
    kind, *values = checksum.split(":")
    if not checksum:
        yield "checksum value cannot be empty"
    elif len(values) != 1:
        yield f'checksum must be given as "type:value"; got {quote(checksum)}'
    elif mistake := _mistake_in_hex(values[0].encode()):
        yield f"invalid checksum: encoding/hex: {mistake}"
    elif kind not in _DIGEST_BYTES:
        yield f"unsupported checksum type: {kind}"
    elif len(values[0]) != 2 * _DIGEST_BYTES[kind]:
        yield f"invalid {kind} checksum: {values[0]}"


def _mistake_in_hex(digits: bytes) -> str | None:
    """Digits are looked at byte by byte: the first byte of ``é`` is the one that is wrong."""
    for byte in digits:
        if byte not in _HEX_DIGITS:
            return f"invalid byte: U+{byte:04X}" + (f" '{chr(byte)}'" if chr(byte).isprintable() else "")
    return "odd length hex string" if len(digits) % 2 else None


def task_problems(task: SubmittedTask, disk: int) -> Problems:
    """List the problems of a task in a group with ``disk`` MB; its driver and driver configuration come later."""
    yield from _own_problems(task)
    resources = task["Resources"]
    assert resources is not None  # has its default by now
    yield from nested("", resources_problems(resources))
    if resources["DiskMB"] > 0:
        yield "Task can't ask for disk resources, they have to be specified at the task group level."
    yield from _log_problems(task["LogConfig"])
    yield from constraints_problems(task["Constraints"])
    yield from nested("", services_problems(task))
    yield from _log_space_problems(task["LogConfig"], disk)
    for place, artifact in enumerate(task["Artifacts"] or (), 1):
        yield from nested(f"Artifact {place} validation failed: ", artifact_problems(artifact))
    if task["Vault"] is not None:
        yield from vault_problems(task["Vault"])
    yield from templates_problems(task["Templates"] or [])
    if task["DispatchPayload"] and escapes("task/local", task["DispatchPayload"]["File"]):
        yield "Dispatch Payload validation failed: destination escapes allocation directory"


def _own_problems(task: SubmittedTask) -> Problems:
    if not task["Name"]:
        yield "Missing task name"
    if "/" in task["Name"] or "\\" in task["Name"]:
        yield "Task name cannot include slashes"
    if not task["Driver"]:
        yield "Missing task driver"
    if task["KillTimeout"] < 0:
        yield "KillTimeout must be a positive value"


def _log_problems(logs: LogConfig | None) -> Problems:
    if logs is None:
        yield "Missing Log Config"
    else:
        yield from nested("", _log_limit_problems(logs))


def _log_limit_problems(logs: LogConfig) -> Problems:
    if logs["MaxFiles"] < 1:
        yield f"minimum number of files is 1; got {logs['MaxFiles']}"
    if logs["MaxFileSizeMB"] < 1:
        yield f"minimum file size is 1MB; got {logs['MaxFileSizeMB']}"


def _log_space_problems(logs: LogConfig | None, disk: int) -> Problems:
    if logs is None:
        return
    used = int64(logs["MaxFiles"] * logs["MaxFileSizeMB"])
    if disk <= used:
        yield f"log storage ({used} MB) must be less than requested disk capacity ({disk} MB)"
