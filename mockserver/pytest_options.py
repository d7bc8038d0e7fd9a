"""The settings of the pytest plugin: where they are given, how they are read, and what to say of a misspelt one.

The command line counts before the environment, that before the ini file, a marker before all.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import iniconfig  # pytest reads its own files with it
import pytest

from mockserver.origins import read_origin
from mockserver.pytest_vary import SYNTAX, read_vary
from nomad_contract_spelling import advice, did_you_mean, meant, nearest, shown

MARKER = "nomad_mock"
_PREFIX = f"{MARKER}_"
_LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class Option:
    """A setting that can be given as ``--nomad-mock-X``, as ``NOMAD_MOCK_X`` and as the ini key ``nomad_mock_x``."""

    name: str
    read: Callable[[str], Any]
    help: str

    @property
    def flag(self) -> str:
        """The command line option."""
        return f"--{self.key}".replace("_", "-")

    @property
    def key(self) -> str:
        """The ini key."""
        return f"{_PREFIX}{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return self.key.upper()


OFF = "off"
CONDUCT = (OFF, "report", "must", "should", "may")
"""Whether the conduct of clients is reported at the end of the session, and the lowest level that fails it."""
UNUSED = (OFF, "warn", "fail")
"""What becomes of a test with a fault or a rule that nothing met."""


_TRUTHS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ValueError(f"{text!r} is neither true nor false")
    return _TRUTHS[text.lower()]


def _whole(text: str) -> int:
    with suppress(ValueError):
        return int(text)
    raise ValueError(f"{text!r} is not a whole number")


def _number(text: str) -> float:
    with suppress(ValueError):
        return float(text)
    raise ValueError(f"{text!r} is not a number, such as 60")


def _vary(text: str) -> dict[str, Any]:
    try:
        return read_vary(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}" if "named" in str(error) else f"{text!r} can't be read") from None


def _origins(text: str) -> list[str]:
    return [read_origin(word) for word in text.replace(",", " ").split()]


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is unknown; {advice(text, words)}")
        return text

    return read


OPTIONS = (
    Option("seed", _whole, "the same seed gives the same IDs and choices"),
    Option("nodes", _whole, "how many simulated nodes a world has"),
    Option("clock", _one_of(("real", "manual")), "real, or manual: stand still until it is moved"),
    Option("speed", _number, "let time pass that many times as fast"),
    Option("strict", _truth, "true or false: check every reply of the mock against its schema"),
    Option("strict_clients", _truth, "true or false: refuse requests of which an agent would drop something"),
    Option("vary", _vary, f"make use of what the documentation leaves open to a server: {SYNTAX}"),
    Option("cors", _origins, "let pages from these origins use the mocks through a browser"),
    Option("env", _truth, "true or false: set NOMAD_ADDR in each test that uses nomad_mock"),
    Option("unused_faults", _one_of(UNUSED), "what a fault or rule that nothing met does to its test: off, warn, fail"),
    Option(
        "conduct", _one_of(CONDUCT), "judge what clients did: off, report, or the level that fails: must, should, may"
    ),
)
"""All settings."""
OURS = ("env", "unused_faults", "conduct")
"""Settings that the plugin follows; the others are those of a world."""


def given(config: pytest.Config) -> dict[str, Any]:
    """Return the settings that are given, by name; one that can't be read raises ``pytest.UsageError``."""
    texts = {
        option: config.getoption(option.key) or os.environ.get(option.variable) or config.getini(option.key)
        for option in OPTIONS
    }
    return {option.name: _value(option, text) for option, text in texts.items() if text}


def _value(option: Option, text: str) -> Any:
    try:
        return option.read(text)
    except ValueError as error:
        names = f"{option.flag}, {option.variable} or {option.key}"
        raise pytest.UsageError(f"{names}: {error} ({option.help})") from None


