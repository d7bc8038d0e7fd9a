"""The plan while the scheduler makes it."""

from typing import Any

from mockserver.cluster.scheduler.draft import Draft
from tests.builders import a_job
from tests.cluster.scheduler.world import World


def test_a_stop_frees_its_node() -> None:
    """A stop frees room whether the node was looked at before or not; the stored allocation stays as it is."""
    world = World()
    world.run(a_job())
    allocation = world.only_allocation()
    (node,) = world.nodes()
    for look_first in (False, True):
        draft = Draft(world)
        if look_first:
            assert allocation["ID"] in draft.usage(node)
        draft.stop(allocation, "because", ClientStatus="lost")
        assert allocation["ID"] not in draft.usage(node)
        expected = {"ClientStatus": "lost", "DesiredDescription": "because", "DesiredStatus": "stop"}
        assert draft.stops == [{**allocation, **expected}]
    assert world.only_allocation() == allocation


def test_without_gives_back_what_was_carried() -> None:
    """Looking at a node without an allocation does not add one that it no longer carries."""
    world = World()
    world.run(a_job())
    allocation = world.only_allocation()
    (node,) = world.nodes()
    draft = Draft(world)
    with draft.without(node, allocation):
        assert allocation["ID"] not in draft.usage(node)
    assert allocation["ID"] in draft.usage(node)
    gone: Any = {**allocation, "ID": "gone"}
    with draft.without(node, gone):
        assert "gone" not in draft.usage(node)
    assert "gone" not in draft.usage(node)


def test_a_plan_that_fits_has_no_conflicts() -> None:
    """A plan that fits keeps all of its parts."""
    world = World()
    outcome = world.run(a_job())
    (node,) = world.nodes()
    draft = Draft(world)
    draft.update(node, outcome.placements[0])
    assert draft.withdraw_conflicts(all_at_once=False) is None
    assert draft.in_place == outcome.placements
