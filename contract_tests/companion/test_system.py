"""PUT /v1/system/gc: garbage collection (observed on 0.5.4)."""

import time

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.client.safe_writes import COLLECTION
from contract_tests.findings import NotOffered
from contract_tests.statements import states
from contract_tests.suite import verify
from contract_tests.suite.run import RUN


@pytest.fixture
def collected(request: pytest.FixtureRequest) -> Query:
    """Return the region whose garbage may be collected, as a query: another than the tests', if there is one."""
    run = request.config.stash[RUN]
    if run.worker and not run.settings.other_region:
        raise NotOffered("would collect what other workers' tests still look at: run without -n")
    return {"region": run.settings.other_region or run.settings.region}


@states("companion.system.collects-garbage")
@pytest.mark.usefixtures("running")
def test_garbage_is_collected(nomad: Nomad, factory: JobFactory, collected: Query) -> None:
    """On PUT the evaluations of a job that is gone are soon forgotten; a job that is there stays."""
    statement = "companion.system.collects-garbage"
    gone, kept = factory.idle(nomad.new_id()), factory.service(nomad.new_id())
    try:
        nomad.register(kept, query=collected)
        told = nomad.register(gone, query=collected).json["EvalID"]
        nomad.act("deregister", gone["ID"], None, method="DELETE", query=collected)
        limit = nomad.patience.deadline("collecting")
        found = nomad.companion(f"/v1/evaluation/{told}", collected)
        verify.equal(statement, found, found.status, 200)
        while found.status == 200 and time.monotonic() < limit:
            done = nomad.send("companion", "PUT", COLLECTION, query=collected)
            verify.equal(statement, done, (done.status, done.text), (200, ""))
            time.sleep(0.02)
            found = nomad.companion(f"/v1/evaluation/{told}", collected)
        verify.refused(statement, found, 404, "eval not found")
        verify.ok(statement, nomad.job(kept["ID"], collected))
        left = nomad.evaluations(kept["ID"], collected)
        waiting = [one["Status"] for one in verify.listed(statement, left)]
        verify.that(statement, left, "blocked" in waiting, "the evaluation that waits for room", waiting)
    finally:
        for job in (gone, kept):
            nomad.act("deregister", job["ID"], None, method="DELETE", query=collected)
