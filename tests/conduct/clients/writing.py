"""Clients that write what they should not."""

import contextlib
import http.client

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import breaks


def _lost(operation: str) -> dict[str, object]:
    return {"kind": "drop", "carried_out": True, "match": {"operation": operation}, "times": 1}


@breaks("conduct.enforce.index-that-was-read")
def enforces_the_modify_index(agent: Agent) -> None:
    """Take the other one of two numbers."""
    agent.register(example_job("web"))
    while (job := agent.get("/v1/job/web").json)["ModifyIndex"] == job["JobModifyIndex"]:
        agent.get(f"/v1/job/web?index={job['ModifyIndex']}&wait=1s")
    agent.register(example_job("web"), EnforceIndex=True, JobModifyIndex=job["ModifyIndex"])


@breaks("conduct.enforce.index-that-was-read")
def enforces_a_guess(agent: Agent) -> None:
    """Expect that one write moves the index by one."""
    index = agent.register(example_job("web")).json["JobModifyIndex"]
    agent.register(example_job("web"), EnforceIndex=True, JobModifyIndex=index + 1)


@breaks("conduct.enforce.switched-on")
def forgets_to_switch_enforcing_on(agent: Agent) -> None:
    """Send the index alone."""
    index = agent.register(example_job("web")).json["JobModifyIndex"]
    agent.register(example_job("web"), JobModifyIndex=index)


@breaks("conduct.enforce.reads-after-conflict")
def overwrites_after_a_conflict(agent: Agent) -> None:
    """Write without the check when the check fails."""
    agent.register(example_job("web"))
    if agent.register(example_job("web", Priority=70), EnforceIndex=True, JobModifyIndex=0).status == 500:
        agent.register(example_job("web", Priority=70))


@breaks("conduct.write.not-repeated-blindly", _lost("dispatch"))
def dispatches_again_after_a_lost_connection(agent: Agent) -> None:
    """Make two children of one."""
    agent.register(example_job("work", Type="batch", ParameterizedJob={"Payload": "optional"}))
    for _ in range(2):
        with contextlib.suppress(http.client.HTTPException, OSError):
            agent.put("/v1/job/work/dispatch", {"Meta": {}})


@breaks("conduct.write.not-repeated-blindly", _lost("register"))
def registers_again_after_a_lost_connection(agent: Agent) -> None:
    """Write an older job over what may be a newer one by then."""
    for _ in range(2):
        with contextlib.suppress(http.client.HTTPException, OSError):
            agent.register(example_job("web"))


@breaks("conduct.write.not-repeated-blindly", {"kind": "hang", "match": {"operation": "evaluate"}, "times": 1})
def evaluates_again_after_a_read_timeout(agent: Agent) -> None:
    """Take a slow reply for a lost request."""
    agent.register(example_job("web"))
    hasty = agent.another(timeout=0.2)
    for _ in range(2):
        with contextlib.suppress(http.client.HTTPException, OSError):
            hasty.put("/v1/job/web/evaluate")


@breaks("conduct.write.not-read-stale")
def reads_stale_what_it_has_written(agent: Agent) -> None:
    """Look with stale whether the job is there."""
    agent.register(example_job("web"))
    agent.get("/v1/job/web?stale")


@breaks("conduct.write.not-read-stale")
def lists_stale_what_it_has_written(agent: Agent) -> None:
    """Look into a stale list for the job."""
    agent.register(example_job("web"))
    agent.get("/v1/jobs?stale&prefix=web")
