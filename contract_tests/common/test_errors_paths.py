"""Paths that lead nowhere, name no job, or are not clean."""

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.suite import verify


@states("common.errors.no-such-route")
@pytest.mark.parametrize("target", ["/", "/v1/nomad-contract", "/v2/job/x", "/V1/job/x", "/v1/Job/x"])
def test_paths_outside_the_api(nomad: Nomad, target: str) -> None:
    """A path that is no part of the API is answered with 404 as by any Go server."""
    done = nomad.send("other", "GET", target)
    verify.refused("common.errors.no-such-route", done, 404, "404 page not found\n")


@states("common.errors.empty-id")
def test_paths_without_an_id(nomad: Nomad) -> None:
    """Without an ID there is no job, whatever follows; without its last slash the path is redirected."""
    statement = "common.errors.empty-id"
    for path in ("/v1/job/", "/v1/job/evaluations", "/v1/job/allocations", "/v1/job/summary", "/v1/job/plan"):
        verify.refused(statement, nomad.send("query", "GET", path), 404, "job not found")
    done = nomad.send("other", "GET", "/v1/job")
    verify.equal(statement, done, (done.status, done.reply_headers.get("Location")), (301, "/v1/job/"))


CLEAN = {
    "/v1/job//{}": "/v1/job/{}",
    "/v1/job/{}//summary": "/v1/job/{}/summary",
    "/v1/job//{}/": "/v1/job/{}/",
    "/v1/job/%2E/{}": "/v1/job/{}",
    "/v1/job/{}/%2E": "/v1/job/{}",
    "/v1/job/{}/%2E%2E": "/v1/job/",
    "/v1/job/x/%2e%2e/{}": "/v1/job/{}",
    "/v1/job/{}%2F%2Fsummary": "/v1/job/{}/summary",
    "/v1//job/{}%20%C3%A9": "/v1/job/{}%20%C3%A9",
    "/v1//job/{}%2B+%22;": "/v1/job/{}++%22;",
    "/v1//job/{}?pretty&wait=%31s": "/v1/job/{}?pretty&wait=%31s",
}
"""Paths that are not clean, and their targets; dots are escaped, because clients clean plain ones themselves."""


@states("common.errors.path-is-cleaned")
@pytest.mark.parametrize("unclean", CLEAN)
def test_unclean_paths_are_redirected(nomad: Nomad, unclean: str) -> None:
    """Doubled slashes and dots are answered with a redirect to the clean path, whether there is such a job or not."""
    job_id = nomad.new_id()
    target, clean = unclean.format(job_id), CLEAN[unclean].format(job_id)
    page = f'<a href="{clean.replace("&", "&amp;")}">Moved Permanently</a>.\n\n'
    verify_redirect(nomad.send("other", "GET", target), clean, page)


@states("common.errors.path-is-cleaned")
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_writes_to_unclean_paths_are_redirected(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A write to an unclean path is redirected without a page, and nothing is done."""
    job = factory.idle(nomad.new_id())
    verify.ok("job.register.creates", nomad.register(job))
    clean = f"/v1/job/{job['ID']}/evaluate"
    verify_redirect(nomad.send("other", method, clean.replace("/evaluate", "//evaluate")), clean, "")
    verify_redirect(nomad.send("other", method, f"/v1/job/{job['ID']}/%2E"), f"/v1/job/{job['ID']}", "")
    found = verify.ok("common.errors.path-is-cleaned", nomad.evaluations(job["ID"]))
    verify.equal("common.errors.path-is-cleaned", found, len(found.json), 1)


def verify_redirect(done: Exchange, clean: str, page: str) -> None:
    """Require that this is a redirect to the clean path, with this page."""
    shown = (done.status, done.reply_headers.get("Location"), done.text)
    verify.equal("common.errors.path-is-cleaned", done, shown, (301, clean, page))
