"""What may differ between the replies of the mock and of an agent, each with the reason why.

All other differences count. What depends on chance alone, such as two entries of an agent's log that come in another
order, or an entry that its leader writes once a minute, needs no rule: a difference counts when it shows each
time that its life is played.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from tests.attack.verdicts import Reply

HEADERS = {
    "date": "the time of day",
    "content-length": "indexes have more digits on an agent that ran before",
    "transfer-encoding": "follows from the length",
}
"""Header fields that are not compared."""
TIMES = {
    "AllocationTime": "how long the scheduler took, in ns",
    "CreateTime": "when an allocation was made, in ns since 1970",
    "Time": "when something happened to a task, in ns since 1970",
    "StartedAt": "when a task started",
    "FinishedAt": "when a task ended",
    "StartDelay": "how long a restart waits, of which a part is drawn, in ns",
}
"""Fields with a time: only whether there is one is compared."""
_NEVER = "0001-01-01T00:00:00Z"
INDEXES = frozenset(
    (
        *("CreateIndex", "ModifyIndex", "JobModifyIndex", "JobCreateIndex", "EvalCreateIndex", "AllocModifyIndex"),
        *("NodeModifyIndex", "SnapshotIndex", "Index"),
    )
)
"""Fields with an index: an agent that ran before is ahead, so indexes are counted from the one of a marker."""
FREE = ("Config", "Meta", "Env")
"""Fields whose members have the names that the job gave them: no time and no index."""
BEFORE = "before the marker"
"""An index of a time when the two servers had different jobs."""

RANDOM = re.compile(
    r"(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"|(?<=/dispatch-)(?P<dispatch>[0-9]+-[0-9a-f]{8})|(?<=/periodic-)(?P<periodic>[0-9]+)"
)
"""IDs that a server draws, and the times and draws in the names of children: the first one that is met is the first one
on the other server, too, and so on."""
_INDEX_IN_TEXT = re.compile(r"(?<=conflicting job modify index: )[0-9]+")
_SEVERAL = re.compile(r"[0-9]+ error\(s\) occurred")
_KEYS = re.compile(r"(?<= keys: \[)[^\]]*")
_WHEN_BUILT_BY_GO_1_8 = re.compile(r"(?<=\.)WriteRequest\.(?=[A-Z])|(?<=\.)QueryOptions\.(?=[A-Z])")
"""Go names the structs within a struct in the errors of its decoder or does not, by its version; the released
0.5.4 does not."""
_LIMIT = b"this mock"
"""In the text of each refusal by a limit of the mock (docs/reference/limits.md)."""


def excuse(ours: Reply, theirs: Reply) -> str | None:
    """Return why two replies need not be alike, whatever they say; None if they have to be."""
    if theirs.status == 0 and ours.status >= 400:
        return "crashes, where the mock has an error of its own"
    if ours.status >= 400 and (_LIMIT in ours.body or ours.status == 413):
        return "limits of the mock"
    return None


@dataclass
class Likeness:
    """The replies of one server in one life, without what may differ; ``marker`` is an index that both have."""

    marker: int
    swapped: Mapping[int, int] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict, init=False)

    def reply(self, reply: Reply) -> dict[str, Any]:
        """Return what has to be the same."""
        headers: dict[str, Any] = {name: value for name, value in reply.headers.items() if name not in HEADERS}
        if headers.get("x-nomad-index", "").isdigit():
            headers["x-nomad-index"] = self._index_of_table(int(headers["x-nomad-index"]))
        if "location" in headers:
            headers["location"] = self._text(headers["location"])
        return {"status": reply.status, "headers": headers, "body": self._body(reply)}

    def _body(self, reply: Reply) -> Any:
        data = gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body
        text = data.decode("utf-8", "replace")
        if reply.headers.get("content-type") != "application/json" or not text:
            return self._refusal(text)
        return self._value(self._determined(json.loads(text)), "")

    def _determined(self, value: Any) -> Any:
        """Return what is not left to chance of a whole reply."""
        if isinstance(value, list):
            return [each for each in value if not self._is_earlier(each)]
        return _without_choice(value)

    def _is_earlier(self, made: Any) -> bool:
        """Return whether an object was there before the marker: one of others, or one that an agent never forgets."""
        return isinstance(made, dict) and made.get("CreateIndex", self.marker) < self.marker

    def _refusal(self, text: str) -> str:
        """Return a text; several errors, or several keys, come in the random order of Go's maps."""
        text = _WHEN_BUILT_BY_GO_1_8.sub("", text)
        text = _INDEX_IN_TEXT.sub(lambda match: str(self._index(int(match[0]))), text)
        text = _KEYS.sub(lambda match: " ".join(sorted(match[0].split(" "))), text)
        if _SEVERAL.search(text):
            first, *lines = text.split("\n")
            text = "\n".join((first, *sorted(lines)))
        return self._text(text)

    def _value(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            within = _within(name, self._value)
            return {self._text(key): within(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._value(each, name) for each in self._in_order(value)]
        if name in TIMES and value and value != _NEVER:
            return "a time"
        if isinstance(value, str):
            return self._text(value)
        if name in INDEXES and type(value) is int:
            return self._index(value)
        return value

    def _in_order(self, values: list[Any]) -> list[Any]:
        """Return a list in which neighbours whose IDs differ only in what is drawn come as they were made.

        A server lists by ID, so evaluations and allocations come in a random order, as do children of one second.
        """
        if all(isinstance(each, dict) and {"Name", "Type", "Fields", "Objects"} <= each.keys() for each in values):
            return _objects_in_order(values)
        if not all(isinstance(each, dict) and "ID" in each and "CreateIndex" in each for each in values):
            return values
        runs = (list(run) for _, run in groupby(values, key=lambda each: RANDOM.sub("", str(each["ID"]))))
        return [each for run in runs for each in sorted(run, key=self._place)]

    def _place(self, made: Any) -> tuple[int, str, int]:
        return made["CreateIndex"], _masked(made), 0

    def _index(self, index: int) -> int | str:
        index = self.swapped.get(index, index)
        return index - self.marker if index >= self.marker else BEFORE if index else 0

    def _index_of_table(self, index: int) -> int | str:
        """Return an index in a header: 0 is that of a table that never changed, so before the marker, too."""
        return self._index(index) or BEFORE

    def _text(self, text: str) -> str:
        def known(match: re.Match[str]) -> str:
            return self._known.setdefault(match[0], f"<{match.lastgroup} {len(self._known)}>")

        return RANDOM.sub(known, text)


def _without_choice(reply: Any) -> Any:
    """Return the reply to a plan of several groups that do not all have room without the groups that have none.

    An agent places groups in the random order of Go's maps; the mock, as the job lists them.
    """
    failed = (isinstance(reply, dict) and reply.get("FailedTGAllocs")) or {}
    if not any(metric["NodesExhausted"] for metric in failed.values()):
        return reply
    updates = (reply.get("Annotations") or {}).get("DesiredTGUpdates", {}).values()
    wanting = [each for each in updates if each["Place"] or each["DestructiveUpdate"]]
    return {**reply, "FailedTGAllocs": "a choice of groups"} if len(wanting) > 1 else reply


def _within(name: str, value: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return (lambda each, _: value(each, FREE[0])) if name in FREE else value


def _objects_in_order(diffs: list[Any]) -> list[Any]:
    """Return the objects of a plan's diff, of which those come in one order that an agent can't put into order.

    It has them from Go's maps, and takes one for less as soon as any of its fields is less, whatever the others are.
    """

    def rank(diff: Any) -> Any:
        return diff["Name"], diff["Type"], len(diff["Fields"] or ()), len(diff["Objects"] or ())

    return [each for _, run in groupby(diffs, key=rank) for each in sorted(run, key=_masked)]


def _masked(value: Any) -> str:
    """Return a value in which of all that is drawn, a time or an index, only whether it is there can be seen."""
    if isinstance(value, dict):
        drawn = INDEXES | TIMES.keys()
        members = (f"{name}: {bool(value[name]) if name in drawn else _masked(value[name])}" for name in sorted(value))
        return RANDOM.sub("", ", ".join(members))
    return f"[{', '.join(map(_masked, value))}]" if isinstance(value, list) else RANDOM.sub("", str(value))


class LikenessOfTasks(Likeness):
    """The same where tasks run.

    A client reports several changes at once or one by one, as its threads happen to run, so there are more or fewer
    entries: whether there is an index is compared. Allocations of one plan can't be told apart by the index either, so
    it is not compared which ID an object has; lists come in the order of what else there is in their objects. A drain
    makes evaluations also of jobs that are gone, as long as the agent knows their allocations: those of batch jobs it
    never forgets.
    """

    def _determined(self, value: Any) -> Any:
        if isinstance(value, dict) and "NodeModifyIndex" in value:
            value = {**value, "EvalIDs": "evaluations", "EvalCreateIndex": 1}
        return super()._determined(value)

    def _index(self, index: int) -> int | str:
        return "an index" if index else 0

    def _index_of_table(self, _index: int) -> str:
        return "an index"

    def _text(self, text: str) -> str:
        return RANDOM.sub(lambda match: f"<{match.lastgroup}>", text)

    def _place(self, made: Any) -> tuple[int, str, int]:
        return 0, _masked(made), made["CreateIndex"]


def swapped(evaluations: list[Any]) -> dict[int, int]:
    """Return which indexes count as another one, in view of the evaluations that a server has.

    When a second evaluation of a job is blocked, one thread of an agent cancels the first, while another one completes
    the evaluation. Either may be first.
    """
    done = {each["ModifyIndex"] for each in evaluations if each["Status"] == "complete"}
    cancelled = {each["ModifyIndex"] for each in evaluations if each["Status"] == "canceled"}
    return {max(one, other): min(one, other) for one in cancelled for other in (one - 1, one + 1) if other in done}
