"""A world with a data directory and one without get the same requests; restarts make no difference."""

import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.tables import by_id
from mockserver.cluster.tasks import TaskSelector
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.nomad_types import Job
from mockserver.slices import finish
from mockserver.worlds.world import World, create_world
from tests.cluster.test_invariants import JOB_IDS, crowded, jobs
from tests.properties import examples
from tests.storage.region import MANUAL, Kept, comparable, differences, kept, picture

NODES = st.sampled_from([0, 1])
TIMES = st.sampled_from([0, 0, 1, 1_500_000, SECOND // 10, SECOND, 5 * SECOND, 60 * SECOND])

_MANY = 100
"""Allocations. Every step compares all of them."""


def node_id(cluster: Cluster, number: int) -> str:
    """Return the ID of a node, or an unknown one when garbage collection took it."""
    nodes = by_id(cluster.state.nodes())
    return str(nodes[number]["ID"]) if number < len(nodes) else "gone"


class LockstepMachine(RuleBasedStateMachine):
    """Both worlds have two nodes, the same seed, and a manual clock."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.numbers = count()
        self.kept: Kept = kept(self.new_directory())
        self.memory: World = create_world(MANUAL)

    def new_directory(self) -> Path:
        """Return an empty directory."""
        return self.directory / str(next(self.numbers))

    def both(self, ask: Callable[[Cluster], Any]) -> None:
        """Ask both worlds, and let the kept one store what it did, as a reply would."""
        answers = []
        for world in (self.kept.world, self.memory):
            try:
                answers.append(ask(world.agent.local))
            except Refused as refusal:
                answers.append(refusal.text)
        assert answers[0] == answers[1]
        self.kept.keeper.flush()

    @initialize(begin=st.lists(jobs(), min_size=2, max_size=5), after=TIMES)
    def begin(self, begin: list[Job], after: int) -> None:
        """Start with something in both worlds."""
        for job in begin:
            self.register(job, after)

    @rule(job=jobs(), after=TIMES)
    def register(self, job: Job, after: int) -> None:
        """Register or update a job."""
        self.both(lambda cluster: cluster.register(job))
        self.pass_time(after)

    @rule(job_id=JOB_IDS, act=st.sampled_from(["deregister", "evaluate", "force", "dispatch"]), after=TIMES)
    def act(self, job_id: str, act: str, after: int) -> None:
        """Do anything else that can be asked of a job."""
        acts: dict[str, Callable[[Cluster], Any]] = {
            "deregister": lambda cluster: cluster.deregister(job_id),
            "evaluate": lambda cluster: cluster.evaluate(job_id),
            "force": lambda cluster: cluster.force(job_id),
            "dispatch": lambda cluster: cluster.dispatch(job_id, b"x", {}),
        }
        job = self.memory.agent.local.state.job(job_id)
        if act != "dispatch" or (job is not None and job["ParameterizedJob"] is not None):
            self.both(acts[act])
            self.pass_time(after)

    @rule(number=NODES, change=st.sampled_from(["drain", "work", "ready", "down"]), after=TIMES)
    def change_node(self, number: int, change: str, after: int) -> None:
        """Drain a node or end that, or take it down or up."""
        if change in {"ready", "down"}:
            self.both(lambda cluster: finish(cluster.nodes.set_status(node_id(cluster, number), change)))
        else:
            self.both(lambda cluster: finish(cluster.nodes.set_drain(node_id(cluster, number), change == "drain")))
        self.pass_time(after)

    @rule(times=st.sampled_from([None, 1, 2]), start_after=st.sampled_from([None, 0, 3 * SECOND]))
    def rule_over_tasks(self, times: int | None, start_after: int | None) -> None:
        """Make tasks start late, or never."""
        for world in (self.kept.world, self.memory):
            world.rules.add(TaskSelector(job="a*"), {"start_after": start_after}, times)
        self.kept.keeper.flush()

    @rule(nanoseconds=TIMES)
    def pass_time(self, nanoseconds: int) -> None:
        """Let time pass while there are few allocations; without any, what is due at once does not happen yet."""
        if nanoseconds and not crowded(self.memory.agent.local.state, _MANY):
            for world in (self.kept.world, self.memory):
                world.clock.advance(nanoseconds)
            self.kept.keeper.flush()

    @rule()
    def collect_garbage(self) -> None:
        """Collect garbage."""
        self.both(lambda cluster: finish(cluster.collect_garbage()))

    @rule(kill=st.booleans())
    def start_again(self, kill: bool) -> None:
        """Stop or kill the mock, and start it again."""
        if kill:
            self.kept = self.kept.killed(self.new_directory())
        else:
            self.kept.stopped()
            self.kept = kept(self.kept.directory)

    @rule()
    def come_to_rest(self) -> None:
        """Let what is due at once happen; then both worlds are the same."""
        for world in (self.kept.world, self.memory):
            world.clock.advance(0)
        self.kept.keeper.flush()
        assert not differences(picture(self.kept.world), picture(self.memory))

    @invariant()
    def all_is_stored(self) -> None:
        """The stored rows are those of the region."""
        document = self.kept.database.document()
        assert document is not None
        stored = [comparable(region) for region in document["regions"]]
        assert not differences(stored, picture(self.kept.world)["regions"])

    def teardown(self) -> None:
        """Check that both worlds are the same after a last restart."""
        try:
            self.start_again(kill=True)
            self.come_to_rest()
        finally:
            self.kept.stopped()
            shutil.rmtree(self.directory)


TestLockstep = LockstepMachine.TestCase
TestLockstep.settings = examples(0.2, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow])
