"""Invariants of a region, whatever is asked of it in whatever order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mockserver.cluster import summaries
from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.load import Load
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.state import State
from mockserver.cluster.tables import is_live, is_open
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Allocation, Job, Node
from tests.properties import examples

JOB_IDS = st.sampled_from(["a", "ab", "A", "b", "p", "q"])
PARAMETERIZED = {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}
PERIODIC = {"Enabled": True, "ProhibitOverlap": True, "Spec": "*/2 * * * *", "SpecType": "cron"}
KINDS: dict[str, dict[str, Any]] = {
    "service": {"Type": "service"},
    "batch": {"Type": "batch"},
    "system": {"Type": "system"},
    "rolling": {"Type": "service", "Update": {"MaxParallel": 1, "Stagger": 10 * SECOND}},
    "parameterized": {"Type": "batch", "ParameterizedJob": PARAMETERIZED},
    "periodic": {"Type": "batch", "Periodic": PERIODIC},
}
_MANY = 300
COMMANDS = [["sleep", "3"], ["false"], ["true"], ["/bin/server"], ["sh", "-c", "sleep 40; exit 1"]]


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    """Generate a valid job of any kind, often too big for the node."""
    command, *arguments = draw(st.sampled_from(COMMANDS))
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    megahertz = draw(st.sampled_from([20, 500, 4_000, 90_000]))
    port = draw(st.sampled_from([None, 8080]))
    networks = port and [
        {
            "CIDR": "",
            "Device": "",
            "DynamicPorts": None,
            "IP": "",
            "MBits": 1,
            "ReservedPorts": [{"Label": "p", "Value": port}],
        }
    ]
    resources = {"CPU": megahertz, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": networks}
    task = a_task(Config={"command": command, "args": arguments}, Resources=resources)
    policy = {"Attempts": draw(st.integers(0, 2)), "Delay": SECOND, "Interval": 60 * SECOND, "Mode": "fail"}
    count = draw(st.integers(0, 3))
    group = a_group(task, Count=min(count, 1) if kind["Type"] == "system" else count, RestartPolicy=policy)
    return a_job(group, ID=draw(JOB_IDS), Priority=draw(st.sampled_from([1, 50, 100])), **kind)


def crowded(state: State, many: int) -> bool:
    """Return whether there are too many allocations: a test that goes on would take too long.

    A service whose tasks end at once gets about five new ones a second while other work waits for its place.
    """
    return len(list(state.allocations())) >= many


def on(node: Node, allocation: Allocation) -> bool:
    """Return whether the allocation is on the node."""
    return bool(allocation["NodeID"] == node["ID"])


def parts(load: Load) -> tuple[object, ...]:
    """Return everything that is summed up in a load."""
    network = load.network
    return load.amounts, load.jobs, load.groups, network.bandwidth, network.ports, network.contested


class RegionMachine(RuleBasedStateMachine):
    """A region with two nodes on a manual clock."""

    def __init__(self) -> None:
        super().__init__()
        ids = RandomSource(3)
        self.clock = ManualClock()
        self.cluster = Cluster(region="global", clock=self.clock, ids=ids, nodes=simulated_nodes(2, ids=ids))
        self.state = self.cluster.state
        self.last_index = self.state.index

    @rule(job=jobs())
    def register(self, job: Job) -> None:
        """Register or update a job."""
        written = self.cluster.register(job)
        stored = self.state.job(job["ID"])
        assert stored is not None
        assert stored["JobModifyIndex"] == written.job_index > self.last_index

    @rule(job=jobs())
    def plan(self, job: Job) -> None:
        """Plan a job, which leaves no trace."""
        before = self.picture()
        finish(self.cluster.plan(job))
        assert self.picture() == before

    @rule(job_id=JOB_IDS)
    def deregister(self, job_id: str) -> None:
        """Deregister a job, which is gone afterwards."""
        self.cluster.deregister(job_id)
        assert self.state.job(job_id) is None
        assert self.state.summary(job_id) is None

    @rule(job_id=JOB_IDS)
    def evaluate(self, job_id: str) -> None:
        """Evaluate a job; a refusal changes nothing."""
        before = self.state.index
        try:
            self.cluster.evaluate(job_id)
        except Refused:
            assert self.state.index == before

    @rule(job_id=JOB_IDS)
    @precondition(lambda self: any(job["ParameterizedJob"] for job in self.state.jobs()))
    def dispatch(self, job_id: str) -> None:
        """Dispatch a child, which is a job of its own under its parent."""
        parent = self.state.job(job_id)
        if parent is not None and parent["ParameterizedJob"] is not None:
            child = self.state.job(self.cluster.dispatch(job_id, b"x", {}).job_id)
            assert child is not None
            assert child["ParentID"] == parent["ID"]

    @rule(job_id=JOB_IDS)
    def force(self, job_id: str) -> None:
        """Force a launch, which only an enabled periodic job allows."""
        job = self.state.job(job_id)
        try:
            self.cluster.force(job_id)
        except Refused:
            assert job is None or job["Periodic"] is None

    @rule(seconds=st.sampled_from([0, 0, 1, 5, 60, 130]))
    @precondition(lambda self: not crowded(self.state, _MANY))
    def pass_time(self, seconds: int) -> None:
        """Let time pass while there are few allocations."""
        self.clock.advance(seconds * SECOND)

    @rule()
    def collect_garbage(self) -> None:
        """Collect garbage once the nodes have reported what is over.

        Before that a real agent forgets a stopped allocation too, and keeps counting it in the summary.
        """
        self.clock.advance(10 * SECOND)
        finish(self.cluster.collect_garbage())

    def picture(self) -> tuple[Any, ...]:
        """Return all that a client can see, and when the clock would act next."""
        state = self.state
        tables = [list(state.jobs()), list(state.evaluations()), list(state.allocations())]
        return (state.index, self.clock.next_event(), *tables)

    @invariant()
    def indexes_only_grow(self) -> None:
        """No object and no table is newer than the last entry."""
        assert self.state.index >= self.last_index
        self.last_index = self.state.index
        assert self.state.latest_index <= self.state.index
        for table in ([*self.state.jobs()], [*self.state.evaluations()], [*self.state.allocations()]):
            for each in table:
                assert 0 < each["CreateIndex"] <= each["ModifyIndex"] <= self.state.index

    @invariant()
    def summaries_say_what_allocations_say(self) -> None:
        """Starting and running allocations are counted right at every moment."""
        for job in self.state.jobs():
            summary = self.state.summary(job["ID"])
            assert summary is not None
            present = [
                each
                for each in self.state.allocations_of(job["ID"], all_instances=True)
                if each["Job"]["CreateIndex"] == summary["CreateIndex"]
            ]
            counted: Any = summaries.counted(present)
            groups: dict[str, Any] = {**summary["Summary"]}
            for name, counters in groups.items():
                expected = counted.get(name, {"Starting": 0, "Running": 0})
                assert (counters["Starting"], counters["Running"]) == (expected["Starting"], expected["Running"])
                assert all(value >= 0 for value in counters.values())

    @invariant()
    def children_are_counted(self) -> None:
        """A parent's summary counts every child."""
        for job in self.state.jobs():
            summary = self.state.summary(job["ID"])
            assert summary is not None
            children: Any = summary["Children"]
            assert all(number >= 0 for number in children.values())

    @invariant()
    def nodes_are_never_overfull(self) -> None:
        """The live allocations of a node fit it, ports included."""
        for node in self.state.nodes():
            live = list(self.state.allocations_on(node["ID"]))
            used = sum(task["CPU"] for each in live for task in each["TaskResources"].values())
            assert used <= node["Resources"]["CPU"]
            ports = [
                port["Value"]
                for each in live
                for task in each["TaskResources"].values()
                for network in task["Networks"] or []
                for port in network["ReservedPorts"] or []
            ]
            assert len(ports) == len(set(ports))

    @invariant()
    def loads_are_the_sums_of_what_nodes_carry(self) -> None:
        """The load that is kept for a node is the one that its live allocations have when they are added up anew."""
        for node in self.state.nodes():
            carried = self.state.carried_by(node["ID"])
            live = {each["ID"]: each for each in self.state.allocations() if on(node, each) and is_live(each)}
            assert carried.allocations == live
            assert parts(carried.load) == parts(Load(live.values()))

    @invariant()
    def status_follows(self) -> None:
        """A job with a live allocation is running; one with an open evaluation of its own is not dead."""
        for job in self.state.jobs():
            live = any(map(is_live, self.state.allocations_of(job["ID"], all_instances=True)))
            assert (job["Status"] == "running") >= live
            if any(is_open(each) and each["JobID"] == job["ID"] for each in self.state.evaluations_of(job["ID"])):
                assert job["Status"] != "dead"

    def teardown(self) -> None:
        """Check that everything settles: no evaluation stays pending but those that wait for their time."""
        self.clock.advance(SECOND)
        pending = [each for each in self.state.evaluations() if each["Status"] == "pending"]
        assert all(each["Wait"] > 0 for each in pending)


TestRegion = RegionMachine.TestCase
TestRegion.settings = examples(0.4, stateful_step_count=25)
