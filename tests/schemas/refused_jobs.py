"""Jobs that an agent refuses to register and to plan, one for each text that it has for a mistake in a job."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.builders import a_group, a_job, a_task
from tests.jobs.validate.parts import (
    a_check,
    a_constraint,
    a_network,
    a_service,
    a_template,
    a_vault,
    an_artifact,
    resources,
)

_CRON = {"Enabled": True, "ProhibitOverlap": False, "Spec": "* * * * *", "SpecType": "cron"}
_ON_REQUEST = {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}
_LOGS = {"MaxFileSizeMB": 5, "MaxFiles": 2}
_RESTART = {"Attempts": 2, "Delay": 15_000_000_000, "Interval": 60_000_000_000, "Mode": "delay"}


def _of_group(**known: Any) -> Any:
    return a_job(a_group(**known))


def _of_task(**known: Any) -> Any:
    return a_job(a_group(a_task(**known)))


def _of_service(*checks: Any, **known: Any) -> Any:
    return _of_task(Services=[a_service(*checks, **known)], Resources=resources(a_network("http")))


def _of_check(**known: Any) -> Any:
    return _of_service(a_check(**known))


def _checksum(text: str) -> Any:
    return _of_task(Artifacts=[an_artifact(GetterOptions={"checksum": text})])


def _jobs() -> Iterator[tuple[str, Any]]:
    yield "Region", a_job(Region="")
    yield "IDMissing", a_job(ID="")
    yield "IDSpace", a_job(ID="a b")
    yield "Name", a_job(Name="")
    yield "TypeMissing", a_job(Type="")
    yield "TypeCore", a_job(Type="_core")
    yield "Priority", a_job(Priority=101)
    yield "Datacenters", a_job(Datacenters=[])
    yield "Groups", a_job(TaskGroups=[])
    yield "Payload", a_job(Payload="eA==")
    yield "Constraint", a_job(Constraints=[a_constraint("")])
    yield "ConstraintRegexp", a_job(Constraints=[a_constraint("regexp", "(")])
    yield "ConstraintVersion", a_job(Constraints=[a_constraint("version", "new")])
    yield "PeriodicType", a_job(Periodic=_CRON)
    yield "PeriodicSpecMissing", a_job(Type="batch", Periodic={**_CRON, "Spec": ""})
    yield "PeriodicSpec", a_job(Type="batch", Periodic={**_CRON, "Spec": "x * * * *"})
    yield "PeriodicSpecFields", a_job(Type="batch", Periodic={**_CRON, "Spec": "* *"})
    yield "PeriodicSpecType", a_job(Type="batch", Periodic={**_CRON, "SpecType": "calendar"})
    yield "ParameterizedType", a_job(ParameterizedJob=_ON_REQUEST)
    yield "ParameterizedPayload", a_job(Type="batch", ParameterizedJob={**_ON_REQUEST, "Payload": "never"})
    keys = {"MetaOptional": ["key"], "MetaRequired": ["key"]}
    yield "ParameterizedMeta", a_job(Type="batch", ParameterizedJob={**_ON_REQUEST, **keys})
    yield from ((f"Group{name}", job) for name, job in _groups())
    yield from ((f"Task{name}", job) for name, job in _tasks())
    yield from ((f"Service{name}", job) for name, job in _services())
    yield from ((f"Check{name}", job) for name, job in _checks())
    yield from ((f"Driver{name}", job) for name, job in _drivers())


def _groups() -> Iterator[tuple[str, Any]]:
    yield "Name", _of_group(Name="")
    yield "Redefined", a_job(a_group(), a_group())
    yield "Count", _of_group(Count=-1)
    yield "CountOfSystem", a_job(a_group(Count=2), Type="system")
    yield "Tasks", _of_group(Tasks=[])
    yield "Restart", a_job(a_group(RestartPolicy=None), Type="cron")
    yield "RestartMode", _of_group(RestartPolicy={**_RESTART, "Mode": "wait"})
    yield "RestartAttempts", _of_group(RestartPolicy={**_RESTART, "Attempts": 0})
    yield "RestartInterval", _of_group(RestartPolicy={**_RESTART, "Interval": 5_000_000_000})
    disk = {"Migrate": False, "SizeMB": 5, "Sticky": False}
    yield "Disk", a_job(a_group(a_task(LogConfig={"MaxFileSizeMB": 1, "MaxFiles": 1}), EphemeralDisk=disk))


def _tasks() -> Iterator[tuple[str, Any]]:
    yield "Name", _of_task(Name="")
    yield "NameSlash", _of_task(Name="a/b")
    yield "Redefined", a_job(a_group(a_task(), a_task()))
    yield "KillTimeout", _of_task(KillTimeout=-1)
    yield "CPU", _of_task(Resources=resources(CPU=1))
    yield "Memory", _of_task(Resources=resources(MemoryMB=1))
    yield "IOPS", _of_task(Resources=resources(IOPS=-1))
    yield "Disk", _of_task(Resources=resources(DiskMB=100))
    yield "MBits", _of_task(Resources=resources(a_network(MBits=0)))
    yield "Logs", _of_task(LogConfig=None)
    yield "LogFiles", _of_task(LogConfig={**_LOGS, "MaxFiles": 0})
    yield "LogFileSize", _of_task(LogConfig={**_LOGS, "MaxFileSizeMB": 0})
    yield "LogSpace", _of_task(LogConfig={**_LOGS, "MaxFiles": 60})
    yield "ArtifactSource", _of_task(Artifacts=[an_artifact(GetterSource="")])
    yield "ArtifactDestination", _of_task(Artifacts=[an_artifact(RelativeDest="../../..")])
    yield "ChecksumEmpty", _checksum("")
    yield "ChecksumForm", _checksum("12ab")
    yield "ChecksumDigits", _checksum("md5:xy")
    yield "ChecksumOddDigits", _checksum("md5:123")
    yield "ChecksumKind", _checksum("crc32:12ab")
    yield "ChecksumLength", _checksum("md5:12ab")
    yield "VaultPolicies", _of_task(Vault=a_vault(Policies=[]))
    yield "VaultSignal", _of_task(Vault=a_vault(ChangeMode="signal"))
    yield "VaultChangeMode", _of_task(Vault=a_vault(ChangeMode="reload"))
    yield "TemplateSource", _of_task(Templates=[a_template(EmbeddedTmpl="")])
    yield "TemplateDestination", _of_task(Templates=[a_template(DestPath="")])
    yield "TemplateEscapes", _of_task(Templates=[a_template(DestPath="../../..")])
    yield "TemplateChangeMode", _of_task(Templates=[a_template(ChangeMode="reload")])
    yield "TemplateSignal", _of_task(Templates=[a_template(ChangeMode="signal")])
    yield "TemplateSplay", _of_task(Templates=[a_template(Splay=-1)])
    yield "TemplateTwice", _of_task(Templates=[a_template(), a_template()])
    yield "DispatchPayload", _of_task(DispatchPayload={"File": "../../../x"})


def _services() -> Iterator[tuple[str, Any]]:
    yield "Name", _of_service(Name="a b")
    network = resources(a_network("http"))
    yield "Duplicate", _of_task(Services=[a_service(), a_service()], Resources=network)
    yield "Port", _of_task(Services=[a_service(PortLabel="htpp")], Resources=network)
    yield "PortMissing", _of_service(a_check(), PortLabel="")
    yield "ChecksDuplicate", _of_service(a_check(), a_check())


def _checks() -> Iterator[tuple[str, Any]]:
    yield "Type", _of_check(Type="udp")
    yield "Command", _of_check(Type="script")
    yield "Path", _of_check(Type="http")
    yield "TimeoutMissing", _of_check(Timeout=0)
    yield "Timeout", _of_check(Timeout=1)
    yield "IntervalMissing", _of_check(Interval=0)
    yield "Interval", _of_check(Interval=1)
    yield "InitialStatus", _of_check(InitialStatus="up")


def _drivers() -> Iterator[tuple[str, Any]]:
    yield "Missing", _of_task(Driver="")
    yield "Unknown", _of_task(Driver="dokcer")
    yield "FieldMissing", _of_task(Config={})
    yield "FieldEmpty", _of_task(Config={"command": ""})
    yield "FieldUnknown", _of_task(Config={"command": "a", "comand": "a"})
    yield "FieldType", _of_task(Config={"command": 5})
    signals = [a_template(ChangeMode="signal", ChangeSignal="SIGHUP")]
    yield "Signals", _of_task(Driver="qemu", Config={"image_path": "a"}, Templates=signals)


REFUSED_JOBS: Mapping[str, Any] = {f"Job{name}": job for name, job in _jobs()}
"""Jobs by the names that the examples of their texts have in ``components.examples``."""
