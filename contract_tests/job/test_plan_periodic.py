"""PUT and POST /v1/job/<ID>/plan: when a periodic job would be launched next."""

import re
from datetime import datetime

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.waiting import told_time
from contract_tests.job.test_plan import ZERO_TIME, launches_at
from contract_tests.statements import states
from contract_tests.suite import verify

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SPECS = {
    "15 10 * * 1 2098": "2098-01-06T10:15:00Z",
    "15 10 ? * MON-FRI 2098": "2098-01-01T10:15:00Z",
    "0 12 * * sun 2098": "2098-01-05T12:00:00Z",
    "0 0 7 1 7 2098": "2098-01-05T00:00:00Z",
    "0 0 1 1 0 2098": "2098-01-01T00:00:00Z",
    "0 0 ? JAN WED 2098": "2098-01-01T00:00:00Z",
    "0 0 ? 2 thursday 2098": "2098-02-06T00:00:00Z",
    "59 23 31 december * 2098": "2098-12-31T23:59:00Z",
    "0 0 L 2 * 2096": "2096-02-29T00:00:00Z",
    "0 0 L 2 * 2097": "2097-02-28T00:00:00Z",
    "0 0 15W 6 * 2098": "2098-06-16T00:00:00Z",
    "0 0 15W 8 * 2098": "2098-08-15T00:00:00Z",
    "0 0 LW 8 * 2098": "2098-08-29T00:00:00Z",
    "0 0 * * 5L 2098": "2098-01-31T00:00:00Z",
    "0 0 * * 1#2 2098": "2098-01-13T00:00:00Z",
    "*/15 9-17 * 3 * 2098": "2098-03-01T09:00:00Z",
    "20/20 3 1 1 * 2098": "2098-01-01T03:20:00Z",
    "35,5 7-9 2 1 * 2098": "2098-01-02T07:05:00Z",
    "0 0 */10 5 * 2098": "2098-05-01T00:00:00Z",
    "0 0 * 6-8/2 6 2098": "2098-06-07T00:00:00Z",
    "0 0 30 2/3 * 2098": "2098-05-30T00:00:00Z",
    "0 0 31 4-12/2 * 2098": "2098-08-31T00:00:00Z",
    "0 0 31 */4,2 * 2098": "2098-01-31T00:00:00Z",
    "0 0 13 * 5 2098": "2098-01-03T00:00:00Z",
    "0 0 1-7 * mon 2098": "2098-01-01T00:00:00Z",
    "30 0 12 1 1 ? 2098": "2098-01-01T12:00:30Z",
    "0 0 12 1 1 ? 2098": "2098-01-01T12:00:00Z",
    "7 59 23 31 12 * 2098": "2098-12-31T23:59:07Z",
    "59 58 22 30 11 * 2098": "2098-11-30T22:58:59Z",
    "0 0 1 1 * 2098-2099": "2098-01-01T00:00:00Z",
    "0 0 1 1 * 2099,2097": "2097-01-01T00:00:00Z",
    "0 0 1 february * 2098": "2098-02-01T00:00:00Z",
    "0 0 1 JANUARY * 2098": "2098-01-01T00:00:00Z",
    "0 0 ? 3 Monday 2098": "2098-03-03T00:00:00Z",
    "0 0 ? march tuesday 2098": "2098-03-04T00:00:00Z",
    "0 0 ? august saturday 2098": "2098-08-02T00:00:00Z",
    "0 0 ? 3 sunday,wednesday 2098": "2098-03-02T00:00:00Z",
    "0 0 * * 1#5 2098": "2098-03-31T00:00:00Z",
    "0 0 * 2 1#4,3#2 2098": "2098-02-12T00:00:00Z",
    "0 0 * * 7L 2098": "2098-01-26T00:00:00Z",
    "0 0 1W 3 * 2098": "2098-03-03T00:00:00Z",
    "0 0 31W 5 * 2098": "2098-05-30T00:00:00Z",
    "0 0 L,LW 3 * 2098": "2098-03-31T00:00:00Z",
    "0 0 29W 2 * 2096": "2096-02-29T00:00:00Z",
    "0 0 0 1 1 * 2098 ignored": "2098-01-01T00:00:00Z",
    "0 0 * * fri-mon 2098": ZERO_TIME,
    "0 0 29 2 * 2098,2099": ZERO_TIME,
    "0 0 31 4 * *": ZERO_TIME,
    "0 0 1 1 * 2020": ZERO_TIME,
}


