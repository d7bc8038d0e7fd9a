"""The objects of a job and how each is compared, as data.

What is not listed is not looked at: an object's other keys never show in a diff, though they may make it ``Edited``.
Source: behaviour observed; the plan recordings show most of it.
"""

from functools import reduce
from itertools import chain
from operator import xor
from typing import Any

from mockserver.gostd.fnv import text_fnv
from mockserver.jobs.diff.compare import (
    Kind,
    each_by,
    each_by_content,
    flattened,
    one,
    string_set,
)

_HASHED_END = 32
"""So many bytes at the end of an option decide which others it is mistaken for: hashes are only ever compared."""


def _artifact_content(artifact: dict[str, Any]) -> Any:
    """Return what tells artifacts apart: of the options only all their keys' and values' hashes, combined.

    An agent combines 64-bit FNV-1 hashes by exclusive or. Equal words cancel out, order plays no part, and the last
    byte of each word is not mixed with the rest: ``{"a": "b"}`` and ``{"b": "a"}`` are the same to it, and so are
    ``{"k1": "v1"}`` and ``{"k2": "v2"}`` (observed).
    """
    words = chain.from_iterable((artifact["GetterOptions"] or {}).items())
    return (
        artifact["GetterSource"],
        artifact["RelativeDest"],
        reduce(xor, (text_fnv(word, _HASHED_END) for word in words), 0),
    )


def _constraint_content(constraint: dict[str, Any]) -> Any:
    """Return what tells constraints apart: not whether one kept a node away (``filtering``)."""
    return constraint["LTarget"], constraint["Operand"], constraint["RTarget"]


UPDATE = Kind("Update", ("MaxParallel", "Stagger"))
PERIODIC = Kind("Periodic", ("Enabled", "ProhibitOverlap", "Spec", "SpecType"))
CONSTRAINT = Kind("Constraint", ("LTarget", "Operand", "RTarget"))
PARAMETERIZED_JOB = Kind(
    "ParameterizedJob",
    ("Payload",),
    parts={"MetaOptional": string_set("MetaOptional"), "MetaRequired": string_set("MetaRequired")},
    whole=True,
)

RESTART_POLICY = Kind("RestartPolicy", ("Attempts", "Delay", "Interval", "Mode"))
EPHEMERAL_DISK = Kind("EphemeralDisk", ("Migrate", "SizeMB", "Sticky"))

STATIC_PORT = Kind("Static Port", ("Label", "Value"))
DYNAMIC_PORT = Kind("Dynamic Port", ("Label",))
NETWORK = Kind(
    "Network",
    ("MBits",),
    parts={"ReservedPorts": each_by("Label", STATIC_PORT), "DynamicPorts": each_by("Label", DYNAMIC_PORT)},
    whole=True,
)
RESOURCES = Kind(
    "Resources",
    ("CPU", "DiskMB", "IOPS", "MemoryMB"),
    parts={"Networks": each_by_content(NETWORK)},
    whole=True,
)
LOG_CONFIG = Kind("LogConfig", ("MaxFileSizeMB", "MaxFiles"))
DISPATCH_PAYLOAD = Kind("DispatchPayload", ("File",))
ARTIFACT = Kind("Artifact", ("GetterSource", "RelativeDest"), maps=("GetterOptions",))
CHECK = Kind(
    "Check",
    ("Command", "InitialStatus", "Interval", "Name", "Path", "PortLabel", "Protocol", "Timeout", "Type"),
    whole=True,
)
SERVICE = Kind("Service", ("Name", "PortLabel"), parts={"Checks": each_by("Name", CHECK)}, whole=True)
VAULT = Kind("Vault", ("ChangeMode", "ChangeSignal", "Env"), parts={"Policies": string_set("Policies")}, whole=True)
TEMPLATE = Kind("Template", ("ChangeMode", "ChangeSignal", "DestPath", "EmbeddedTmpl", "SourcePath", "Splay"))

JOB = Kind(
    fields=("AllAtOnce", "Name", "ParentID", "Priority", "Region", "Type", "VaultToken"),
    maps=("Meta",),
    parts={
        "Datacenters": string_set("Datacenters"),
        "Constraints": each_by_content(CONSTRAINT, _constraint_content),
        "Update": one(UPDATE),
        "Periodic": one(PERIODIC),
        "ParameterizedJob": one(PARAMETERIZED_JOB),
    },
)
TASK_GROUP = Kind(
    fields=("Count",),
    maps=("Meta",),
    parts={
        "Constraints": each_by_content(CONSTRAINT, _constraint_content),
        "RestartPolicy": one(RESTART_POLICY),
        "EphemeralDisk": one(EPHEMERAL_DISK),
    },
)
TASK = Kind(
    fields=("Driver", "KillTimeout", "User"),
    maps=("Env", "Meta"),
    parts={
        "Constraints": each_by_content(CONSTRAINT, _constraint_content),
        "Config": flattened("Config"),
        "Resources": one(RESOURCES),
        "LogConfig": one(LOG_CONFIG),
        "DispatchPayload": one(DISPATCH_PAYLOAD),
        "Artifacts": each_by_content(ARTIFACT, _artifact_content),
        "Services": each_by("Name", SERVICE),
        "Vault": one(VAULT),
        "Templates": each_by_content(TEMPLATE),
    },
)
