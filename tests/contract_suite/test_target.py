"""The target: its version and regions, and reaching it over TLS and with a token."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from contract_tests.client.http import Client, Received, Request
from contract_tests.client.identity import Unreachable, identify
from contract_tests.client.target import Target
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.contract_suite.test_cli import run
from tests.served import serving
from tests.wrong_servers import WRONG, wrong

pytestmark = pytest.mark.slow

TOKENS = {"all": ("read", "submit", "agent"), "submitter": ("read", "submit"), "reader": ("read",)}
"""The permissions of a token."""
ASKED = ("check", "--profile", "smoke", "--only", "job.evaluate.reply-*", "--seed", "1")


class Guard:
    """Wants tokens as servers with access control do, and answers 403 with a bare text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] == "http" and (text := self._refusal(scope)):
            await PlainTextResponse(text, 403 if text[0].isupper() else 500)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        token = dict(scope["headers"]).get(b"x-nomad-token", b"").decode()
        if token == "malformed":
            return "acl token lookup failed: index error: UUID must be 36 characters"
        if token and token not in TOKENS:
            return "ACL token not found"
        needed = "agent" if scope["path"] == "/v1/agent/self" else "read" if scope["method"] == "GET" else "submit"
        return "" if needed in TOKENS.get(token, ()) else "Permission denied"


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """Serve a mock that wants tokens, and return its address."""
    app = create_app(Settings())
    app.add_middleware(Guard)
    with serving(Settings(), app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "does not let the suite in: 403 'Permission denied'; give a --token or NOMAD_TOKEN"),
        ("stranger", "does not let the suite in: 403 'ACL token not found'; another token is needed"),
        ("malformed", "does not let the suite in: 500 'acl token lookup failed"),
        ("reader", "does not let the suite submit jobs: 403 'Permission denied'; another token is needed"),
    ],
)
def test_a_refused_token_is_said_in_one_line(guarded: str, token: str, words: str) -> None:
    """Without a token that may read and submit jobs nothing is checked, and the error says what to do."""
    done = run(*ASKED, "--address", guarded, "--token", token)
    said = (done.stdout + done.stderr).strip().splitlines()
    assert (done.returncode, len(said)) == (2, 1), said
    assert words in said[0]


