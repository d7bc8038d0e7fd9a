"""Whatever can be set over the control plane is the same after a restart, and after an export and an import."""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from mockserver.settings import Settings
from mockserver.worlds.world_settings import saved_settings
from tests.asgi import ask
from tests.properties import examples
from tests.readable.reading import running

START = Settings(seed=3, speed=0, nodes=2)
OTHER: Mapping[str, Any] = {
    "region": "eu1",
    "datacenter": "dc7",
    "federate": ["us1", "us2"],
    "nodes": [{"Name": "n1", "Datacenter": "dc8"}],
    "seed": None,
    "strict": True,
    "mock_driver": True,
    "clock": "real",
    "speed": 1e-6,
    "strict_clients": True,
    "cors": ["http://a:3000"],
    "journal_limit": 7,
    "shuffle_placements": True,
    "vary": {"seed": 5, "freedoms": ["json.key-order"], "weather": False, "replies": None},
}
"""For each setting of a world a value that ``START`` does not have."""
_SCHEMAS: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[2] / "schemas" / "admin.json").read_text(encoding="utf-8")
)["components"]["schemas"]


def test_no_setting_is_forgotten_here() -> None:
    """A new setting of a world needs a value above, and a place in a saved world."""
    assert {*_SCHEMAS["WorldSettings"]["properties"]} == {*OTHER}
    assert {*_SCHEMAS["Settings"]["properties"]} == {*OTHER}
    assert {*_SCHEMAS["SavedSettings"]["properties"]} == {*saved_settings(START)}


@pytest.mark.parametrize("name", OTHER)
def test_each_setting_is_kept(name: str, tmp_path: Path) -> None:
    """It is another one than at the start, and the same in the next process and in another one."""
    asyncio.run(_is_kept({name: OTHER[name]}, tmp_path))


@examples(0.2)
@given(st.sets(st.sampled_from([*OTHER])))
def test_any_settings_are_kept_together(names: set[str]) -> None:
    """However many are set at once."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_is_kept({name: OTHER[name] for name in names}, Path(folder)))


async def _is_kept(changes: Mapping[str, Any], directory: Path) -> None:
    kept = replace(START, data_dir=directory / "data")
    async with running(kept) as app:
        before = await _told(app)
        await _done(app, "POST", "/__admin/reset", changes)
        told = await _told(app)
        assert all(told[0][name] != before[0][name] for name in changes)
        state = await _done(app, "GET", "/__admin/state")
    async with running(kept) as app:
        assert await _told(app) == told
    async with running(START) as app:
        await _done(app, "PUT", "/__admin/state", state)
        assert await _told(app) == told
        assert _timeless(await _done(app, "GET", "/__admin/state")) == _timeless(state)
        await _done(app, "POST", "/__admin/spaces", {"name": "other"})
        await _done(app, "PUT", "/__admin/state", state, "other")
        assert await _told(app, "other") == told


async def _told(app: Starlette, space: str = "") -> tuple[Any, Any, Any]:
    """The settings, what an agent says of itself, and its nodes."""
    about = await _done(app, "GET", "/v1/agent/self", None, space)
    return (
        await _done(app, "GET", "/__admin/settings", None, space),
        about["config"],
        await _done(app, "GET", "/v1/nodes", None, space),
    )


async def _done(app: Starlette, method: str, path: str, body: Any = None, space: str = "") -> Any:
    got = await ask(
        app,
        method,
        path,
        b"" if body is None else body,
        host="localhost",
        **({"X_Nomad_Mock_Space": space} if space else {}),
    )
    assert got.status < 300, got.text
    return got.json


def _timeless(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """A state without what goes on by itself."""
    return {name: value for name, value in state.items() if name not in ("clock", "regions")}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, "t"),
        ({}, {"datacenter": "u"}, "u"),
        ({"datacenter": "u"}, {"datacenter": "u"}, "t"),
        ({"datacenter": "u"}, {}, "dc1"),
    ],
)
def test_a_later_start_that_says_otherwise_counts(
    before: dict[str, Any], after: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    """An option that is as at the start before leaves what was set since then."""

    async def work() -> Any:
        async with running(replace(START, data_dir=tmp_path, **before)) as app:
            await _done(app, "POST", "/__admin/reset", {"datacenter": "t"})
        async with running(replace(START, data_dir=tmp_path, **after)) as app:
            return await _done(app, "GET", "/__admin/settings")

    assert asyncio.run(work())["datacenter"] == expected


def test_options_count_more_than_a_state_that_is_loaded(tmp_path: Path) -> None:
    """Options of the start switch strict checks on; every other setting comes from the state."""

    async def work() -> Any:
        async with running(START) as app:
            await _done(app, "POST", "/__admin/reset", {"datacenter": "t", "strict": False})
            state = await _done(app, "GET", "/__admin/state")
        (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
        async with running(replace(START, strict=True, load=(tmp_path / "state.json",))) as app:
            return await _done(app, "GET", "/__admin/settings")

    told = asyncio.run(work())
    assert (told["datacenter"], told["strict"]) == ("t", True)
