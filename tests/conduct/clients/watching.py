"""Clients that watch in a wrong way."""

import contextlib
import time

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import breaks


def _changes(agent: Agent, times: int) -> None:
    """Change the job, so that its index moves."""
    for priority in range(times):
        agent.register(example_job("web", Priority=60 + priority))


@breaks("conduct.watch.index-goes-on")
def keeps_the_first_index(agent: Agent) -> None:
    """Wait with the index of the first reply for ever."""
    agent.register(example_job("web"))
    first = agent.get("/v1/job/web").index
    for _ in range(3):
        _changes(agent, 1)
        agent.get(f"/v1/job/web?index={first}&wait=1s")
        time.sleep(0.05)


@breaks("conduct.watch.index-goes-on")
def is_one_index_behind(agent: Agent) -> None:
    """Take over an index only after the next reply."""
    agent.register(example_job("web"))
    before = now = agent.get("/v1/job/web").index
    for number in range(4):
        agent.register(example_job("web", Priority=60 + number))
        before, now = now, agent.get(f"/v1/job/web?index={before}&wait=1s").index


@breaks("conduct.watch.index-goes-back", {"kind": "index-reset", "by": 1000, "nth": 3})
def keeps_the_highest_index(agent: Agent) -> None:
    """Take the maximum of the indexes."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    for _ in range(3):
        index = max(index, agent.get(f"/v1/job/web?index={index}&wait=100ms").index)


@breaks("conduct.watch.index-back-to-0", {"kind": "index-reset", "by": 1000, "nth": 3})
def goes_on_with_the_lower_index(agent: Agent) -> None:
    """Go on where a restored server stands, without looking at the whole again."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    for _ in range(3):
        index = agent.get(f"/v1/job/web?index={index}&wait=100ms").index


@breaks("conduct.watch.index-from-a-reply")
def counts_the_index_itself(agent: Agent) -> None:
    """Expect that an index moves by one hundred."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    for step in (100, 200):
        agent.get(f"/v1/job/web?index={index + step}&wait=100ms")


@breaks("conduct.watch.index-from-a-reply")
def begins_with_1(agent: Agent) -> None:
    """Use 1 for whatever it does not know yet."""
    agent.register(example_job("web"))
    agent.get("/v1/job/web?index=1&wait=1s")


@breaks("conduct.watch.index-of-the-resource")
def waits_with_the_modify_index_of_an_element(agent: Agent) -> None:
    """Take the index of the list from its only element, where the list has a later one."""
    for name in ("web", "db"):
        agent.register(example_job(name))
        while not agent.get(f"/v1/job/{name}/allocations").json:
            time.sleep(0.03)
    oldest = min(each["CreateIndex"] for each in agent.get("/v1/jobs").json)
    agent.get(f"/v1/job/web/allocations?index={oldest}&wait=100ms")


@breaks("conduct.watch.index-not-0")
def waits_without_an_index(agent: Agent) -> None:
    """Send wait and believe that this is enough."""
    agent.register(example_job("web"))
    for _ in range(5):
        agent.get("/v1/job/web?wait=5s")
        time.sleep(0.03)


@breaks("conduct.watch.index-not-0")
def begins_each_time_with_0(agent: Agent) -> None:
    """Send index=0 each time."""
    agent.register(example_job("web"))
    for _ in range(5):
        agent.get("/v1/job/web?index=0&wait=5s")
        time.sleep(0.03)


@breaks("conduct.watch.read-timeout")
def gives_up_before_the_wait_is_over(agent: Agent) -> None:
    """Have a read timeout that is shorter than wait."""
    agent.register(example_job("web"))
    index = _settled(agent)
    hasty = agent.another(timeout=0.2)
    for _ in range(2):
        with contextlib.suppress(TimeoutError):
            hasty.get(f"/v1/job/web?index={index}&wait=10s")


@breaks("conduct.watch.read-timeout")
def gives_up_before_the_default_wait_is_over(agent: Agent) -> None:
    """Wait without wait, which means five minutes, with the read timeout of other requests."""
    agent.register(example_job("web"))
    index = _settled(agent)
    hasty = agent.another(timeout=0.2)
    for _ in range(3):
        with contextlib.suppress(TimeoutError):
            hasty.get(f"/v1/job/web?index={index}")


def _settled(agent: Agent) -> int:
    """Return the index of the job once nothing more changes by itself."""
    while agent.get("/v1/job/web/summary").json["Summary"]["g"]["Running"] == 0:
        time.sleep(0.03)
    return agent.get("/v1/job/web").index


@breaks("conduct.watch.wait-is-a-duration")
def leaves_out_the_unit(agent: Agent) -> None:
    """Send seconds as a bare number."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    agent.get(f"/v1/job/web?index={index}&wait=10")


@breaks("conduct.watch.wait-is-a-duration")
def writes_a_duration_in_iso_8601(agent: Agent) -> None:
    """Send PT10S, as other systems have it."""
    agent.register(example_job("web"))
    agent.get(f"/v1/job/web?index={agent.get('/v1/job/web').index}&wait=PT10S")


@breaks("conduct.watch.wait-within-limit")
def wants_to_wait_for_an_hour(agent: Agent) -> None:
    """Ask for more than there is."""
    agent.register(example_job("web"))
    agent.register(example_job("web", Priority=70))
    first = agent.get("/v1/job/web").index
    agent.register(example_job("web", Priority=71))
    agent.get(f"/v1/job/web?index={first}&wait=1h")


@breaks("conduct.watch.index-is-decimal")
def writes_an_index_as_a_float(agent: Agent) -> None:
    """Print a floating-point number."""
    agent.register(example_job("web"))
    agent.get(f"/v1/job/web?index={float(agent.get('/v1/job/web').index)}&wait=1s")


@breaks("conduct.watch.index-is-decimal")
def sends_an_empty_index(agent: Agent) -> None:
    """Fill nothing into the parameter."""
    agent.register(example_job("web"))
    agent.get("/v1/job/web?index=&wait=1s")
