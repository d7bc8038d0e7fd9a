"""The options for time and for the control plane."""

from typing import Any

import pytest

from mockserver.cli import options_of
from mockserver.serve_options import settings_of
from mockserver.settings import Settings


def _settings(*arguments: str) -> Settings:
    return settings_of(options_of(arguments))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), {"speed": 1, "admin": True, "admin_token": None, "admin_hosts": ()}),
        (("--clock", "manual"), {"speed": 0}),
        (("--speed", "60"), {"speed": 60}),
        (("--speed", "0.5", "--clock", "real"), {"speed": 0.5}),
        (("--no-admin",), {"admin": False}),
        (("--connection-limit", "7"), {"connection_limit": 7}),
        (("--cors", "HTTP://a:3000", "--cors", "*"), {"cors": ("http://a:3000", "*")}),
        ((), {"cors": ()}),
        (("serve", "--ignore-unknown-fields"), {"ignore_unknown_fields": True}),
        (("--admin-token", "t"), {"admin_token": "t"}),
        (("--admin-host", "a", "--admin-host", "b"), {"admin_hosts": ("a", "b")}),
    ],
)
def test_options_become_settings(
    arguments: tuple[str, ...], expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each option sets the setting it is for."""
    monkeypatch.delenv("NOMAD_MOCK_ADMIN_TOKEN", raising=False)
    settings = _settings(*arguments)
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(("variable", "token"), [("t", "t"), ("", None)])
def test_the_token_may_come_from_the_environment(
    variable: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token may come from a variable, which no list of processes shows; an empty one counts as none."""
    monkeypatch.setenv("NOMAD_MOCK_ADMIN_TOKEN", variable)
    assert _settings().admin_token == token
    assert _settings("--admin-token", "other").admin_token == "other"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--speed", "0"), "--speed"),
        (("--speed", "nan"), "--speed"),
        (("--speed", "1e9"), "--speed"),
        (("--clock", "manual", "--speed", "2"), "a manual clock has no --speed"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Senseless values end the command with the exit code for bad usage."""
    with pytest.raises(SystemExit, match="2"):
        _settings(*arguments)
    assert said in capsys.readouterr().err