def test_a_token_that_may_do_everything(guarded: str) -> None:
    """With such a token the version is read, and what it implies is checked."""
    done = run(*ASKED, "--address", guarded, "--token", "all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(0.5.4)" in done.stdout
    assert "level SHOULD" in done.stdout


def test_a_token_that_may_not_ask_the_agent(guarded: str) -> None:
    """A server whose version can't be read is checked against the page alone, unless the version is given."""
    for told, version, level in (
        ((), "(no version told: see --server-version)", "MUST"),
        (("--server-version", "v0.5.4"), "(0.5.4)", "SHOULD"),
        (("--server-version", "1.0.18"), "(1.0.18)", "MUST"),
    ):
        done = run(*ASKED, "--address", guarded, "--token", "submitter", *told)
        assert done.returncode == 0, done.stdout + done.stderr
        assert version in done.stdout
        assert f"level {level}" in done.stdout


def test_a_server_that_hangs_may_be_nomad() -> None:
    """It is checked, by processes that know that it hangs; only what cannot be Nomad is refused."""
    with wrong(WRONG["hangs"]) as address:
        found = identify(Target(address, patience=0.2))
        assert (found.version, found.region, found.experience.hung) == ("", "global", True)
    with wrong(WRONG["page"]) as address, pytest.raises(Unreachable, match=r"is not Nomad: GET .*Welcome"):
        identify(Target(address))


def test_a_server_that_does_not_connect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no connection comes about in time, nothing is known to speak HTTP."""

    def refuse(*_: object, **__: object) -> None:
        raise httpx.ConnectTimeout("")

    monkeypatch.setattr(Client, "send", refuse)
    with pytest.raises(Unreachable, match="does not answer: no connection within"):
        identify(Target("http://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("namespaces", "words"),
    [
        (Received(200, {}, b'[{"Name": "default"}, {"Name": "ops"}]'), ""),
        (Received(200, {}, b'[{"Name": "default"}]'), r"has no namespace 'ops'; it knows default$"),
        (Received(404, {}, b"404 page not found"), "tells no namespaces, which Nomad has since 1.0"),
    ],
)
def test_a_namespace_must_be_known(namespaces: Received, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in a namespace that the server does not have ends before it begins; the error says which ones there are."""

    def answer(_: Client, request: Request, *__: object, **___: object) -> Received:
        if request.target.startswith("/v1/job/nomad-contract-probe"):
            assert request.target.endswith("?namespace=ops")
        return namespaces if request.target == "/v1/namespaces" else Received(404, {}, b"job not found")

    monkeypatch.setattr(Client, "send", answer)
    target = Target.at("http://127.0.0.1:9", namespace="ops")
    if words:
        with pytest.raises(Unreachable, match=words):
            identify(target)
    else:
        assert identify(target).region == "global"


def test_the_default_namespace_is_not_named() -> None:
    """A request names no namespace where it would say what is so anyway, for 0.5 knows no such parameter."""
    assert Target.at("http://127.0.0.1:9", namespace="default").scope == {}


def test_a_server_that_drops_connections_is_asked_again() -> None:
    """Half of its connections tell nothing; its version is known all the same."""
    with wrong(WRONG["closes"]) as address:
        assert identify(Target(address)).version == "0.5.4"


class Certificates:
    """A certificate authority's files in a folder: its own, a server's, a client's, and those of a stranger."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.ca, self.other_ca = str(folder / "ca.pem"), str(folder / "other-ca.pem")
        self.authority.cert_pem.write_to_path(self.ca)
        trustme.CA().cert_pem.write_to_path(self.other_ca)
        self.server = self._issued(folder / "server.pem", "127.0.0.1")
        self.client = self._issued(folder / "client.pem", "somebody@example.com")

    def _issued(self, file: Path, name: str) -> tuple[str, str]:
        certificate, key = self.authority.issue_cert(name), file.with_suffix(".key")
        file.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        return str(file), str(key)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Return the files of such an authority."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@contextmanager
def secured(certificates: Certificates, verify: ssl.VerifyMode) -> Iterator[str]:
    """Serve a mock over TLS, which may want certificates of its clients."""
    certificate, key = certificates.server
    settings = Settings(tls_cert=Path(certificate), tls_key=Path(key))
    with serving(settings, ssl_ca_certs=certificates.ca, ssl_cert_reqs=verify) as port:
        yield f"https://127.0.0.1:{port}"


def test_a_private_authority_is_named_or_not_asked(certificates: Certificates) -> None:
    """A server's certificate is checked against the given authority, unless checking is switched off."""
    with secured(certificates, ssl.CERT_NONE) as address:
        assert identify(Target(address, cacert=certificates.ca)).version == "0.5.4"
        assert identify(Target(address, skip_verify=True)).version == "0.5.4"
        for cacert in ("", certificates.other_ca):
            with pytest.raises(Unreachable, match=r"does not answer: .*certificate verify failed"):
                identify(Target(address, cacert=cacert))
        with pytest.raises(Unreachable):
            identify(Target(address.replace("https", "http")))


def test_a_certificate_of_the_client_is_shown(certificates: Certificates) -> None:
    """A server that wants client certificates is checked with one, and cleaned up."""
    certificate, key = certificates.client
    shown = ("--cacert", certificates.ca, "--client-cert", certificate, "--client-key", key)
    with secured(certificates, ssl.CERT_REQUIRED) as address:
        done = run(*ASKED, "--address", address, *shown)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "(0.5.4)" in done.stdout
        assert "level SHOULD" in done.stdout
        assert run("cleanup", "--address", address, *shown).returncode == 0
        without = run(*ASKED, "--address", address, "--cacert", certificates.ca)
        assert (without.returncode, (without.stdout + without.stderr).count("\n")) == (2, 1)
