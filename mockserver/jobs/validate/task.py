"""Validate a task: resources, templates, Vault block, artifacts, and the task itself."""

from mockserver.gostd.fmt import int64, quote, trim_space
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.problems import Problem, Problems, escapes, nested
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

_CHANGE_MODES = ("noop", "restart", "signal")


def resources_problems(resources: Resources) -> Problems:
    """List what is below the least a task can ask for."""
    if resources["CPU"] < 20:
        yield Problem(f"minimum CPU value is 20; got {resources['CPU']}", "CPU")
    if resources["MemoryMB"] < 10:
        yield Problem(f"minimum MemoryMB value is 10; got {resources['MemoryMB']}", "MemoryMB")
    if resources["IOPS"] < 0:
        yield Problem(f"minimum IOPS value is 0; got {resources['IOPS']}", "IOPS")
    for index, network in enumerate(resources["Networks"] or ()):
        prefix = f"network resource at index {index} failed: "
        yield from nested(prefix, _network_problems(network), "Networks", index)


def _network_problems(network: NetworkResource) -> Problems:
    if network["MBits"] < 1:
        yield Problem(f"minimum MBits value is 1; got {network['MBits']}", "MBits")


def templates_problems(templates: list[Template]) -> Problems:
    """List the problems of a task's templates."""
    first_place: dict[str, int] = {}
    for place, template in enumerate(templates, 1):
        at = ("Templates", place - 1)
        yield from nested(f"Template {place} validation failed: ", _template_problems(template), *at)
        other = first_place.setdefault(template["DestPath"], place)
        if other != place:
            yield Problem(f"Template {place} has same destination as {other}", *at, "DestPath")


def _template_problems(template: Template) -> Problems:
    if not template["SourcePath"] and not template["EmbeddedTmpl"]:
        yield Problem("Must specify a source path or have an embedded template", "SourcePath")
    if not template["DestPath"]:
        yield Problem("Must specify a destination for the template", "DestPath")
    if escapes("task", template["DestPath"]):
        yield Problem("destination escapes allocation directory", "DestPath")
    mode = template["ChangeMode"]
    if mode not in _CHANGE_MODES:
        text = "Invalid change mode. Must be one of the following: noop, signal, restart"
        yield Problem(text, "ChangeMode", word=mode, known=_CHANGE_MODES)
    if mode == "signal" and not template["ChangeSignal"]:
        yield Problem("Must specify signal value when change mode is signal", "ChangeSignal")
    if template["Splay"] < 0:
        yield Problem("Must specify positive splay value", "Splay")


def vault_problems(vault: SubmittedVault) -> Problems:
    """Give the first problem of a Vault block, if it has one."""
    mode = vault["ChangeMode"]
    if not vault["Policies"]:
        yield Problem("Vault validation failed: Policy list cannot be empty", "Vault", "Policies")
    elif mode == "signal" and not vault["ChangeSignal"]:
        text = 'Vault validation failed: Signal must be specified when using change mode "signal"'
        yield Problem(text, "Vault", "ChangeSignal")
    elif mode not in _CHANGE_MODES:
        text = f"Vault validation failed: Unknown change mode {quote(mode)}"
        yield Problem(text, "Vault", "ChangeMode", word=mode, known=_CHANGE_MODES)


_DIGEST_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def artifact_problems(artifact: TaskArtifact) -> Problems:
    """List the problems of one artifact."""
    if not artifact["GetterSource"]:
        yield Problem("source must be specified", "GetterSource")
    if escapes("task", artifact["RelativeDest"]):
        yield Problem("destination escapes allocation directory", "RelativeDest")
    options = artifact["GetterOptions"] or {}
    if "checksum" in options and (mistake := _mistake_in_checksum(trim_space(options["checksum"]))):
        yield Problem(mistake, "GetterOptions", "checksum")


def _mistake_in_checksum(checksum: str) -> str | None:
    kind, *values = checksum.split(":")
    if not checksum:
        return "checksum value cannot be empty"
    if len(values) != 1:
        return f'checksum must be given as "type:value"; got {quote(checksum)}'
    if mistake := _mistake_in_hex(values[0].encode()):
        return f"invalid checksum: encoding/hex: {mistake}"
    if kind not in _DIGEST_BYTES:
        return f"unsupported checksum type: {kind}"
    return f"invalid {kind} checksum: {values[0]}" if len(values[0]) != 2 * _DIGEST_BYTES[kind] else None


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
    yield from nested("", resources_problems(resources), "Resources")
    if resources["DiskMB"] > 0:
        text = "Task can't ask for disk resources, they have to be specified at the task group level."
        yield Problem(text, "Resources", "DiskMB")
    yield from _log_problems(task["LogConfig"])
    yield from constraints_problems(task["Constraints"])
    yield from nested("", services_problems(task))
    yield from _log_space_problems(task["LogConfig"], disk)
    for index, artifact in enumerate(task["Artifacts"] or ()):
        prefix = f"Artifact {index + 1} validation failed: "
        yield from nested(prefix, artifact_problems(artifact), "Artifacts", index)
    if task["Vault"] is not None:
        yield from vault_problems(task["Vault"])
    yield from templates_problems(task["Templates"] or [])
    if task["DispatchPayload"] and escapes("task/local", task["DispatchPayload"]["File"]):
        text = "Dispatch Payload validation failed: destination escapes allocation directory"
        yield Problem(text, "DispatchPayload", "File")


def _own_problems(task: SubmittedTask) -> Problems:
    if not task["Name"]:
        yield Problem("Missing task name", "Name")
    if "/" in task["Name"] or "\\" in task["Name"]:
        yield Problem("Task name cannot include slashes", "Name")
    if not task["Driver"]:
        yield Problem("Missing task driver", "Driver")
    if task["KillTimeout"] < 0:
        yield Problem("KillTimeout must be a positive value", "KillTimeout")


def _log_problems(logs: LogConfig | None) -> Problems:
    if logs is None:
        yield Problem("Missing Log Config", "LogConfig")
    else:
        yield from nested("", _log_limit_problems(logs), "LogConfig")


def _log_limit_problems(logs: LogConfig) -> Problems:
    if logs["MaxFiles"] < 1:
        yield Problem(f"minimum number of files is 1; got {logs['MaxFiles']}", "MaxFiles")
    if logs["MaxFileSizeMB"] < 1:
        yield Problem(f"minimum file size is 1MB; got {logs['MaxFileSizeMB']}", "MaxFileSizeMB")


def _log_space_problems(logs: LogConfig | None, disk: int) -> Problems:
    if logs is None:
        return
    used = int64(logs["MaxFiles"] * logs["MaxFileSizeMB"])
    if disk <= used:
        text = f"log storage ({used} MB) must be less than requested disk capacity ({disk} MB)"
        yield Problem(text, "LogConfig")
