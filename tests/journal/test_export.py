"""The HTTP Archive, checked against what HAR 1.2 requires."""

from typing import Any

import jsonschema
import pytest
from starlette.applications import Starlette

from mockserver.journal.exchange import Exchange
from mockserver.journal.export import har
from mockserver.testing import example_job
from tests.asgi import NoAnswer
from tests.journal.conftest import Ask

pytestmark = pytest.mark.anyio

_TEXT, _NUMBER, _SIZE = {"type": "string"}, {"type": "number", "minimum": -1}, {"type": "integer", "minimum": -1}
_PAIRS = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "value"], "properties": {"name": _TEXT, "value": _TEXT}},
}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object; fields that begin with an underscore are free."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional, "comment": _TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


HAR = _object(
    {
        "log": _object(
            {
                "version": {"const": "1.2"},
                "creator": _object({"name": _TEXT, "version": _TEXT}),
                "entries": {
                    "type": "array",
                    "items": _object(
                        {
                            "startedDateTime": {
                                "type": "string",
                                "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
                            },
                            "time": {"type": "number", "minimum": 0},
                            "request": _object(
                                {
                                    "method": _TEXT,
                                    "url": {"type": "string", "pattern": "^https?://[^/]+/"},
                                    "httpVersion": _TEXT,
                                    "cookies": _PAIRS,
                                    "headers": _PAIRS,
                                    "queryString": _PAIRS,
                                    "headersSize": _SIZE,
                                    "bodySize": _SIZE,
                                },
                                postData=_object({"mimeType": _TEXT, "params": {"type": "array"}, "text": _TEXT}),
                            ),
                            "response": _object(
                                {
                                    "status": {"type": "integer"},
                                    "statusText": _TEXT,
                                    "httpVersion": _TEXT,
                                    "cookies": _PAIRS,
                                    "headers": _PAIRS,
                                    "content": _object(
                                        {"size": _SIZE, "mimeType": _TEXT},
                                        text=_TEXT,
                                        encoding=_TEXT,
                                        compression=_SIZE,
                                    ),
                                    "redirectURL": _TEXT,
                                    "headersSize": _SIZE,
                                    "bodySize": _SIZE,
                                }
                            ),
                            "cache": {"type": "object"},
                            "timings": _object({"send": _NUMBER, "wait": _NUMBER, "receive": _NUMBER}),
                        }
                    ),
                },
            }
        )
    }
)


async def test_all_that_har_requires_is_there(app: Starlette, agent: Ask, control: Ask) -> None:
    """The archive has all required fields for replies of every kind, and for none."""
    await agent("PUT", "/v1/job/web?region=global&pretty", {"Job": example_job("web")}, host="mock:1", cookie="a=b")
    await agent("GET", "/v1/job/web", accept_encoding="gzip")
    await agent("GET", "/v1//jobs")
    await agent("PUT", "/v1/job/x", b"\xff")
    world = app.state.spaces.default.world
    world.faults.add({"fault": {"kind": "drop"}, "times": 1})
    with pytest.raises(NoAnswer):
        await agent("GET", "/v1/jobs")
    world.faults.add(
        {
            "fault": {"kind": "status", "status": 299, "headers": {"Set-Cookie": "a=hidden"}, "body": "\u00e9"},
            "times": 1,
        }
    )
    await agent("GET", "/v1/jobs")
    archive = (await control("GET", "/journal/har")).json
    jsonschema.validate(archive, HAR)
    first, read, redirect, bad, dropped, odd = archive["log"]["entries"]
    assert first["request"]["url"] == "http://mock:1/v1/job/web?region=global&pretty"
    assert first["request"]["queryString"] == [{"name": "region", "value": "global"}, {"name": "pretty", "value": ""}]
    assert first["timings"]["wait"] + first["timings"]["receive"] == pytest.approx(first["time"])
    content = read["response"]["content"]
    assert content["size"] == len(content["text"].encode()) == read["response"]["bodySize"] + content["compression"]
    assert odd["response"]["cookies"] == [{"name": "a", "value": "redacted"}]
    assert "hidden" not in str(archive)
    assert read["response"]["content"]["text"].startswith('{"AllAtOnce"')
    assert redirect["response"]["redirectURL"] == "/v1/jobs"
    assert bad["response"]["status"] == 400
    assert (dropped["response"]["status"], dropped["comment"]) == (0, "drop")
    assert (odd["response"]["status"], odd["response"]["statusText"]) == (299, "")


async def test_secrets_are_left_out(agent: Ask, control: Ask) -> None:
    """Secrets are left out of the archive, and out of the journal unless they are asked for."""
    await agent(
        "PUT",
        "/v1/job/web",
        {"Job": example_job("web", VaultToken='sec"ret')},
        authorization="secret",
        x_nomad_token="secret",
        x_vault_token="secret",
        cookie="secret",
    )
    archive = await control("GET", "/journal/har")
    assert "secret" not in archive.text
    assert "sec\\" not in archive.text
    assert archive.text.count("redacted") == 5
    assert (await control("GET", "/journal/1")).text.count("secret") == 0
    assert (await control("GET", "/journal/1?secrets=shown")).text.count("secret") == 4


def test_addresses_have_the_scheme_of_the_mock() -> None:
    """URLs in the archive have the mock's scheme, which an exchange itself does not know."""
    entry = Exchange(1, {"method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}, 1, 0, 0)
    entry.end({}, 2, 0, 0, entry)
    assert har([entry], scheme="https")["log"]["entries"][0]["request"]["url"] == "https://localhost/"
