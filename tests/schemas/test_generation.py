"""Generators can use the description."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.schemas.catalogue import ROOT, all_operations, complaints, validator

pytestmark = pytest.mark.slow


def _narrowed(value: Any) -> Any:
    """Return a document with each ``x-generate`` in place of what it replaces."""
    if isinstance(value, list):
        return [_narrowed(item) for item in value]
    if not isinstance(value, dict):
        return value
    merged = {**value, **value.get("x-generate", {})}
    return {name: _narrowed(item) for name, item in merged.items() if name != "x-generate"}


def test_schemathesis_loads_the_description() -> None:
    """Schemathesis loads the description with every operation."""
    import schemathesis  # loads for long, and other tests of a run do without it
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_path(str(ROOT / "openapi.json"))
    labels = [result.ok().label for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert sorted(labels) == sorted(all_operations())


def test_a_generated_registration_fits_the_request_schema(tmp_path: Path) -> None:
    """Bodies generated from the narrowed description fit the plain request schema and have unlike names."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    for file in tmp_path.rglob("*.json"):
        file.write_text(json.dumps(_narrowed(json.loads(file.read_text("utf-8")))))
    config = SchemathesisConfig.from_dict({"generation": {"mode": "positive"}})
    schema = schemathesis.openapi.from_path(str(tmp_path / "openapi.json"), config=config)
    register = schema["/v1/job/{jobID}"]["PUT"].as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    plain = validator("requests/register-request.json")

    @seed(1)
    @settings(
        max_examples=8, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(register)
    def check(case: Any) -> None:
        assert complaints(plain, case.body) == {}
        groups = [group["Name"] for group in case.body["Job"]["TaskGroups"]]
        assert len(groups) == len(set(groups))

    check()
