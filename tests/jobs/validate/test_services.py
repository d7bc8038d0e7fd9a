"""Rules of services and checks."""

from typing import Any

import pytest

from mockserver.gostd.durations import SECOND
from mockserver.jobs.validate.services import services_problems
from tests.builders import a_task
from tests.jobs.validate.parts import a_check, a_network, a_service, resources, texts
from tests.loose_types import Task


def _task(*services: dict[str, Any]) -> Task:
    return a_task(Services=list(services), Resources=resources(a_network("http")))


def _problem_of(check: dict[str, Any]) -> str | None:
    """Return what is wrong with the only check of a service."""
    found = texts(services_problems(_task(a_service(check))))
    if not found:
        return None
    return found[0].removeprefix('service[0] "web" validation failed: 1: > check c invalid: ')


@pytest.mark.parametrize("name", ["a", "A1", "a-b", "$a", "${JOB}", "${meta.x}", "a.b", "a_b", "a" * 70, "ſ"])
def test_service_names_may_hold_a_variable(name: str) -> None:
    """A name has letters, digits, dashes and variables, and any length."""
    assert texts(services_problems(_task(a_service(Name=name)))) == []


@pytest.mark.parametrize(("name", "shown"), [("", ""), ("-a", "-a"), ("a-", "a-"), ("a b", "a b"), ("a\n", r"a\n")])
def test_other_service_names(name: str, shown: str) -> None:
    """An invalid name is shown as Go quotes it (recording register-invalid-service)."""
    assert texts(services_problems(_task(a_service(Name=name)))) == [
        f'service[0] "{shown}" validation failed: 1: > service name must be valid per RFC 1123 and can contain only '
        f'alphanumeric characters or dashes: "{shown}"'
    ]


def test_a_name_is_shown_in_ascii_first_and_as_it_is_then() -> None:
    """The two places that quote a name do it differently."""
    (problem,) = texts(services_problems(_task(a_service(Name="é"))))
    assert problem.startswith('service[0] "\\u00e9" validation failed')
    assert problem.endswith('dashes: "é"')


@pytest.mark.parametrize(
    "check",
    [
        a_check(),
        a_check(Type="Tcp"),
        a_check(Type="http", Path="/"),
        a_check(Type="script", Command="x", Timeout=0),
        *(a_check(InitialStatus=state) for state in ("passing", "warning", "critical")),
    ],
)
def test_checks_that_are_accepted(check: dict[str, Any]) -> None:
    """The type of a check may be in any case, and a script needs no timeout."""
    assert _problem_of(check) is None


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        (a_check(Type="é"), 'invalid type ("\\u00e9"), must be one of "http", "tcp", or "script" type'),
        (a_check(Timeout=0), "missing required value timeout. Timeout cannot be less than 1s"),
        (a_check(Timeout=5), "timeout (5ns) is lower than required minimum timeout 1s"),
        (a_check(Type="http", Timeout=0), "http type must have a valid http path"),
        (a_check(Type="http", Path="/", Timeout=-1), "timeout (-1ns) is lower than required minimum timeout 1s"),
        (a_check(Type="script"), "script type must have a valid script path"),
        (a_check(Interval=0), "missing required value interval. Interval cannot be less than 1s"),
        (a_check(Interval=SECOND - 1), "interval (999.999999ms) cannot be lower than 1s"),
        (
            a_check(InitialStatus="zz"),
            'invalid initial check state (zz), must be one of "passing", "warning", "critical", %!q(MISSING) or empty',
        ),
    ],
)
def test_only_the_first_mistake_of_a_check_is_told(check: dict[str, Any], problem: str) -> None:
    """Only the first mistake is told, in the agent's words (recording register-invalid-service)."""
    assert _problem_of(check) == problem


def test_tcp_and_http_checks_need_a_port() -> None:
    """A check of type tcp or http needs a port; a type in capitals escapes the rule."""
    service = a_service(a_check(Name="a"), a_check(Name="b", Type="TCP"), PortLabel="")
    assert texts(services_problems(_task(service))) == [
        'service[0] "web" validation failed: 1: > check a invalid: '
        'check requires a port but the service "web" has no port'
    ]


def test_duplicates() -> None:
    """Services are duplicates by name and port, checks by name (recording register-invalid-service)."""
    services = [a_service(a_check(), a_check()), a_service(), a_service(PortLabel="")]
    assert texts(services_problems(_task(*services))) == ['check "c" is duplicate', 'service "web" is duplicate']


def test_ports_that_do_not_exist_come_last() -> None:
    """Missing port labels come last, sorted; the services that use one keep their order."""
    services = [a_service(Name=name, PortLabel=port) for name, port in (("a", "y"), ("b", "x"), ("c", "y"))]
    assert texts(services_problems(_task(*services))) == [
        'port label "x" referenced by services b does not exist',
        'port label "y" referenced by services a, c does not exist',
    ]


def test_static_ports_count() -> None:
    """A service may use static and dynamic ports."""
    network = a_network(ReservedPorts=[{"Label": "http", "Value": 80}])
    assert texts(services_problems(a_task(Services=[a_service()], Resources=resources(network)))) == []
