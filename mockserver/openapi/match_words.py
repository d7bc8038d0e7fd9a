"""Find misspelt names in the match of a request: such a match fits no request, and an assertion with it proves nothing.

Only a name that is much like a valid one counts as misspelt. Any other may well be what a client sends: a header field
of a proxy, a field or parameter of a later Nomad.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from mockserver.gostd.json_text import read
from mockserver.openapi import later
from mockserver.openapi.contract import Contract
from mockserver.openapi.lint import Dropped, dropped_of
from mockserver.openapi.operation import Operation
from nomad_contract_spelling import did_you_mean, nearest, shown

_LIKENESS = 0.8
"""How alike words have to be, from 0 to 1, unless they have the same letters: ``none`` is no misspelt ``node``."""
_HEADERS = (
    *("Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length"),
    *("Content-Type", "Cookie", "Expect", "Host", "If-None-Match", "Origin", "Transfer-Encoding", "User-Agent"),
    *("X-Forwarded-For", "X-Nomad-Token", "X-Nomad-Mock-Space"),
)
_WILD = "*?["
_OF_A_LIST = 2
"""The slashes in the path of a list, such as ``/v1/jobs``."""


def misspelt(contract: Contract, match: Mapping[str, Any]) -> Iterator[str]:
    """Say which names in a ``Match`` of the control plane's description are misspelt, and what was probably meant."""
    if path := match.get("path"):
        yield from _in_path(contract, path)
    for name in match.get("query", {}):
        if meant := _meant(name, _parameters(contract)):
            yield f"query: there is no parameter {shown(name)}; {did_you_mean(meant)}"
    for name in match.get("headers", {}):
        if (meant := _meant(name, _HEADERS)) and meant.lower() != name.lower():
            yield f"headers: there is no header field {shown(name)}; {did_you_mean(meant)}"
    if "body" in match:
        for place, meant in _in_body(_with_body(contract, match.get("operation")), match["body"]):
            yield f"{place}: there is no such field; {did_you_mean(meant)}"


def _meant(word: str, known: Iterable[str]) -> str | None:
    names = tuple(known)
    if word in names:
        return None
    near = next((name for name in names if _letters(name) == _letters(word)), None) or nearest(word, names)
    if near is None or _letters(near) == _letters(word):
        return near
    return near if SequenceMatcher(None, word.lower(), near.lower()).ratio() >= _LIKENESS else None


def _letters(word: str) -> list[str]:
    return sorted(word.lower())


def _in_path(contract: Contract, path: str) -> Iterator[str]:
    """Yield what is misspelt in a path: the first word after ``/v1``, or the last one, which names an operation."""
    plain = path[: min((place for each in _WILD if (place := path.find(each)) >= 0), default=len(path))]
    version, _, rest = plain.removeprefix("/").partition("/")
    word, more, _ = rest.partition("/")
    if version != "v1" or not (more or plain == path) or later.endpoint("GET", path):
        return
    paths = _paths(contract)
    if first := _first_meant(paths, word, is_parent=bool(more)):
        right = path.replace(f"/v1/{word}", f"/v1/{first}", 1)
        yield f"path: no agent has a path {shown(path)}; {did_you_mean(right)}"
    if first or not more:
        return
    parent, _, last = path.rpartition("/")
    below = path.removeprefix(f"/v1/{word}/")
    beside = [each for each in paths if each.rpartition("/")[0] == parent]
    if "/" in below:  # an ID, and perhaps an operation
        beside += [each for each in paths if each.startswith(f"/v1/{word}/{{")]
    operations = {each.rpartition("/")[2] for each in beside if not each.endswith("}")}
    meant = _meant(last, operations) if last.isalpha() else None
    if meant and not last.startswith(meant):  # an ID may well end in /plans
        has_id = any(each.startswith(f"/v1/{word}/{{") for each in paths)
        wrong = f"an agent takes {shown(below)} for an ID" if has_id else f"no agent has a path {shown(path)}"
        yield f"path: {wrong}; {did_you_mean(f'{parent}/{meant}')}"


def _first_meant(paths: Iterable[str], word: str, *, is_parent: bool) -> str | None:
    """Return what a misspelt first word means; below a list, such as ``/v1/jobs``, is nothing: a job is meant."""
    words = {path.split("/")[2] for path in paths}
    parents = {path.split("/")[2] for path in paths if path.count("/") > _OF_A_LIST}
    return _meant(word, words) or (nearest(word, parents) if is_parent and word not in parents else None)


def _in_body(operations: list[Operation], body: Any) -> Iterator[tuple[str, str]]:
    """Yield places of misspelt fields, for the operation that knows most of the fields."""
    tree = read(json.dumps(body).encode())
    found: list[list[Dropped]] = []
    for operation in operations:
        assert operation.body_type is not None
        found.append([each for each in dropped_of(operation.body_type(), tree) if each.kind == "body-unknown"])
    for unknown in min(found, key=len, default=[]):
        if unknown.near and _meant(str(unknown.place[-1]), [unknown.near]):
            yield "/".join(["body", *map(str, unknown.place[:-1]), shown(str(unknown.place[-1]))]), unknown.near


def _with_body(contract: Contract, names: str | list[str] | None) -> list[Operation]:
    wanted = [names] if isinstance(names, str) else names
    with_body = [each for each in contract.operations.values() if each.body_type is not None]
    return [each for each in with_body if wanted is None or each.name in wanted]


@cache
def _parameters(contract: Contract) -> frozenset[str]:
    return frozenset(one.name for operation in contract.operations.values() for one in operation.parameters)


@cache
def _paths(contract: Contract) -> frozenset[str]:
    return frozenset(operation.path for operation in contract.operations.values())
