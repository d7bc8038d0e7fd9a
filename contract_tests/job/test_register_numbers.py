"""PUT and POST /v1/job/<ID>: numbers in a task's free-form Config, and how a job shows them."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.statements import states
from contract_tests.suite import profiles, verify

NUMBERS = {
    "0": ("0E+00", "0"),
    "1": ("1E+00", "1"),
    "-1": ("-1E+00", "-1"),
    "6379": ("6.379E+03", "6379"),
    "-1.5": ("-1.5E+00", "-1.5"),
    "0.1": ("1E-01", "0.1"),
    "0.0001": ("1E-04", "0.0001"),
    "1e-7": ("1E-07", "1e-07"),
    "100": ("1E+02", "100"),
    "123456": ("1.23456E+05", "123456"),
    "1234567": ("1.234567E+06", "1.234567e+06"),
    "9007199254740993": ("9.007199254740992E+15", "9.007199254740992e+15"),
    "1e21": ("1E+21", "1e+21"),
    "1e100": ("1E+100", "1e+100"),
    "0.30000000000000004": ("3.0000000000000004E-01", "0.30000000000000004"),
    "5e-324": ("5E-324", "5e-324"),
}
"""A number as it is sent, as a job shows it, and as the diff of a plan tells it."""


def with_arguments(job: Job, numbers: list[str]) -> bytes:
    """Return the body of a request about a job with these numbers as arguments, each as it is written."""
    one = {"command": "x", "args": ["numbers"]}
    body = {"Job": {**job, "TaskGroups": [group("g", Count=0, Tasks=[task("t", Config=one)])]}, "Diff": True}
    return json.dumps(body).replace('"numbers"', ", ".join(numbers)).encode()


def arguments(found: Exchange) -> list[str]:
    """Return the arguments of the only task as the answer writes them."""
    shown = re.search(r'"args":\[([^\]]*)\]', found.text)
    return shown[1].split(",") if shown else []


@states("job.register.config-numbers")
def test_numbers_of_a_config(nomad: Nomad, factory: JobFactory) -> None:
    """A number in Config is shown with an exponent, in as few digits as keep its value."""
    job = factory.service(nomad.new_id())
    verify.ok("job.register.config-numbers", nomad.act("register", job["ID"], with_arguments(job, list(NUMBERS))))
    found = nomad.job(job["ID"])
    verify.equal("job.register.config-numbers", found, arguments(found), [form for form, _ in NUMBERS.values()])


@states("job.register.config-numbers")
def test_any_number_keeps_its_value(nomad: Nomad, factory: JobFactory) -> None:
    """Any number in Config is shown with one digit before the point and an exponent, and is the same double."""

    @given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
    @profiles.cheaper(0.5)
    def check(numbers: list[float]) -> None:
        job = factory.service(nomad.new_id())
        statement = "job.register.config-numbers"
        verify.ok(statement, nomad.act("register", job["ID"], with_arguments(job, [repr(one) for one in numbers])))
        found = nomad.job(job["ID"])
        shown = arguments(found)
        well = all(re.fullmatch(r"-?\d(\.\d*[1-9])?E[+-]\d\d+", one) for one in shown)
        verify.that(statement, found, well, "such as -6.379E+03", shown)
        verify.equal(statement, found, [float(one) for one in shown], numbers)
        nomad.own.clean()

    check()
