"""The control plane as an application."""

import pytest
from starlette.applications import Starlette

from mockserver.admin import app as admin_app
from mockserver.app import create_app
from mockserver.http import requests
from mockserver.openapi import load_control
from mockserver.settings import Settings
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio


def test_every_described_operation_can_be_done() -> None:
    """The operations that are described are exactly those that can be called."""
    assert set(admin_app._HANDLERS) == set(load_control().operations)


async def test_a_foreign_path_is_no_page_of_it(control: Control, app: Starlette) -> None:
    """An unknown path under the prefix gets a 404 that explains; one like ``/__adminx`` belongs to the agent."""
    missing = await control("GET", "/nothing")
    assert missing.status == 404
    assert "openapi.json" in missing.json["help"]
    assert (await ask(app, "GET", "/__adminx", host="localhost")).text == "404 page not found\n"


async def test_a_wrong_method_names_the_right_ones(control: Control) -> None:
    """The reply to a wrong method names the allowed ones in its text and in its Allow header."""
    answer = await control("PATCH", "/spaces")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"duration": NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"duration": 1e999}', "larger than a number can be"),
        (b'{"duration": %s}' % (b"9" * 5_000), "more than 40 digits"),
        (b'{"duration": "1s", "duration": "2s"}', "'duration' is there twice"),
        ({"duraton": "1s"}, "there is no field duraton; did you mean duration?"),
        (b"{}", "body: duration is missing"),
        (b'{"duration": "1 hour"}', '"1 hour" is not a duration, such as 10s, 1m30s or 250ms; did you mean 1h?'),
        (b'{"duration": "60"}', "did you mean 60s?"),
        (b'{"duration": true}', "true is not a duration, such as 10s"),
        (b'{"duration": 1500000000}', "is too large: write 100000000 or less"),
        (b'{"duration": "1s", "speed": 2}', "speed"),
        ({"duration": "x" * 10_000}, "…"),
    ],
)
async def test_a_body_that_is_not_as_described_is_explained(control: Control, body: object, said: str) -> None:
    """The error says what is wrong with the body, where, and where the body is described."""
    answer = await control("POST", "/clock/advance", body)
    assert answer.status == 400
    assert said in " ".join([answer.json["error"], *answer.json["findings"]])
    assert answer.json["help"].startswith('right is, for example, {"duration": "10s"}')
    assert "advance-clock" in answer.json["help"]
    assert len(answer.text) < 2_000


async def test_a_body_has_a_limit(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too long is refused with the limit."""
    monkeypatch.setattr(requests, "LIMIT", 10)
    answer = await control("POST", "/clock/advance", {"duration": "100s"})
    assert answer.status == 413
    assert answer.json["help"] == "send less at a time"
    document = (await control("GET", "/state")).text
    assert (await control("PUT", "/state", document.encode())).status == 200
    monkeypatch.setattr("mockserver.admin.reading._STATE_LIMIT", len(document) - 1)
    answer = await control("PUT", "/state", document.encode())
    assert (answer.status, answer.json["error"]) == (413, f"the body is larger than {len(document) - 1} bytes")


async def test_a_bug_is_called_one(
    control: Control, app: Starlette, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected exception is answered as a bug of the mock, and logged with its traceback."""
    monkeypatch.setattr(app.state.spaces.default.world, "clock", None)
    answer = await control("GET", "/clock")
    assert answer.status == 500
    assert answer.json["error"].startswith("a bug of the control plane: AttributeError")
    assert "a bug of the control plane: GET /__admin/clock" in caplog.text


async def test_an_unknown_region_is_named(control: Control) -> None:
    """The error for an unknown region lists the regions that exist."""
    answer = await control("GET", "/nodes?region=us1")
    assert (answer.status, answer.json["help"]) == (404, "did you mean eu1?")
    answer = await control("GET", "/nodes?region=mars")
    assert (answer.status, answer.json["help"]) == (404, "there are: global, eu1")


async def test_it_can_be_left_out() -> None:
    """Without a control plane, its paths get the agent's 404."""
    app = create_app(Settings(admin=False))
    assert (await ask(app, "GET", "/__admin/health", host="localhost")).text == "404 page not found\n"
