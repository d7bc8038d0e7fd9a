"""A server that is behind its leader."""

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.follower import Follower
from mockserver.cluster.random_source import RandomSource
from tests.builders import a_job, a_node


def _leader() -> Cluster:
    cluster = Cluster(region="global", clock=ManualClock(), ids=RandomSource(1), nodes=[a_node()])
    cluster.state.upsert_job(a_job(ID="a"))
    return cluster


def test_it_begins_with_what_its_leader_knows() -> None:
    """A follower begins with its leader's state, and stays the given lag behind."""
    leader = _leader()
    follower = Follower(leader, 2)
    index = leader.state.index
    leader.state.upsert_job(a_job(ID="b"))
    leader.state.upsert_job(a_job(ID="c"))
    assert (follower.cluster.state.index, follower.cluster.state.job("b")) == (index, None)
    leader.state.upsert_job(a_job(ID="d"))
    assert follower.cluster.state.index == index + 1
    assert follower.cluster.state.job("b") == leader.state.job("b")
    assert follower.cluster.state.table_index("jobs") == index + 1


def test_entries_without_a_change_count_too() -> None:
    """Entries that change no table count for the lag; a read catches up."""
    leader = _leader()
    follower = Follower(leader, 1)
    leader.state.upsert_job(a_job(ID="b"))
    leader.state.pass_index()
    assert follower.cluster.state.job("b") is None
    follower.catch_up()
    assert follower.cluster.state.job("b") is not None


def test_without_an_end_it_learns_nothing_more() -> None:
    """With an endless lag a follower learns nothing more."""
    leader = _leader()
    follower = Follower(leader, None)
    leader.state.upsert_job(a_job(ID="b"))
    follower.catch_up()
    assert follower.cluster.state.job("b") is None
    assert not leader.state.bus.listening
    follower.leave()


def test_it_can_leave() -> None:
    """A follower that left hears of no more changes."""
    leader = _leader()
    follower = Follower(leader, 0)
    follower.leave()
    leader.state.delete_job("a")
    assert follower.cluster.state.job("a") is not None


def test_it_wakes_who_waits_for_what_it_learns() -> None:
    """A query is woken when the follower learns of the change, not before."""
    leader = _leader()
    follower = Follower(leader, 1)
    woken: list[str] = []
    follower.cluster.state.watchers.subscribe(("job", "a"), lambda: woken.append("a"))
    leader.state.delete_job("a")
    assert woken == []
    leader.state.upsert_job(a_job(ID="b"))
    assert woken == ["a"]
    assert follower.cluster.state.job("a") is None
