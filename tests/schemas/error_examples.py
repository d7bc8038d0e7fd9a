"""Write the examples of error texts into ``schemas/openapi.json``: what the mock answers to each of ``refusals.py``.

Run ``python -m tests.schemas.error_examples --write``, and then ``python -m mockserver.openapi.single_files --write``,
after a change there. A text that stands in a recording names it; of every other a real agent was asked by hand.
"""

import argparse
import asyncio
import copy
import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import Answer, ask
from tests.schemas.catalogue import RECORDINGS, ROOT
from tests.schemas.refusals import REFUSALS, Refusal, refused_jobs

FILE = ROOT / "openapi.json"
REFERENCE = "#/components/examples/"
_BY_HAND = ["agent"]


class Differs(Exception):
    """A registration and a plan of the same job are refused with different texts."""


@cache
def recorded() -> Mapping[str, str]:
    """Return the bodies of recorded replies, each with the first recording that has it."""
    found: dict[str, str] = {}
    for file in sorted(RECORDINGS.glob("*.json")):
        for step in json.loads(file.read_text("utf-8"))["steps"]:
            for one in (step, *step.get("during", ())):
                found.setdefault(one["response"]["body"], f"recordings/{file.stem}")
    return found


async def answered() -> dict[str, dict[str, Answer]]:
    """Return what the mock answers to each refusal; those of jobs are under ``RegisterRefused`` and ``PlanRefused``."""
    plain = create_app(Settings(seed=1, speed=0))
    found = {
        response: {name: await _answer(one, plain) for name, one in each.items()} for response, each in REFUSALS.items()
    }
    for name, register, plan in refused_jobs():
        found["RegisterRefused"][name] = await _answer(register, plain)
        if plan is not None:
            found["PlanRefused"][name] = await _answer(plan, plain)
    return found


async def _answer(one: Refusal, plain: Starlette) -> Answer:
    """Ask a mock: a fresh one, where something comes before the request or the mock is not as others."""
    if not one.before and (one.nodes, one.speed) == (1, 0):
        return await ask(plain, one.method, one.target, one.body)
    app = create_app(Settings(seed=1, speed=one.speed, nodes=one.nodes))
    app.state.spaces.default.world.start()
    for method, target, body in one.before:
        await ask(app, method, target, body, host="localhost")
    target = one.target
    if "ALLOC" in target:
        await ask(app, "POST", "/__admin/clock/advance", {"duration": "1s"}, host="localhost")
        (allocation,) = (await ask(app, "GET", "/v1/allocations")).json
        target = target.replace("ALLOC", allocation["ID"])
    return await ask(app, one.method, target, one.body)


def with_examples(document: Mapping[str, Any], answers: Mapping[str, Mapping[str, Answer]]) -> dict[str, Any]:
    """Return the description with these examples in place of those that it has.

    Raises:
        Differs: A job is refused in two ways, and has one example.
    """
    written = copy.deepcopy(dict(document))
    components = written["components"]
    for name, _, plan in refused_jobs():
        text = answers["RegisterRefused"][name].text
        if plan is not None and answers["PlanRefused"][name].text != text:
            raise Differs(name)
        components["examples"][name] = _told(text)
    for response, each in answers.items():
        (media,) = components["responses"][response]["content"].values()
        media["examples"] = {name: _example(name, one, components, response) for name, one in each.items()}
    return written


def _example(name: str, one: Answer, components: Mapping[str, Any], response: str) -> dict[str, Any]:
    if name in components["examples"]:
        return {"$ref": REFERENCE + name}
    is_said = one.text in recorded() or components["responses"][response]["x-seen"] == _BY_HAND
    return {"value": one.text} if is_said else _told(one.text)


def _told(text: str) -> dict[str, Any]:
    seen = [recorded()[text]] if text in recorded() else _BY_HAND
    return {"value": text, "x-source": "observed", "x-seen": seen}


def text_of(document: Mapping[str, Any]) -> str:
    """Return the text of the description."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Say whether the examples are what the mock answers, or write them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.schemas.error_examples", description="Error texts.")
    parser.add_argument("--write", action="store_true", help="write schemas/openapi.json")
    write = parser.parse_args(arguments).write
    before = FILE.read_text("utf-8")
    after = text_of(with_examples(json.loads(before), asyncio.run(answered())))
    if write:
        FILE.write_text(after, "utf-8")
    elif before != after:
        sys.stderr.write("error texts of schemas/openapi.json are not what the mock answers: run this with --write\n")
    return int(before != after and not write)


if __name__ == "__main__":
    sys.exit(main())
