"""Mutants of single fields that only the companion endpoints answer, made from the schemas as in ``fields``."""

import json
from pathlib import Path
from typing import Any

from tests.mutants.chapters.companion import answer_at
from tests.mutants.chapters.fields import WAYS
from tests.mutants.replies import Answer, each

_SCHEMAS = Path(__file__).parents[3] / "schemas" / "replies"

PLACES = (
    ("jobs", "/v1/jobs", "", "job-stub", "companion.jobs.stub-has-observed-fields"),
    ("allocation", "/v1/allocation/[^/]+", "", "allocation", "companion.allocation.reply-has-observed-fields"),
    ("nodes", "/v1/nodes", "", "node-stub", "companion.nodes.stub-has-observed-fields"),
    ("node", "/v1/node/[^/]+", "", "node", "companion.node.reply-has-observed-fields"),
    ("self", "/v1/agent/self", "", "agent-self", "companion.agent.self-has-observed-fields"),
    ("members", "/v1/agent/members", "", "agent-members", "companion.agent.members-has-observed-fields"),
    ("member", "/v1/agent/members", "Members", "agent-member", "companion.agent.members-has-observed-fields"),
)
"""Name, path, the objects in the reply, file of their schema, and the statement of their fields."""


def _field_mutant(place: tuple[str, str, str, str, str], field: str, way: int) -> None:
    name, path, inside, _, statement = place
    done, make = WAYS[way]

    def change(answer: Answer) -> None:
        if answer.status == 200:
            body = answer.json
            each(inside, make(field))(body)
            answer.json = body

    family = statement.rsplit(".", 1)[0]
    answer_at(
        f"field.{name}.{field}.{done}",
        f"{field} of {name} is {done}.",
        path,
        change,
        statement,
        f"{family}.*",
        method="GET",
    )


for _place in PLACES:
    _properties: dict[str, Any] = json.loads((_SCHEMAS / f"{_place[3]}.json").read_text("utf-8"))["properties"]
    for _number, _field in enumerate(_properties):
        _field_mutant(
            _place, _field, _number % len(WAYS) if _field[0].isupper() else 0
        )  # small ones have no other name
