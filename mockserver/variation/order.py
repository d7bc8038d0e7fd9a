"""The order of lists, where neither the page nor their meaning binds one."""

import random
from typing import Any

from mockserver.openapi.reply_shapes import Shape
from mockserver.variation.rebuild import Change
from mockserver.vary import ReplyChoices

LIST_ORDER = "list.order"

_UNORDERED = frozenset(
    (
        *("AllocListStub", "Allocation", "Evaluation", "JobListStub", "NodeListStub", "AgentMember", "AllocFileInfo"),
        *("FieldDiff", "ObjectDiff", "TaskDiff", "TaskGroupDiff"),
    )
)
"""Records whose lists are sets. Parts of a job stay in the order of the job, events in that of time."""


class ListOrder(Change):
    """Shuffles the lists that are sets."""

    def __init__(self, choices: ReplyChoices, source: random.Random) -> None:
        self._choices = choices
        self._source = source

    def elements(self, shape: Shape, elements: list[Any]) -> list[Any]:
        """Put the elements of a set in another order."""
        if shape.items is None or shape.items.kind not in _UNORDERED or len(elements) < 2:
            return elements
        shuffled = list(elements)
        self._source.shuffle(shuffled)
        if shuffled == elements:
            shuffled.reverse()
        self._choices.note(LIST_ORDER)
        return shuffled
