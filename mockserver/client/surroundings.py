"""The environment variables by which a program finds a mock, and no other server."""

from collections.abc import Mapping

OF_ANOTHER_SERVER = frozenset(
    f"NOMAD_{name}"
    for name in (
        *("REGION", "NAMESPACE", "TOKEN", "CACERT", "CAPATH", "CLIENT_CERT", "CLIENT_KEY"),
        *("TLS_SERVER_NAME", "SKIP_VERIFY", "HTTP_AUTH"),
    )
)
"""Variables that tell a client about a server: those of another one than the mock are left out."""

_PROXY_EXCEPTIONS = ("no_proxy", "NO_PROXY")
_THIS_MACHINE = "127.0.0.1,localhost"


def leading_to(address: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to set, so that a client asks the mock at an address of this machine, and no proxy."""
    direct = {name: ",".join(filter(None, (environment.get(name), _THIS_MACHINE))) for name in _PROXY_EXCEPTIONS}
    return {**direct, "NOMAD_ADDR": address}
