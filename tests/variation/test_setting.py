"""Where a world is told to vary: the command line, the control plane, spaces."""

import httpx
import pytest

from mockserver import cli
from mockserver.client import MockClient, MockError
from mockserver.openapi.freedoms import freedoms
from tests.recorder.test_command import _running
from tests.variation.conftest import Varied

EVERY = [each.id for each in freedoms().values() if each.group == "freedom"]


@pytest.mark.slow
def test_the_command_line_says_seed_and_freedoms() -> None:
    """The settings of the world are those of the options."""
    options = ("--vary", "7", "--vary-only", "json.key-order", "--vary-replies", "2,3")
    with _running(*options) as (_, url):
        settings = httpx.get(f"{url.partition('/__admin')[0]}/__admin/settings").json()
    assert settings["vary"] == {"seed": 7, "freedoms": ["json.key-order"], "weather": [], "replies": [2, 3]}


@pytest.mark.slow
def test_a_seed_is_made_up() -> None:
    """Without a seed the mock takes one and says which, so that the run can be repeated."""
    with _running("--vary") as (_, url):
        settings = httpx.get(f"{url.partition('/__admin')[0]}/__admin/settings").json()
    assert settings["vary"]["freedoms"] == EVERY
    assert isinstance(settings["vary"]["seed"], int)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--vary-only", "json.*"), "--vary-only goes with --vary"),
        (("--weather",), "--weather goes with --vary"),
        (("--vary-replies", "1"), "--vary-replies goes with --vary"),
        (("--vary", "1", "--vary-only", "json.key-oder"), "did you mean json.key-order?"),
        (("--vary", "1", "--vary-replies", "0"), "'0' is not a number from 1 on"),
        (("--vary", "x"), "'x' is not a whole number"),
    ],
)
def test_bad_usage_is_told(options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant ends with usage and the reason."""
    with pytest.raises(SystemExit) as left:
        cli.main([*options])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_a_space_varies_by_itself(varied: Varied) -> None:
    """A space has its own setting; the default one stays as it is."""
    mock = varied("json.key-order")
    space = mock.create_space(vary=5)
    assert space.settings()["vary"] == {"seed": 5, "freedoms": EVERY, "weather": [], "replies": None}
    assert mock.settings()["vary"]["freedoms"] == ["json.key-order"]
    still = mock.create_space(vary=None)
    assert still.settings()["vary"] is None
    for each in (space, still):
        each.drop_space()


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ({"seed": 1, "freedoms": ["json.key-oder"]}, "did you mean json.key-order?"),
        ({"seed": 1, "fredoms": []}, "fredoms"),
        ({"freedoms": []}, "seed"),
        ({"seed": 1, "replies": [0]}, "replies"),
    ],
)
def test_the_control_plane_refuses_what_is_misspelt(server: MockClient, vary: object, said: str) -> None:
    """Nothing misspelt is accepted in silence."""
    with pytest.raises(MockError) as refusal:
        server.reset(vary=vary)
    assert said in str(refusal.value)
