"""No secret of a run appears in anything that it prints or writes, whatever a server sends back."""

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cli import main
from contract_tests.client.bounded import shown_proxy
from contract_tests.client.http import Request
from contract_tests.client.secrets import Secrets
from contract_tests.client.target import Target
from tests import wrong_servers
from tests.contract_suite.test_cli import run

TOKEN, USER, PASSWORD, KEY = "token-of-acl", "somebody", 'pass"wörd&1', "Bearer key-of-proxy"
PACKED = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


async def echoing(scope: Any, _receive: Any, send: Any) -> None:
    """Answer with the headers of the request, as a server does that shows too much."""
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    with suppress(KeyError):
        told["password"] = base64.b64decode(told["authorization"].partition(" ")[2]).decode()
    headers = [wrong_servers.JSON, (b"x-echo", told.get("x-key", "").encode())]
    body = json.dumps(told).encode()
    await wrong_servers.answering(404, body, *headers)(scope, _receive, send)


@pytest.mark.slow
def test_no_output_shows_a_secret(tmp_path: Path) -> None:
    """Tokens, passwords and headers are sent, and hidden in the console, in every report, and in what came back."""
    with wrong_servers.wrong_about(wrong_servers.EVERYTHING, echoing) as address:
        files = {name: tmp_path / name for name in ("report-json", "report-html", "report-markdown", "junit", "badge")}
        named = [word for name, file in files.items() for word in (f"--{name}", str(file))]
        place = address.replace("//", f"//{USER}:{PASSWORD.replace('&', '%26')}@")
        given = ("--address", place, "--token", TOKEN, "--header", f"X-Key: {KEY}", "-v", *named)
        done = run("check", *given, "--profile", "smoke", "--only", "job.query.*", "--level", "may")
    assert done.returncode == 1, done.stdout + done.stderr
    told = done.stdout + done.stderr + "".join(file.read_text("utf-8") for file in files.values())
    assert '"x-echo": "…"' in files["report-json"].read_text("utf-8")
    for secret in (TOKEN, PASSWORD, json.dumps(PASSWORD)[1:-1], "key-of-proxy", PACKED):
        assert secret not in told


def test_a_secret_is_hidden_in_every_form() -> None:
    """A server may send a secret back in JSON or in a URL; a short one is in everything, and not looked for."""
    hide = Secrets([PASSWORD, "abc", "", "token"])
    assert hide.hidden(f"{PASSWORD} {json.dumps(PASSWORD)} pass%22w%C3%B6rd%261 abc") == '… "…" … abc'
    assert hide.hidden_in({"token": ["a token", 7, None]}) == {"…": ["a …", 7, None]}
    assert Secrets([]).hidden_in(["x"]) == ["x"]


def test_an_address_may_have_user_and_password() -> None:
    """They are sent as HTTP basic authentication, and are no part of the address that is shown."""
    target = Target.at("http://some%40body:p%3Aw@127.0.0.1:4646/", token="x")
    assert (target.address, target.http_auth) == ("http://127.0.0.1:4646", "some@body:p:w")
    sent = dict(target.client()._on_the_wire(Request("GET", "/")).headers)
    assert sent[b"Authorization"] == b"Basic " + base64.b64encode(b"some@body:p:w")
    assert target.hidden_headers == {"Authorization": "…", "X-Nomad-Token": "…"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--header", "no colon secret"], "NAME:VALUE"),
        (["--header", "Content-Length: secret"], "set by the suite itself"),
        (["--header", "X: secret\x1b[2J"], "characters that no header can have"),
        (["--http-auth", "secret"], "USER:PASSWORD"),
        (["--rate-limit", "0"], "5 or 5/s"),
        (["--address", "ftp://somebody:secret@x"], "is not the address"),
    ],
)
def test_a_mistake_shows_no_secret(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong is said without the value."""
    with suppress(SystemExit):
        main(["check", *words])
    said = capsys.readouterr().err
    assert told in said
    assert "secret" not in said


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is used for this machine itself."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://me:secret@proxy.example:3128")
    assert shown_proxy("http://nomad.example:4646") == "http://proxy.example:3128"
    for own in ("http://127.0.0.1:4646", "http://127.9.9.9", "http://[::1]:4646", "http://localhost:1"):
        assert shown_proxy(own) == ""
