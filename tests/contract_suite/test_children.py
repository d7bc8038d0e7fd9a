"""Finding the children that a periodic job was launched as."""

from typing import TYPE_CHECKING, Any, cast

from contract_tests.client.exchange import Exchange
from contract_tests.job.test_periodic_force import listed_children
from tests.contract_suite.made import exchange

if TYPE_CHECKING:
    from contract_tests.client.nomad import Nomad

CHILD = "parent/periodic-1500000000"


class _Later:
    """A client of a server that lists evaluations by the whole job ID only, as Nomad does since 0.5.6."""

    def __init__(self) -> None:
        self.own = self
        self.claimed: tuple[str, ...] = ()

    def evaluations(self, job_id: str) -> Exchange:
        return exchange("evaluations", [{"JobID": CHILD}] if job_id == CHILD else [])

    def companion(self, target: str, query: dict[str, Any]) -> Exchange:
        assert (target, query) == ("/v1/jobs", {"prefix": "parent/periodic-"})
        return exchange("companion", [{"ID": CHILD}])

    def claim(self, *job_ids: str) -> None:
        self.claimed += job_ids


def test_children_are_found_where_evaluations_are_listed_by_the_whole_id() -> None:
    """The list of jobs tells of the children whose evaluations no beginning of an ID finds; they are cleaned up."""
    nomad = _Later()
    found, listed = listed_children(cast("Nomad", nomad), "parent")
    assert (found.operation, listed, nomad.claimed) == ("companion", [CHILD], (CHILD,))
