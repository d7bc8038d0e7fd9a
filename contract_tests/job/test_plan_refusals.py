"""PUT and POST /v1/job/<ID>/plan: jobs that are refused."""

import pytest

from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.durations import SECOND
from contract_tests.job.test_register_refusals import CASES
from contract_tests.statements import states
from contract_tests.strategies.problems import Invalid
from contract_tests.suite import verify


@states("job.plan.unknown-type")
def test_a_type_that_no_scheduler_knows(nomad: Nomad, factory: JobFactory) -> None:
    """A job of an unknown type is valid, if it has a restart policy, and cannot be planned for lack of a scheduler."""
    statement = "job.plan.unknown-type"
    policy = {"Attempts": 1, "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "fail"}
    for kind in ("foo", "Service"):
        job = factory.service(nomad.new_id(), Type=kind, TaskGroups=[group("g", Count=0, RestartPolicy=policy)])
        verify.refused(statement, nomad.plan(job), 500, f"unknown scheduler '{kind}'")


@states("job.plan.refuses-as-register")
@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.statement.rpartition('.')[2]} {case.name}") for case in CASES]
)
def test_a_plan_of_an_invalid_job_is_refused(nomad: Nomad, factory: JobFactory, case: Invalid) -> None:
    """A plan of a job that is invalid in one way is refused with the text for it, with a diff or without."""
    job = case.of(factory.service(nomad.new_id()))
    for diff in (True, False):
        planned = nomad.act("plan", job["ID"], {"Job": job, "Diff": diff}, query={"region": factory.region})
        fits = planned.status == 500 and case.says(planned.text)
        expected = f"500 {case.text}"
        verify.that("job.plan.refuses-as-register", planned, fits, expected, f"{planned.status} {planned.text}")
