"""Secrets are left out of all that is written down: headers, queries, JSON of any shape, and text."""

import asyncio
import gzip
import json
import zlib

import pytest
from starlette.applications import Starlette

from mockserver.journal.secrets import LEFT_OUT, SECRETS, Redaction, unpacked
from mockserver.journal.verbatim_json import NotReadable, read_all
from mockserver.testing import example_job
from tests.journal.conftest import Ask

HIDDEN = "s3cr3t-v4lue"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f'{{"VaultToken":"{HIDDEN}"}}', '{"VaultToken":"redacted"}'),
        (f'{{"vaulttoken":"{HIDDEN}","a":1.10}}', '{"vaulttoken":"redacted","a":1.10}'),
        (f'{{"Vault\\u0054oken":"{HIDDEN}"}}', '{"VaultToken":"redacted"}'),
        (f'{{"VaultToken":"{HIDDEN}","VaultToken":""}}', '{"VaultToken":"redacted","VaultToken":""}'),
        (f'{{"VaultToken":"a\\"{HIDDEN}"}}', '{"VaultToken":"redacted"}'),
        (
            f'[{{"tokens": ["{HIDDEN}", {{"a": "{HIDDEN}"}}, 5]}}]',
            '[{"tokens": ["redacted", {"a": "redacted"}, "redacted"]}]',
        ),
        (
            f'{{"args":["--token","{HIDDEN}","-password={HIDDEN}","x"]}}',
            '{"args":["--token","redacted","-password=redacted","x"]}',
        ),
        (
            f'{{"Type":"Edited","Name":"VaultToken","Old":"{HIDDEN}","New":"{HIDDEN}"}}',
            '{"Type":"Edited","Name":"VaultToken","Old":"redacted","New":"redacted"}',
        ),
        (
            f'{{"Name":"Env[DB_PASSWORD]","Old":"","New":"{HIDDEN}"}}',
            '{"Name":"Env[DB_PASSWORD]","Old":"","New":"redacted"}',
        ),
        (f'{{"url":"http://u:{HIDDEN}@h/x?token={HIDDEN}&y=1"}}', '{"url":"http://redacted@h/x?token=redacted&y=1"}'),
        (f'{{"text":"{{\\"VaultToken\\":\\"{HIDDEN}\\"}}"}}', '{"text":"{\\"VaultToken\\":\\"redacted\\"}"}'),
        (f'{{"a":1}}\n{{"Token":"{HIDDEN}"}}\n', '{"a":1}\n{"Token":"redacted"}\n'),
        (f'{{\n    "Token": "{HIDDEN}",\n    "b": []\n}}\n', '{\n    "Token": "redacted",\n    "b": []\n}\n'),
        (f'{{"Token":"{HIDDEN}","a":"\\ud800"}}', '{"Token":"redacted","a":"\\ud800"}'),
        (f'{{"VaultToken":"{HIDDEN}","a":1', LEFT_OUT),
        (f'{{"Vault\\u0054oken":"{HIDDEN}', LEFT_OUT),
        ("[" * 100_000 + f'{{"token":"{HIDDEN}"}}', LEFT_OUT),
        (f"token: {HIDDEN}", "token: redacted"),
        (f"Authorization: Bearer {HIDDEN}", "Authorization: Bearer redacted"),
        (f"export VAULT_TOKEN='{HIDDEN}'; x", "export VAULT_TOKEN='redacted'; x"),
    ],
)
def test_a_body_is_shown_without_its_secrets(body: str, said: str) -> None:
    """Secrets are left out wherever they are in a body; an unreadable body that may have one is left out."""
    assert SECRETS.body(body.encode()) == said


@pytest.mark.parametrize(
    "body",
    [
        '{"VaultToken":"","Enabled":true,"SecretID":null}',
        '{"a": 1, "b": [1.50, 12345678901234567890]',
        "Vault not enabled and Vault policies requested",
        '{"ID": "token-service", "Name": "token-service"}',
        "",
        '{"Env":{"A":"b"}}',
    ],
)
def test_what_tells_nothing_stays_as_it_is(body: str) -> None:
    """A body without secrets stays as it is, to the byte."""
    assert SECRETS.body(body.encode()) == body


