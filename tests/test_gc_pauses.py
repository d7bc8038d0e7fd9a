"""Short garbage collections in a process with many objects."""

import gc
from collections.abc import Iterator

import pytest

from mockserver import gc_pauses
from mockserver.settings import Settings
from mockserver.worlds.world import create_world
from tests.builders import a_job


@pytest.fixture(autouse=True)
def nothing_is_left_out() -> Iterator[None]:
    """Begin with nothing left out of collections, which is how a process begins."""
    gc.unfreeze()
    yield
    gc.freeze()


def test_what_survives_a_full_collection_is_left_out_of_the_next() -> None:
    """Survivors of a full collection are left out of the next one, as long as short pauses are asked for."""
    with gc_pauses.short():
        gc.collect(0)
        before = gc.get_freeze_count()
        gc.collect()
        assert gc.get_freeze_count() > before + 10_000
    assert gc.get_freeze_count() == 0


def test_a_given_up_world_is_looked_at_again() -> None:
    """When a world is given up, what was set aside is looked at again."""
    with gc_pauses.short():
        gc.collect()
        gc_pauses.look_at_everything_again()
        assert gc.get_freeze_count() == 0


def test_small_worlds_are_looked_at_again_together() -> None:
    """A small world that is given up waits until there are many of them; a large one is looked at soon."""
    with gc_pauses.short():
        gc.collect()
        gc_pauses.look_at_everything_again()
        gc.collect()
        given_up = gc_pauses.GivenUp()
        given_up.add(gc_pauses.MOST_GIVEN_UP)
        assert gc.get_freeze_count() > 0
        given_up.add(1)
        assert gc.get_freeze_count() == 0


def test_a_world_knows_about_how_large_it_is() -> None:
    """What is stored in a world, and its journal, make it larger."""
    world = create_world(Settings(nodes=0))
    empty = world.size
    world.jobs = [a_job()]
    world.register_jobs()
    assert empty < world.size < empty + 100_000


def test_what_is_made_to_stay_is_not_searched() -> None:
    """While much is made that stays there is no collection, and none of later ones looks at it; blocks may nest."""
    with gc_pauses.short():
        gc_pauses.look_at_everything_again()
        with gc_pauses.none():
            assert not gc.isenabled()
            with gc_pauses.none():
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000


def test_a_process_of_somebody_else_is_left_alone() -> None:
    """Unless short pauses were asked for, nothing is switched off, frozen or unfrozen."""
    with gc_pauses.none():
        assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.freeze()
    try:
        gc_pauses.look_at_everything_again()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_full_collections_come_often_inside_only() -> None:
    """Inside, a full collection comes after fewer of the others; afterwards everything is as it was."""
    before = gc.get_threshold()
    with gc_pauses.short():
        assert gc.get_threshold()[2] < before[2]
    assert gc.get_threshold() == before
