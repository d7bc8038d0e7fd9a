"""The catalogue of freedoms, and the setting that chooses among them."""

from fnmatch import fnmatchcase

import pytest

from contract_tests.statements import Level, catalogue
from mockserver.openapi.freedoms import freedoms
from mockserver.vary import Vary


def test_each_entry_says_what_it_has_to() -> None:
    """Each freedom has a group, a scope, and sentences that say what, from where and why."""
    for freedom in freedoms().values():
        assert freedom.group in ("freedom", "weather")
        assert freedom.scope in ("reply", "world")
        assert freedom.id.islower()
        assert (freedom.group == "weather") == freedom.id.startswith("weather.")
        assert freedom.text.endswith(".")
        assert freedom.why.endswith(".")
        assert freedom.source


def test_only_observed_statements_are_contradicted() -> None:
    """What a freedom contradicts are statements of what is observed, never of what a server must do."""
    for freedom in freedoms().values():
        for glob in freedom.contradicts:
            found = [each.level for each in catalogue().values() if fnmatchcase(each.id, glob)]
            assert any(level is not Level.MUST for level in found), f"{freedom.id}: {glob}"


def test_a_seed_alone_means_all_freedoms_and_no_weather() -> None:
    """A number is short for a document with that seed."""
    vary = Vary.read(7)
    assert vary == Vary.read({"seed": 7})
    assert vary.named == {each.id for each in freedoms().values() if each.group == "freedom"}


def test_globs_choose() -> None:
    """Only what matches a glob is used, and the document that comes out says so with full ids."""
    vary = Vary.read({"seed": 1, "freedoms": ["json.*"], "replies": [3, 2]})
    assert vary.named == {each for each in freedoms() if each.startswith("json.")}
    assert vary.document == {
        "seed": 1,
        "freedoms": [each for each in freedoms() if each.startswith("json.")],
        "weather": [],
        "replies": [2, 3],
    }
    assert Vary.read(vary.document) == vary


@pytest.mark.parametrize("field", ["freedoms", "weather"])
def test_a_misspelt_name_is_refused_with_the_nearest(field: str) -> None:
    """A glob that matches nothing is most likely misspelt."""
    with pytest.raises(ValueError, match=r"named 'json\.key-oder'"):
        Vary.read({"seed": 1, field: ["json.key-oder"]})
    with pytest.raises(ValueError, match=r"did you mean json\.key-order\?"):
        Vary.read({"seed": 1, "freedoms": ["json.key-oder"]})


def test_a_name_of_the_other_group_is_refused() -> None:
    """Weather is asked for as weather, so that nobody gets it by mistake."""
    for field, glob in (("freedoms", "weather.*"), ("weather", "json.*")):
        with pytest.raises(ValueError, match="of the other group"):
            Vary.read({"seed": 1, field: [glob]})


def test_a_reply_is_varied_whatever_happens_to_others() -> None:
    """What is drawn for a reply depends on the seed, its number and the freedom, and on nothing else."""
    alone = Vary.read({"seed": 5, "freedoms": ["json.key-order"], "replies": [4]})
    every = Vary.read(5)
    drawn = [vary.of_reply(4).draw("json.key-order") for vary in (alone, every)]
    assert len({source and source.random() for source in drawn}) == 1
    assert alone.of_reply(3).draw("json.key-order") is None
    assert every.of_reply(3).draw("json.key-order") is not None


def test_what_was_used_comes_in_the_order_of_the_catalogue() -> None:
    """A freedom that made no difference is not listed."""
    choices = Vary.read(1).of_reply(1)
    assert list(choices.used) == []
    choices.note("json.white-space")
    choices.note("json.key-order")
    assert list(choices.used) == ["json.key-order", "json.white-space"]
