"""Rules of a task's services and their checks."""

import re
from itertools import chain

from mockserver.gostd.durations import SECOND
from mockserver.gostd.fmt import duration, lower, quote, quote_ascii
from mockserver.jobs.validate.problems import Problem, Problems, nested
from mockserver.nomad_types import Service, ServiceCheck, SubmittedTask

_NAME = re.compile(r"[a-z0-9]|[a-z0-9$][a-z0-9\-${}_.]*[a-z0-9}]", re.IGNORECASE)
_KINDS = ("http", "tcp", "script")
_STATES = ("", "passing", "warning", "critical")


def services_problems(task: SubmittedTask) -> Problems:
    """List the problems of a task's services, checks included; their names are already interpolated."""
    known: set[str] = set()
    for index, service in enumerate(task["Services"] or ()):
        name, port = service["Name"], service["PortLabel"]
        prefix = f"service[{index}] {quote_ascii(name)} validation failed: "
        yield from nested(prefix, _service_problems(service), "Services", index)
        if name + port in known:
            yield Problem(f"service {quote(name)} is duplicate", "Services", index, "Name")
        known.add(name + port)
        yield from _duplicate_check_problems(index, service["Checks"] or [])
    yield from _port_problems(task)


def _service_problems(service: Service) -> Problems:
    name, port = service["Name"], service["PortLabel"]
    if not _NAME.fullmatch(name):
        yield Problem(
            "service name must be valid per RFC 1123 and can contain only alphanumeric characters or dashes: "
            f"{quote(name)}",
            "Name",
        )
    for index, check in enumerate(service["Checks"] or ()):
        if not port and check["Type"] in ("http", "tcp"):
            text = f"check requires a port but the service {quote_ascii(name)} has no port"
            mistake: Problem | None = Problem(text, "Type")
        else:
            mistake = _mistake_in_check(check)
        if mistake is not None:
            text = f"check {check['Name']} invalid: {mistake}"
            yield Problem(text, "Checks", index, *mistake.place, word=mistake.word, known=mistake.known)


def _mistake_in_check(check: ServiceCheck) -> Problem | None:
    """Only the first mistake of a check is reported."""
    return next(chain(_kind_mistakes(check), _interval_mistakes(check["Interval"]), _state_mistakes(check)), None)


def _kind_mistakes(check: ServiceCheck) -> Problems:
    kind = lower(check["Type"])
    if kind not in _KINDS:
        text = f'invalid type ({quote_ascii(check["Type"])}), must be one of "http", "tcp", or "script" type'
        yield Problem(text, "Type", word=kind, known=_KINDS)
    elif kind == "script" and not check["Command"]:
        yield Problem("script type must have a valid script path", "Command")
    elif kind == "http" and not check["Path"]:
        yield Problem("http type must have a valid http path", "Path")
    elif kind != "script" and check["Timeout"] == 0:
        yield Problem("missing required value timeout. Timeout cannot be less than 1s", "Timeout")
    elif kind != "script" and check["Timeout"] < SECOND:
        text = f"timeout ({duration(check['Timeout'])}) is lower than required minimum timeout 1s"
        yield Problem(text, "Timeout")


def _interval_mistakes(interval: int) -> Problems:
    if interval == 0:
        yield Problem("missing required value interval. Interval cannot be less than 1s", "Interval")
    elif interval < SECOND:
        yield Problem(f"interval ({duration(interval)}) cannot be lower than 1s", "Interval")


def _state_mistakes(check: ServiceCheck) -> Problems:
    state = check["InitialStatus"]
    if state not in _STATES:
        # The agent forgets an argument of its format; this is what clients read.
        yield Problem(
            f'invalid initial check state ({state}), must be one of "passing", "warning", "critical", '
            "%!q(MISSING) or empty",
            "InitialStatus",
            word=state,
            known=_STATES[1:],
        )


def _duplicate_check_problems(service: int, checks: list[ServiceCheck]) -> Problems:
    known: set[str] = set()
    for index, check in enumerate(checks):
        if check["Name"] in known:
            text = f"check {quote(check['Name'])} is duplicate"
            yield Problem(text, "Services", service, "Checks", index, "Name")
        known.add(check["Name"])


def _port_problems(task: SubmittedTask) -> Problems:
    """Each port label that services use but the task's networks lack; a real agent's order is random."""
    users: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    for index, service in enumerate(task["Services"] or ()):
        if label := service["PortLabel"]:
            users.setdefault(label, []).append(service["Name"])
            first.setdefault(label, index)
    labels = _port_labels(task)
    for label in sorted(users.keys() - labels):
        text = f"port label {quote(label)} referenced by services {', '.join(users[label])} does not exist"
        yield Problem(text, "Services", first[label], "PortLabel", word=label, known=sorted(labels))


def _port_labels(task: SubmittedTask) -> set[str]:
    assert task["Resources"] is not None  # has its default by now
    return {
        port["Label"]
        for network in task["Resources"]["Networks"] or ()
        for port in (*(network["ReservedPorts"] or ()), *(network["DynamicPorts"] or ()))
    }
