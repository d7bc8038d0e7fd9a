"""Two writers with the same JobModifyIndex, as a real server treats them."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.testing import example_job
from tests.asgi import Answer, ask

pytestmark = pytest.mark.anyio

CONFLICT = (500, "Enforcing job modify index 0: job already exists")


def _writing(app: Starlette, priority: int, **fields: Any) -> asyncio.Task[Answer]:
    body = {"Job": example_job("web", Priority=priority), "EnforceIndex": True, "JobModifyIndex": 0, **fields}
    return asyncio.ensure_future(ask(app, "PUT", "/v1/job/web", body))


async def _app(fault: dict[str, Any]) -> Starlette:
    app = create_app(Settings(speed=0, seed=1))
    assert (await ask(app, "POST", "/__admin/faults", fault, host="localhost")).status == 201
    return app


async def _advance(app: Starlette, duration: str) -> None:
    for _ in range(50):  # both writers get as far as they can
        await asyncio.sleep(0)
    moved = await ask(app, "POST", "/__admin/clock/advance", {"duration": duration}, host="localhost")
    assert moved.status == 200


@pytest.mark.parametrize("fault", [{"preset": "lost-update"}, {"fault": {"kind": "check-and-set-race", "window": 1}}])
async def test_both_writers_win(fault: dict[str, Any]) -> None:
    """Writers that are checked within the window all win, the last one's job stays, and a later one is refused."""
    app = await _app(fault)
    first, second = _writing(app, 40), _writing(app, 60)
    await _advance(app, "1s")
    answers = await asyncio.gather(first, second)
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json["JobModifyIndex"] < answers[1].json["JobModifyIndex"]
    stored = (await ask(app, "GET", "/v1/job/web")).json
    assert (stored["Priority"], stored["JobModifyIndex"]) == (60, answers[1].json["JobModifyIndex"])
    third = await _writing(app, 80)
    assert (third.status, third.text) == CONFLICT


async def test_one_writer_wins_outside_the_window() -> None:
    """A writer that is checked after another one's commit is refused at once."""
    app = await _app({"fault": {"kind": "check-and-set-race", "window": "1s"}})
    first = _writing(app, 40)
    await _advance(app, "999ms")
    assert not first.done()
    await _advance(app, "1ms")
    second = await _writing(app, 60)
    assert ((await first).status, second.status, second.text) == (200, *CONFLICT)


async def test_a_registration_without_a_check_does_not_wait() -> None:
    """Only a registration with EnforceIndex is checked and held; the preset does not even count others."""
    app = await _app({"preset": "lost-update"})
    assert (await _writing(app, 40, EnforceIndex=False)).status == 200
    assert (await ask(app, "DELETE", "/v1/job/web")).status == 200
    (fault,) = (await ask(app, "GET", "/__admin/faults", host="localhost")).json
    assert fault["seen"] == 0
