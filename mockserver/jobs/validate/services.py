"""Rules of a task's services and their checks."""

import re
from itertools import chain

from mockserver.gostd.durations import SECOND
from mockserver.gostd.fmt import duration, quote, quote_ascii
from mockserver.jobs.validate.problems import Problems, nested
from mockserver.nomad_types import Service, ServiceCheck, SubmittedTask

_NAME = re.compile(r"[a-z0-9]|[a-z0-9$][a-z0-9\-${}_.]*[a-z0-9}]", re.IGNORECASE)
_STATES = ("", "passing", "warning", "critical")


def services_problems(task: SubmittedTask) -> Problems:
    """List the problems of a task's services, checks included; their names are already interpolated."""
    known: set[str] = set()
    for index, service in enumerate(task["Services"] or ()):
        name, port = service["Name"], service["PortLabel"]
        yield from nested(f"service[{index}] {quote_ascii(name)} validation failed: ", _service_problems(service))
        if name + port in known:
            yield f"service {quote(name)} is duplicate"
        known.add(name + port)
        yield from _duplicate_check_problems(service["Checks"] or [])
    yield from _port_problems(task)


def _service_problems(service: Service) -> Problems:
    name, port = service["Name"], service["PortLabel"]
    if not _NAME.fullmatch(name):
        yield (
            "service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes: "
            f"{quote(name)}"
        )
    for check in service["Checks"] or ():
        if not port and check["Type"] in ("http", "tcp"):
            mistake: str | None = f"check requires a port but the service {quote_ascii(name)} has no port"
        else:
            mistake = _mistake_in_check(check)
        if mistake is not None:
            yield f"check {check['Name']} invalid: {mistake}"


def _mistake_in_check(check: ServiceCheck) -> str | None:
    """Only the first mistake of a check is reported."""
    return next(chain(_kind_mistakes(check), _interval_mistakes(check["Interval"]), _state_mistakes(check)), None)


def _kind_mistakes(check: ServiceCheck) -> Problems:
    kind = check["Type"].lower()
    if kind not in ("http", "tcp", "script"):
        yield f'invalid type ({quote_ascii(check["Type"])}), must be one of "http", "tcp", or "script" type'
    elif kind == "script" and not check["Command"]:
        yield "script type must have a valid script path"
    elif kind == "http" and not check["Path"]:
        yield "http type must have a valid http path"
    elif kind != "script" and check["Timeout"] == 0:
        yield "missing required value timeout. Timeout cannot be less than 1s"
    elif kind != "script" and check["Timeout"] < SECOND:
        yield f"timeout ({duration(check['Timeout'])}) is lower than required minimum timeout 1s"


def _interval_mistakes(interval: int) -> Problems:
    if interval == 0:
        yield "missing required value interval. Interval cannot be less than 1s"
    elif interval < SECOND:
        yield f"interval ({duration(interval)}) cannot be lower than 1s"


def _state_mistakes(check: ServiceCheck) -> Problems:
    state = check["InitialStatus"]
    if state not in _STATES:
        # The agent forgets an argument of its format; this is what clients read.
        yield (
            f'invalid initial check state ({state}), must be one of "passing", "warning", "critical", '
            "%!q(MISSING) or empty"
        )


def _duplicate_check_problems(checks: list[ServiceCheck]) -> Problems:
    known: set[str] = set()
    for check in checks:
        if check["Name"] in known:
            yield f"check {quote(check['Name'])} is duplicate"
        known.add(check["Name"])


def _port_problems(task: SubmittedTask) -> Problems:
    """Each port label that services use but the task's networks lack; a real agent's order is random."""
    users: dict[str, list[str]] = {}
    for service in task["Services"] or ():
        if service["PortLabel"]:
            users.setdefault(service["PortLabel"], []).append(service["Name"])
    for label in sorted(users.keys() - _port_labels(task)):
        yield f"port label {quote(label)} referenced by services {', '.join(users[label])} does not exist"


def _port_labels(task: SubmittedTask) -> set[str]:
    assert task["Resources"] is not None  # has its default by now
    return {
        port["Label"]
        for network in task["Resources"]["Networks"] or ()
        for port in (*(network["ReservedPorts"] or ()), *(network["DynamicPorts"] or ()))
    }
