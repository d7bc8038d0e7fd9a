"""The suite asks by the server's clock, whatever the machine's that it runs on."""

from contextlib import closing

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.target import Target
from contract_tests.findings import Ledger
from contract_tests.job import test_plan
from mockserver.cluster.clock import MANUAL_START, ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.contract_suite.made import exchange
from tests.served import serving

LEAP_DAY = 1_582_934_400 * SECOND
"""2020-02-29T00:00:00Z."""


@pytest.mark.parametrize("now", [MANUAL_START, LEAP_DAY])
def test_the_next_launch_is_after_the_time_of_the_server(now: int) -> None:
    """A server may live in another year than the suite."""
    with (
        serving(Settings(clock=ManualClock(now))) as port,
        closing(Nomad(Target(f"http://127.0.0.1:{port}"), Ledger(), "nomad-contract-x-")) as nomad,
    ):
        test_plan.test_the_next_launch_of_a_periodic_job(nomad, JobFactory())


@pytest.mark.parametrize(
    ("date", "launch", "right"),
    [
        ("Tue, 30 Jun 2026 12:00:00 GMT", "2027-01-01T00:00:00Z", True),
        ("Tue, 30 Jun 2026 12:00:00 GMT", "2028-01-01T00:00:00Z", False),
        ("Thu, 31 Dec 2026 23:59:59 GMT", "2027-01-01T00:00:00Z", True),
        ("Thu, 31 Dec 2026 23:59:59 GMT", "2028-01-01T00:00:00Z", True),
        ("Fri, 01 Jan 2027 00:00:00 GMT", "2027-01-01T00:00:00Z", True),
        ("Fri, 01 Jan 2027 00:00:00 GMT", "2028-01-01T00:00:00Z", True),
        ("Fri, 01 Jan 2027 00:00:00 GMT", "2029-01-01T00:00:00Z", False),
        ("Fri, 01 Jan 2027 00:00:00 GMT", None, False),
    ],
)
def test_a_plan_and_its_date_may_be_of_two_years(date: str, launch: str | None, right: bool) -> None:
    """A plan that is made about New Year may tell the launch of either year, and of no other."""
    planned = exchange("plan", {"NextPeriodicLaunch": launch}, headers={"Date": date})
    assert (test_plan.new_year_after(planned) == launch) == right
