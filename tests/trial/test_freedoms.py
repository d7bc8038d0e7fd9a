"""Which freedoms a trial is about."""

import pytest

from contract_tests.statements import Level
from contract_tests.suite.cli_arguments import Mistake
from contract_tests.trial.freedoms import Vary, freedoms, selected


def test_all_freedoms_and_no_weather_are_tried() -> None:
    """Without globs these are all of the group freedom."""
    assert [each.id for each in selected((), (), None)] == [e.id for e in freedoms().values() if e.group == "freedom"]
    assert {each.level for each in selected((), (), None)} == {Level.MUST}


def test_globs_select_and_leave_out() -> None:
    """Weather is added, and what is left out is left out of both."""
    chosen = [each.id for each in selected(["json.*"], ["*.escapes", "weather.e*"], ["*.election", "weather.rate-*"])]
    assert chosen == ["json.key-order", "json.white-space", "weather.rate-limit"]


@pytest.mark.parametrize(
    ("only", "weather", "meant"),
    [
        (["json.key-ordr"], None, "did you mean json.key-order"),
        ((), ["weather.elections"], "did you mean weather.election"),
    ],
)
def test_a_misspelt_glob_names_the_nearest(only: list[str], weather: list[str] | None, meant: str) -> None:
    """A glob that matches nothing is refused."""
    with pytest.raises(Mistake, match=meant):
        selected(only, (), weather)


def test_weather_is_asked_for_apart() -> None:
    """The control plane takes freedoms and weather in two lists."""
    vary = Vary(7, ("json.key-order", "weather.election"), (3,))
    expected = {"seed": 7, "freedoms": ["json.key-order"], "weather": ["weather.election"], "replies": [3]}
    assert vary.document == expected
