"""The server under test: where it is, and how to reach it."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from contract_tests.client.http import Client
from contract_tests.client.patience import Patience, TimeLimit
from contract_tests.client.secrets import HIDDEN, Secrets, basic

DEFAULT_NAMESPACE = "default"
"""The namespace of a request that names none."""


@dataclass(frozen=True, slots=True)
class Target:
    """Settings of the server under test, by the ecosystem's names."""

    address: str
    region: str = ""
    namespace: str = ""
    """The namespace of every request; "" where none is sent, which means that of the name ``default``."""
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
    def at(address: str, http_auth: str = "", namespace: str = "", **settings: Any) -> "Target":
        """Return the target at an address, which may have the user and the password for HTTP in it."""
        parts = urlsplit(address.rstrip("/"))
        user, _, place = parts.netloc.rpartition("@")
        bare = parts._replace(netloc=place).geturl()
        named = "" if namespace == DEFAULT_NAMESPACE else namespace  # 0.5 knows no such parameter
        return Target(address=bare, http_auth=unquote(user) or http_auth, namespace=named, **settings)

    @property
    def scope(self) -> dict[str, str]:
        """The query parameters of every request that say where on the server it belongs."""
        return {name: value for name, value in (("region", self.region), ("namespace", self.namespace)) if value}

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

    def client(self) -> Client:
        """Return an HTTP client for the target; replies come uncompressed unless a request says otherwise."""
        return Client(self.address, {"Accept-Encoding": "identity", **self._own_headers}, tls=self._tls())

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