ALIASES = {"@annually": "-01-01T00:00:00Z", "@monthly": "-01T00:00:00Z", "@weekly": "T00:00:00Z", "@hourly": ":00:00Z"}
"""How the next launch of an alias ends."""


@states("job.plan.cron-specs")
def test_what_aliases_mean(nomad: Nomad, factory: JobFactory) -> None:
    """The names of specs stand for the first moment of the next year, month, week, day and hour."""
    for alias, end in {**ALIASES, "@daily": ALIASES["@weekly"]}.items():
        planned = verify.ok("job.plan.cron-specs", nomad.plan(factory.periodic(nomad.new_id(), alias), diff=False))
        launch = planned.json["NextPeriodicLaunch"]
        ends_well = launch.endswith(end) and launch != ZERO_TIME
        verify.that("job.plan.cron-specs", planned, ends_well, f"{alias}: …{end}", launch)


@states("job.plan.cron-specs")
def test_a_week_begins_on_sunday(nomad: Nomad, factory: JobFactory) -> None:
    """The name of a weekly spec stands for the first moment of the next Sunday."""
    planned = verify.ok("job.plan.cron-specs", nomad.plan(factory.periodic(nomad.new_id(), "@weekly"), diff=False))
    told = planned.json["NextPeriodicLaunch"]
    verify.that("job.plan.cron-specs", planned, MOMENT.fullmatch(told) is not None, "a moment in UTC", told)
    launch = datetime.fromisoformat(told)
    left = (launch - told_time(planned)).total_seconds() / 86_400
    verify.that("job.plan.cron-specs", planned, launch.isoweekday() == 7 and -1 < left <= 7, "Sunday", launch)


@states("job.plan.next-periodic-launch", "job.plan.next-periodic-launch-in-utc", "job.plan.no-launch-while-disabled")
def test_the_next_launch_is_that_of_the_job_submitted(nomad: Nomad, factory: JobFactory) -> None:
    """A plan tells when the job would be launched that is planned, whatever is stored."""
    statement = "job.plan.next-periodic-launch"
    job = factory.periodic(nomad.new_id(), "0 0 1 1 * 2098")
    verify.ok("job.register.creates", nomad.register(job))
    off = {**job["Periodic"], "Enabled": False}
    changes = {"2098-01-01T00:00:00Z": job["Periodic"], "2099-03-01T00:00:00Z": {**job["Periodic"], "Spec": LATER}}
    for expected, rules in changes.items():
        launches_at(statement, verify.ok(statement, nomad.plan({**job, "Periodic": rules})), expected)
    statement = "job.plan.no-launch-while-disabled"
    for rules in (off, None):  # that a job may cease to be periodic is not promised, either
        planned = verify.ok(statement, nomad.plan({**job, "Periodic": rules}))
        verify.equal(statement, planned, planned.json["NextPeriodicLaunch"], ZERO_TIME)


LATER = "0 0 1 3 * 2099"


@states("job.plan.cron-specs")
def test_what_specs_mean(nomad: Nomad, factory: JobFactory) -> None:
    """The next launch is the first time that a spec allows, or the zero time when it allows no time."""
    for spec, expected in SPECS.items():
        planned = verify.ok("job.plan.cron-specs", nomad.plan(factory.periodic(nomad.new_id(), spec), diff=False))
        launch = planned.json["NextPeriodicLaunch"]
        verify.that("job.plan.cron-specs", planned, launch == expected, f"{spec}: {expected}", launch)
