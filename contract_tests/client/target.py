"""The server under test: where it is, how to reach it, and what it says it is."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from contract_tests.client import json_body
from contract_tests.client.bounded import TooLong, Transport, Unfinished, shown_proxy
from contract_tests.client.patience import Patience, TimeLimit
from contract_tests.client.secrets import HIDDEN, Secrets, basic
from contract_tests.words import escaped

_ADVICE = {
    "WRONG_VERSION_NUMBER": "it seems to speak http://, not https://",
    "CERTIFICATE_VERIFY_FAILED": "name its CA with --cacert, or pass --skip-verify",
    "Server disconnected": "does it speak https://?",
}
"""What to do about a problem, by a sign of it in its text."""


class Unreachable(Exception):
    """The target does not answer, is no Nomad, or refuses the token."""


@dataclass(frozen=True, slots=True)
class Target:
    """Settings of the server under test, by the ecosystem's names."""

    address: str
    region: str = ""
    token: str = ""
    cacert: str = ""
    client_cert: str = ""
    client_key: str = ""
    skip_verify: bool = False
    patience: float = 20.0
    """Seconds that the server may take for what it does by itself: placing, starting, launching."""
    rate_limit: float = 0.0
    """The most requests a second; 0 for no limit."""
    headers: Sequence[tuple[str, str]] = ()
    """Names and values of headers that every request has, for a proxy that wants them."""
    http_auth: str = ""
    """User and password for HTTP basic authentication, as ``USER:PASSWORD``."""

    @staticmethod
    def at(address: str, http_auth: str = "", **settings: Any) -> "Target":
        """Return the target at an address, which may have the user and the password for HTTP in it."""
        parts = urlsplit(address.rstrip("/"))
        user, _, place = parts.netloc.rpartition("@")
        bare = parts._replace(netloc=place).geturl()
        return Target(address=bare, http_auth=unquote(user) or http_auth, **settings)

    @property
    def timeout(self) -> float:
        """Seconds for a reply, from the request to the reply's last byte."""
        return Patience(self.patience, TimeLimit()).reply

    @property
    def hidden_headers(self) -> dict[str, str]:
        """The headers of every request whose values are nobody's business, as they are shown."""
        return dict.fromkeys(self._own_headers, HIDDEN)

    @property
    def secrets(self) -> Secrets:
        """The texts that no output of a run shows."""
        values = [value for _, value in self.headers]
        values += [value.partition(" ")[2] for value in values]  # the token of Bearer
        password = self.http_auth.partition(":")[2]
        authorization = basic(self.http_auth).partition(" ")[2] if self.http_auth else ""
        return Secrets([self.token, *values, self.http_auth, password, authorization])

    @property
    def _own_headers(self) -> dict[str, str]:
        token = {"X-Nomad-Token": self.token} if self.token else {}
        authorization = {"Authorization": basic(self.http_auth)} if self.http_auth else {}
        return authorization | token | dict(self.headers)

    def client(self) -> httpx.Client:
        """Return an HTTP client for the target; replies come uncompressed unless a request says otherwise."""
        headers = {"Accept-Encoding": "identity", **self._own_headers}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        transport = Transport(self.address, verify=self._tls(), limits=limits)
        return httpx.Client(base_url=self.address, headers=headers, timeout=self.timeout, transport=transport)

    def _tls(self) -> ssl.SSLContext | bool:
        if not self.address.startswith("https"):
            return False  # nothing to verify; loading the system's CAs would take longer than many a request
        context = ssl.create_default_context(cafile=self.cacert or None)
        if self.skip_verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_cert:
            context.load_cert_chain(self.client_cert, self.client_key or None)
        return context


@dataclass(frozen=True, slots=True)
class Identity:
    """What the target says it is."""

    version: str = ""
    """Nomad's version, or nothing when it does not say."""
    region: str = "global"
    regions: tuple[str, ...] = field(default=())


