"""The control plane of a mock without a socket, on a manual clock."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.openapi import load_control
from mockserver.settings import Settings
from tests.asgi import Answer, ask

Control: TypeAlias = Callable[..., Awaitable[Answer]]
"""Takes method, path behind ``/__admin``, body and headers."""


@pytest.fixture
def settings() -> Settings:
    """Return settings with one node, one further region, and a manual clock."""
    return Settings(federate=("eu1",), seed=1, speed=0, strict=True)


@pytest.fixture
def app(settings: Settings) -> Starlette:
    """Return the mock."""
    return create_app(settings)


@pytest.fixture
def control(app: Starlette) -> Control:
    """Return its control plane, asked from this machine; every reply is checked against the description."""

    async def call(method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        answer = await ask(app, method, f"/__admin{path}", body, **{"host": "localhost:4646", **headers})
        _is_as_described(method, f"/__admin{path}".partition("?")[0], answer)
        return answer

    return call


def _is_as_described(method: str, path: str, answer: Answer) -> None:
    if answer.status >= 400:
        assert load_control().findings_as("/components/schemas/Problem", answer.json) == []
        return
    document = load_control().bundle()
    for template, item in document["paths"].items():
        if method.lower() in item and _fits(template, path):
            reply = item[method.lower()]["responses"][str(answer.status)]
            assert ("content" in reply) == bool(answer.raw)
            schema = reply.get("content", {}).get("application/json", {}).get("schema", {})
            values = answer.json if schema.get("type") == "array" else [answer.json] if schema else []
            reference = schema.get("items", schema).get("$ref", "")
            if reference and not reference.startswith("#/components/schemas/nomad-"):
                assert [load_control().findings_as(reference[1:], value) for value in values] == [[]] * len(values)
            return
    raise AssertionError(f"{method} {path} is not described")


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(a == b or a.startswith("{") for a, b in zip(wanted, given, strict=True))
