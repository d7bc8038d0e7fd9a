"""Clients that ask too much of a server."""

import time

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import breaks


@breaks("conduct.load.no-busy-loop")
def asks_in_a_busy_loop(agent: Agent) -> None:
    """Wait for a job that is not there, without a pause."""
    for _ in range(60):
        agent.get("/v1/job/web")


@breaks("conduct.load.no-busy-loop")
def asks_with_an_old_index_in_a_busy_loop(agent: Agent) -> None:
    """Take the index once, of another reply, and never again: each query returns at once."""
    agent.register(example_job("web"))
    while agent.get("/v1/job/web/summary").json["Summary"]["g"]["Running"] == 0:
        time.sleep(0.03)
    created = agent.get("/v1/job/web").json["CreateIndex"]
    for _ in range(60):
        agent.get(f"/v1/job/web?index={created}&wait=1s")


@breaks("conduct.load.blocks-instead-of-polling")
def polls(agent: Agent) -> None:
    """Ask at intervals."""
    for _ in range(12):
        agent.get("/v1/job/web")
        time.sleep(0.03)


@breaks("conduct.errors.back-off", {"kind": "status", "status": 503})
def tries_again_at_once(agent: Agent) -> None:
    """Send a failed request again without a pause."""
    for _ in range(20):
        agent.get("/v1/jobs")


@breaks("conduct.errors.retry-after", {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 1})
def ignores_retry_after(agent: Agent) -> None:
    """Come again too early."""
    agent.get("/v1/jobs")
    time.sleep(0.1)
    agent.get("/v1/jobs")


@breaks("conduct.connection.is-reused")
def opens_a_connection_for_each_request(agent: Agent) -> None:
    """Make a client for each request."""
    for number in range(30):
        one = agent.another()
        one.get(f"/v1/job/web-{number}")
        one.close()


@breaks("conduct.compression.well-formed")
def gives_a_level_of_compression(agent: Agent) -> None:
    """Send a parameter that Accept-Encoding does not have."""
    agent.get("/v1/jobs", Accept_Encoding="gzip;level=9")


@breaks("conduct.compression.asked-for")
def never_accepts_gzip(agent: Agent) -> None:
    """Read much, and all of it as it is."""
    for number in range(12):
        agent.get(f"/v1/job/web-{number}", Accept_Encoding="identity")
