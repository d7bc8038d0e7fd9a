"""What the server under test says it is; a server that cannot be Nomad is not checked."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from contract_tests.client import json_body
from contract_tests.client.bounded import TooLong, shown_proxy
from contract_tests.client.http import Received, Request
from contract_tests.client.paths import with_query
from contract_tests.client.patience import Experience
from contract_tests.client.sender import NoAnswer, Sender
from contract_tests.client.target import Target
from contract_tests.words import escaped

_ADVICE = {
    "WRONG_VERSION_NUMBER": "it seems to speak http://, not https://",
    "CERTIFICATE_VERIFY_FAILED": "name its CA with --cacert, or pass --skip-verify",
    "Server disconnected": "does it speak https://?",
}
"""What to do about a problem, by a sign of it in its text."""


class Unreachable(Exception):
    """The target cannot be reached, cannot be Nomad, or refuses the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the target says it is."""

    version: str = ""
    """Nomad's version, or nothing when it does not say."""
    region: str = "global"
    regions: tuple[str, ...] = ()
    experience: Experience = field(default_factory=Experience)
    """How fast it was."""


def identify(target: Target) -> Identity:
    """Ask the target for its version and its regions.

    Raises:
        Unreachable: The target cannot be Nomad, or refuses the token; the text is one line that says what to do.
    """
    try:
        return _identity(target)
    except Unreachable as problem:
        through = f" (through the proxy {proxy})" if (proxy := shown_proxy(target.address)) else ""
        raise Unreachable(target.secrets.hidden(escaped(f"{problem}{through}"))) from None


def _identity(target: Target) -> Identity:
    try:
        sender = Sender(target)
        with sender.http, ThreadPoolExecutor() as pool:  # at once, because a wrong server may be late with each
            asked = [pool.submit(_told, sender, path) for path in ("/v1/agent/self", "/v1/regions")]
            namespaces = pool.submit(_told, sender, "/v1/namespaces") if target.namespace else None
            probe = _probed(sender, target.scope)
            about, known = (one.result() for one in asked)
            named = namespaces.result() if namespaces else None
    except (NoAnswer, httpx.HTTPError, OSError, ssl.SSLError, httpx.InvalidURL) as problem:
        raise Unreachable(f"{target.address} does not answer: {_why(problem)}") from None
    if probe is not None and _refuses(probe, target):
        raise Unreachable(f"{target.address} does not let the suite in: {_gist(probe)}; {advice(target)}")
    config = about.get("config") if isinstance(about, dict) else None
    if probe is not None and _is_html(probe) and not config:
        raise Unreachable(f"{target.address} is not Nomad: GET {_PROBE} gave {_gist(probe)}")
    regions = tuple(one for one in known if isinstance(one, str)) if isinstance(known, list) else ()
    if target.region and regions and target.region not in regions:
        raise Unreachable(f"{target.address} has no region {target.region!r}; it knows {', '.join(regions)}")
    if target.namespace:
        _need_namespace(target, named)
    version = _member(config, "Version")
    return Identity(
        version=_text(version) or _text(_member(version, "Version")),
        region=target.region or _text(_member(config, "Region")) or "global",
        regions=regions,
        experience=sender.patience.experience,
    )


_PROBE = "/v1/job/nomad-contract-probe"
_TRIES = 5
"""The number of times that a question is asked of a server that closes its connections without an answer."""


def _probed(sender: Sender, scope: dict[str, str]) -> Received | None:
    """Return the reply to a first request; None when the server took it and no whole reply came, as a Nomad may hang.

    Raises:
        NoAnswer: No connection came about in time.
    """
    try:
        return _asked(sender, _PROBE, scope)
    except (TooLong, httpx.DecodingError):
        return None
    except NoAnswer as problem:
        if isinstance(problem.__cause__, httpx.ConnectTimeout):
            raise
        return None


def _need_namespace(target: Target, listed: Any) -> None:
    """Check that the target has the namespace, given what it lists.

    Raises:
        Unreachable: It has not, or it lists none, as servers before 1.0 do.
    """
    if not isinstance(listed, list):
        raise Unreachable(f"{target.address} tells no namespaces, which Nomad has since 1.0: leave --namespace out")
    names = [_text(_member(one, "Name")) for one in listed]
    if target.namespace not in names:
        raise Unreachable(f"{target.address} has no namespace {target.namespace!r}; it knows {', '.join(names)}")


def _told(sender: Sender, path: str) -> Any:
    """Return what the target tells at a path; None when it does not, which only the statements judge."""
    try:
        reply = _asked(sender, path, {})
        return json_body.parse(reply.content) if reply.status_code == 200 else None
    except (NoAnswer, httpx.HTTPError, ValueError):
        return None


def _asked(sender: Sender, path: str, query: dict[str, str]) -> Received:
    ask = partial(sender.send, path, Request("GET", with_query(path, query, {})))
    for _ in range(_TRIES - 1):
        with suppress(httpx.RemoteProtocolError, httpx.ReadError):  # closed: the next connection may get an answer
            return ask()[0]
    return ask()[0]


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object) -> str:
    """Return a text that the target told, without characters that act on a terminal."""
    return escaped(value) if isinstance(value, str) else ""


def advice(target: Target) -> str:
    """Return what to do about a target that does not permit what the suite has to do."""
    return "another token is needed: --token or NOMAD_TOKEN" if target.token else "give a --token or NOMAD_TOKEN"


def _refuses(probe: Received, target: Target) -> bool:
    """Return whether servers with access control, since 0.7, want a token, or another one (a malformed one is 500)."""
    return probe.status_code in (401, 403) or bool(target.token and probe.status_code == 500 and "token" in probe.text)


def _why(problem: Exception) -> str:
    """Return what went wrong, and what to do where that is known."""
    text = str(problem) or type(problem).__name__
    return text + next((f" ({advice})" for sign, advice in _ADVICE.items() if sign in text), "")


def _is_html(probe: Received) -> bool:
    """Return whether a reply is a page for a browser, which no version of Nomad answers here."""
    typed = probe.headers.get("Content-Type", "").lower().startswith("text/html")
    return typed or probe.content.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _gist(response: Received) -> str:
    return f"{response.status_code} {response.text[:60]!r}"
