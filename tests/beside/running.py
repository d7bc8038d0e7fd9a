"""Lives with tasks that run: jobs that fit the agent's node are registered, changed and stopped; the node is drained.

The agent really starts their programs (``sleep``, ``true`` and ``false``), with its driver ``raw_exec``.
"""

import random
import time
from collections.abc import Iterator
from urllib.parse import quote

from tests.attack.steps import Life, Request
from tests.attack.verdicts import Reply
from tests.beside.jobs import Jobs
from tests.beside.likeness import LikenessOfTasks
from tests.beside.lives import reads_after
from tests.beside.names import PREFIX, TOKEN
from tests.beside.playing import Over, Pair

_JOBS = [f"{PREFIX}{TOKEN}-{each}" for each in "pq"]
_PATIENCE = 25.0
"""Seconds in which tasks start or stop."""
_REPORTED = 0.35
"""Seconds within which a client reports what happened to a task: it does so five times a second."""


def life(seed: int, number: int) -> Life:
    """Return the life of this number."""
    rng = random.Random(f"tasks/{seed}/{number}")
    jobs = Jobs(rng, _JOBS)
    steps = (jobs.request() if rng.random() < 0.95 else _drain(rng) for _ in range(rng.choice((4, 8, 12))))
    return Life(f"{seed}/{number}", 1, ("global",), False, False, tuple(steps))


def _drain(rng: random.Random) -> Request:
    return Request("PUT", f"/v1/node/{{node:0}}/drain?enable={rng.choice(('true', 'false'))}")


class PairWithTasks(Pair):
    """Two servers on which tasks run."""

    def clean(self) -> None:
        """Remove our jobs from the agent, and wait until their tasks have ended."""
        node = self.agent.read("/v1/nodes")[0]
        if node["Drain"]:
            self.agent.ask(Request("PUT", f"/v1/node/{node['ID']}/drain?enable=false"))
        self.agent.deregister(PREFIX)
        self._wait()
        self.agent.collect_garbage()

    def _begin(self) -> None:
        super()._begin()
        self._likenesses = LikenessOfTasks(0), LikenessOfTasks(0)

    def _settle(self) -> None:
        if not self._wait():
            raise Over("lives that did not come to rest")

    def _afterwards(self, _request: Request) -> Iterator[tuple[Request, Reply, Reply]]:
        for job_id in _JOBS:
            path = f"/v1/job/{quote(job_id.replace(TOKEN, self.token))}"
            yield from map(self._both, reads_after(Request("PUT", path)))

    def _wait(self) -> bool:
        """Wait until no task starts or stops, as far as the servers know, and return whether that came about."""
        until = time.monotonic() + _PATIENCE
        for server in (self.mock, self.agent):
            entries, before = -1, -2
            while not server.is_still() or entries != before:
                if time.monotonic() > until:
                    return False
                time.sleep(_REPORTED)
                entries, before = server.applied(), entries
        return True