def test_the_environment_of_tasks_is_left_out_on_request() -> None:
    """On request all values of Env are left out, in a job and in a plan's diff."""
    redaction = Redaction(env=True)
    body = f'{{"Env":{{"A":"{HIDDEN}"}},"Fields":[{{"Name":"Env[A]","Old":"{HIDDEN}","New":""}}]}}'
    assert HIDDEN not in (redaction.body(body.encode()) or HIDDEN)
    assert redaction.body(body[:-1].encode()) == LEFT_OUT
    assert SECRETS.body(body.encode()) == body


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "br", ""])
def test_compressed_bodies_are_looked_into(encoding: str) -> None:
    """Compressed bodies are searched, broken ones too; one that can't be unpacked is left out."""
    plain = f'{{"VaultToken":"{HIDDEN}"}}'.encode()
    body = zlib.compress(plain) if encoding == "deflate" else gzip.compress(plain)
    said = {"br": LEFT_OUT, "": LEFT_OUT}.get(encoding, '{"VaultToken":"redacted"}')
    assert SECRETS.body(body, encoding) == said
    assert SECRETS.body(body[:-1] + b"x", encoding) == LEFT_OUT
    assert SECRETS.body(body[:-4], encoding) == LEFT_OUT


def test_a_gzip_bomb_is_unpacked_up_to_a_limit() -> None:
    """A body is unpacked up to 16 MiB; a larger one is left out."""
    bomb = gzip.compress(b"0" * (1 << 25), 1)
    plain, whole = unpacked(bomb, "gzip")
    assert (len(plain), whole) == (1 << 24, False)
    assert SECRETS.body(bomb, "gzip") == LEFT_OUT


def test_several_gzip_members_are_one_body() -> None:
    """Several gzip members are one body, as in RFC 1952."""
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b"), "GZIP") == (b"ab", True)


def test_what_is_no_text_is_kept_where_it_is_harmless() -> None:
    """Binary data are kept, unless a telling word is in them."""
    assert SECRETS.body(b"\xff\x00binary") is None
    assert SECRETS.body(b"\xfftoken") == LEFT_OUT


@pytest.mark.parametrize(
    "name",
    ["Authorization", "AUTHORIZATION", "Proxy-Authorization", "X-Consul-Token", "x-api-key", "X-Nomad-Token", "Cookie"],
)
def test_a_header_is_known_by_its_name(name: str) -> None:
    """A secret header is known by its name in any letter case."""
    assert SECRETS.header(name, HIDDEN) == "redacted"


def test_addresses_are_shown_without_secrets() -> None:
    """Secrets in a query are left out, also with escaped names and in headers that have URLs."""
    assert SECRETS.query(f"a=b&token={HIDDEN}&%74oken={HIDDEN};api_key={HIDDEN}&token") == (
        "a=b&token=redacted&%74oken=redacted;api_key=redacted&token"
    )
    assert SECRETS.header("Referer", f"http://h/?token={HIDDEN}") == "http://h/?token=redacted"


def test_json_is_read_value_by_value() -> None:
    """Text that is no JSON, or nests too deeply, is reported as such."""
    assert read_all(" 1 [2]\n") == ["1", ["2"]]
    for text in ("{", "[" * 100_000):
        with pytest.raises(NotReadable):
            read_all(text)


@pytest.mark.anyio
async def test_no_exit_shows_a_secret(app: Starlette, agent: Ask, control: Ask) -> None:
    """Archive, journal, verdicts and events show no secret of a header, query, body or diff."""
    world = app.state.spaces.default.world
    events = world.events.stream(None)
    listening = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    job = example_job("web", VaultToken=HIDDEN, Meta={"api_key": HIDDEN})
    job["TaskGroups"][0]["Tasks"][0]["Env"] = {"A": "visible", "PASSWORD": HIDDEN}
    await agent("PUT", f"/v1/job/web?token={HIDDEN}", {"Job": job}, authorization=HIDDEN, x_consul_token=HIDDEN)
    await agent("PUT", "/v1/job/web/plan", {"Job": {**job, "VaultToken": f"{HIDDEN}2"}, "Diff": True}, x_api_key=HIDDEN)
    await agent("PUT", "/v1/job/web", json.dumps({"Job": job}).encode()[:-9])
    await agent("PUT", "/v1/job/web", gzip.compress(json.dumps({"Job": job}).encode()), content_encoding="gzip")
    await agent("GET", f"/v1/job/web?token=%zz{HIDDEN}", accept_encoding="gzip")
    for path in ("", "/har", "/1", "/2", "/3", "/4", "/5"):
        assert HIDDEN not in (await control("GET", f"/journal{path}")).text, path
    for match in ({"headers": {"Authorization": "x"}}, {"query": {"token": "x"}}, {"body": {"Job": {"VaultToken": 1}}}):
        verdict = await control("POST", "/journal/verify", {"match": match})
        assert HIDDEN not in verdict.text
        assert not verdict.json["met"]
    assert "visible" in (await control("GET", "/journal/har")).text
    assert "visible" not in (await control("GET", "/journal/har?env=redacted")).text
    assert "visible" not in (await control("GET", "/journal/1?env=redacted")).text
    assert HIDDEN in (await control("GET", "/journal/1?secrets=shown")).text
    seen = [await listening] + [await anext(events) for _ in range(10)]
    assert "redacted" in str(seen)
    assert HIDDEN not in str(seen)
    await events.aclose()