def identify(target: Target) -> Identity:
    """Ask the target for its version and its regions.

    Raises:
        Unreachable: The target does not answer as a Nomad would; the text is one line that says what to do.
    """
    try:
        return _identity(target)
    except Unreachable as problem:
        through = f" (through the proxy {proxy})" if (proxy := shown_proxy(target.address)) else ""
        raise Unreachable(target.secrets.hidden(escaped(f"{problem}{through}"))) from None


def _identity(target: Target) -> Identity:
    try:
        with target.client() as client:
            probe = _probed(client, target.region)
            about = _told(client, "/v1/agent/self") if probe is not None else None
            known = _told(client, "/v1/regions") if about is not None else None
    except (httpx.HTTPError, OSError, ssl.SSLError, httpx.InvalidURL) as problem:
        raise Unreachable(f"{target.address} does not answer: {_why(problem, target)}") from None
    if probe is not None and _refuses(probe, target):
        raise Unreachable(f"{target.address} does not let the suite in: {_gist(probe)}; {advice(target)}")
    config = about.get("config") if isinstance(about, dict) else None
    if probe is not None and _is_html(probe) and not config:
        raise Unreachable(f"{target.address} is not Nomad: GET {_PROBE} gave {_gist(probe)}")
    regions = tuple(one for one in known if isinstance(one, str)) if isinstance(known, list) else ()
    if target.region and regions and target.region not in regions:
        raise Unreachable(f"{target.address} has no region {target.region!r}; it knows {', '.join(regions)}")
    version = _member(config, "Version")
    return Identity(
        version=_text(version) or _text(_member(version, "Version")),
        region=target.region or _text(_member(config, "Region")) or "global",
        regions=regions,
    )


_PROBE = "/v1/job/nomad-contract-probe"
_TRIES = 4
"""The number of times that a server may close the first connections without an answer."""


def _probed(client: httpx.Client, region: str) -> httpx.Response | None:
    """Return the reply to a first request; None when it began as HTTP does, but cannot be read to its end."""
    for _ in range(_TRIES):
        try:
            return client.get(_PROBE, params={"region": region} if region else {})
        except (Unfinished, TooLong, httpx.DecodingError):
            return None
        except (httpx.RemoteProtocolError, httpx.ReadError):  # closed: the next one may be answered
            pass
    return client.get(_PROBE, params={"region": region} if region else {})


def _told(client: httpx.Client, path: str) -> Any:
    """Return what the target tells at a path; None when it does not, which only the statements judge."""
    try:
        reply = client.get(path)
        return json_body.parse(reply.content) if reply.status_code == 200 else None
    except (httpx.HTTPError, ValueError):
        return None


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object) -> str:
    """Return a text that the target told, without characters that act on a terminal."""
    return escaped(value) if isinstance(value, str) else ""


def advice(target: Target) -> str:
    """Return what to do about a target that does not permit what the suite has to do."""
    return "another token is needed: --token or NOMAD_TOKEN" if target.token else "give a --token or NOMAD_TOKEN"


def _refuses(probe: httpx.Response, target: Target) -> bool:
    """Return whether servers with access control, since 0.7, want a token, or another one (a malformed one is 500)."""
    return probe.status_code in (401, 403) or bool(target.token and probe.status_code == 500 and "token" in probe.text)


def _why(problem: Exception, target: Target) -> str:
    """Return what went wrong, and what to do where that is known."""
    if isinstance(problem, httpx.TimeoutException):
        return f"no whole reply came within {target.timeout:.0f} s"
    text = str(problem) or type(problem).__name__
    return text + next((f" ({advice})" for sign, advice in _ADVICE.items() if sign in text), "")


def _is_html(probe: httpx.Response) -> bool:
    """Return whether a reply is a page for a browser, which no version of Nomad answers here."""
    typed = probe.headers.get("Content-Type", "").lower().startswith("text/html")
    return typed or probe.content.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _gist(response: httpx.Response) -> str:
    return f"{response.status_code} {response.text[:60]!r}"
