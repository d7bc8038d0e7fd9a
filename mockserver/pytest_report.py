"""What a failing test says about the mocks that it used: their exchanges, their seeds, how they varied."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.pytest_vary import told_of_vary

if TYPE_CHECKING:
    from mockserver.client import MockClient

_MOST = 50
"""Exchanges that are shown of a mock: the newest."""

Used = tuple["MockClient", Mapping[str, Any]]
_MOCKS: pytest.StashKey[list[Used]] = pytest.StashKey()


def remember(node: pytest.Item | pytest.Session, mock: "MockClient", settings: Mapping[str, Any]) -> None:
    """Remember that a test, or the session, uses a mock."""
    others = [used for used in mocks_of(node) if used[0] is not mock]  # a test that is run again uses the same one
    node.stash[_MOCKS] = [*others, (mock, settings)]


def mocks_of(node: pytest.Item | pytest.Session) -> list[Used]:
    """Return the mocks that a test, or the session, uses, with the settings of each."""
    return node.stash.get(_MOCKS, [])


def report_section(item: pytest.Item) -> str:
    """Return what a failing test says about its mocks, "" when it used none."""
    mocks = mocks_of(item)
    if "nomad_mock_session" in getattr(item, "fixturenames", ()):
        mocks = [*mocks, *mocks_of(item.session)]
    return "\n\n".join(filter(None, (_told(item, mock) for mock, _ in mocks)))


def _told(item: pytest.Item, mock: "MockClient") -> str:
    from mockserver.client import MockError

    try:
        settings = mock.settings()
    except (MockError, OSError):  # the test has dropped its mock
        return ""
    try:
        exchanges = [*mock.requests.list(limit=_MOST, whole=True)]
        count = mock.requests.count()
        used = [freedom for each in mock.requests.list() for freedom in each["freedoms"]] if settings["vary"] else []
    except MockError:  # it keeps no journal
        return f"The mock at {mock.url} had the seed {settings['seed']}, and kept no journal."
    lines = [f"The mock at {mock.url} had the seed {settings['seed']}{_repeated(item, settings['seed'])}."]
    lines += _exchanges(exchanges, count)
    return "\n".join([*lines, *told_of_vary(item, mock.url, settings["vary"], used)])


def _repeated(item: pytest.Item, seed: int) -> str:
    if any("seed" in marker.kwargs for marker in item.iter_markers("nomad_mock")):
        return ""
    return f" (again with --nomad-mock-seed {seed})"


def _exchanges(exchanges: Sequence[Mapping[str, Any]], count: int) -> Iterator[str]:
    """Yield a headline, and the lines about the exchanges, the newest last."""
    from mockserver.client.exchange_text import exchange_lines

    if not exchanges:
        yield "No request came."
        return
    shown = len(exchanges)
    yield f"Requests, the newest last{f' (the last {shown} of {count})' if count > shown else ''}:"
    yield from (f"  {line}" for line in exchange_lines(exchanges))