def need_known(config: pytest.Config) -> None:
    """Refuse an ini key or an environment variable that is like one of ours, and none of them.

    Raises:
        pytest.UsageError: There is such a key or variable.
    """
    keys = [option.key for option in OPTIONS]
    for key in _keys(config):
        words = key.split("_")
        if key not in keys and (_is_like_ours("_".join(words[:2])) or _is_like_ours(words[0])):
            raise pytest.UsageError(f"there is no ini key {shown(key)}; {advice(key, keys)}")
    names = [option.name for option in OPTIONS]
    for variable in os.environ:
        name = variable.removeprefix(_PREFIX.upper())
        if name != variable and name.lower() not in names and (near := nearest(name, names)):
            right = f"{_PREFIX}{near}".upper()
            raise pytest.UsageError(f"there is no variable {shown(variable)}; {did_you_mean(right)}")
        if name == variable and (meant_name := _behind_a_misspelt_prefix(variable)) in names:
            right = f"{_PREFIX}{meant_name}".upper()
            raise pytest.UsageError(f"there is no variable {shown(variable)}; {did_you_mean(right)}")


def _behind_a_misspelt_prefix(variable: str) -> str:
    """Return ``clock`` of ``NOMAD_MOK_CLOCK``; empty where the variable does not begin much like ours."""
    one, other, *rest = [*variable.lower().split("_"), ""]
    return "_".join(rest).rstrip("_") if _is_like_ours(f"{one}_{other}") else ""


def _keys(config: pytest.Config) -> list[str]:
    """Return the keys in the ini file, and those on the command line."""
    overridden: list[str] = config.getoption("override_ini") or []
    return [*_keys_in(config.inipath), *(each.partition("=")[0] for each in overridden)]


def _keys_in(path: Path | None) -> list[str]:
    if path is None:
        return []
    if path.suffix == ".toml":
        import tomllib  # costs start-up time

        document = tomllib.loads(path.read_text("utf-8"))
        tool = document.get("tool", {}).get("pytest", {})
        return [*document.get("pytest", {}), *tool, *tool.get("ini_options", {})]
    file = iniconfig.IniConfig(str(path))
    return [key for name in ("pytest", "tool:pytest") if name in file for key in file[name]]


def need_markers(config: pytest.Config, names: Iterable[str]) -> None:
    """Fail the test where the name of a marker is like ours, and no other's: it would count for nothing."""
    for name in names:
        if name != MARKER and _is_like_ours(name) and name not in _registered(config):
            pytest.fail(f"there is no marker {shown(name)}; {did_you_mean(MARKER)}", pytrace=False)


def _registered(config: pytest.Config) -> list[str]:
    lines: list[str] = config.getini("markers")
    return [line.partition(":")[0].partition("(")[0].strip() for line in lines]


@cache
def _is_like_ours(name: str) -> bool:
    """Whether a name is much like that of our marker, with which our ini keys begin; ``nomad`` is another's."""
    return SequenceMatcher(None, name.lower(), MARKER).ratio() >= _LIKENESS


def need_settings(settings: dict[str, Any]) -> None:
    """Fail the test where its marker has a setting that no world has, or a value of ours that is wrong."""
    from mockserver.openapi import load_control

    known = [*load_control().bundle()["components"]["schemas"]["WorldSettings"]["properties"], *OURS]
    for name in settings:
        if name not in known:
            hint = advice(name, known)
            pytest.fail(f"the marker nomad_mock knows no {shown(name)!r}; {hint}", pytrace=False)
    if not isinstance(settings.get("env", False), bool):
        pytest.fail(f"the marker nomad_mock takes env=True or env=False, not {settings['env']!r}", pytrace=False)
    need_words(settings)


def need_words(settings: dict[str, Any]) -> None:
    """Fail the test where a setting of ours is none of its words."""
    for name, words in (("conduct", CONDUCT), ("unused_faults", UNUSED)):
        if (word := settings.get(name, OFF)) not in words:
            hint = meant(word, words) if isinstance(word, str) else ""
            pytest.fail(f"{name} is one of {', '.join(words)}, not {word!r}{hint}", pytrace=False)


def world(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a world."""
    return {name: value for name, value in settings.items() if name not in OURS}
