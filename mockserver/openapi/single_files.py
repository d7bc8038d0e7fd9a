"""Write ``schemas/bundled/``: the description of an agent and the schema of job files, each as one file.

Run ``python -m mockserver.openapi.single_files --write`` after a change in ``schemas/``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.openapi.bundle import Bundle, bundle
from mockserver.openapi.documents import Documents

_SCHEMAS = Path(__file__).parents[2] / "schemas"
_TARGET = _SCHEMAS / "bundled"
_LOCAL = "#/$defs/"
_REGISTRATION = "requests/register-request.json"
_ID = "urn:nomad-contract:job-file.schema.json"
"""A name and no address: copies of the file lie anywhere, and no tool looks for it there."""
_DESCRIPTION = (
    "A job file of Nomad 0.5: a job as JSON, bare or as nomad run -output prints it. Unlike an agent, which drops what "
    "it does not know, this schema refuses unknown names and those in another letter case."
)
_PRINTED: Mapping[str, Mapping[str, Any]] = {
    "structs.Service": {"Id": {"const": ""}},
    "structs.ServiceCheck": {"Id": {"const": ""}},
    "structs.NetworkResource": {"Public": {"const": False}},
}
"""What ``nomad run -output`` of 0.5 prints, by Go type, and an agent does not know."""


def description() -> dict[str, Any]:
    """Return the description of an agent's API as one document."""
    return bundle(Documents(_SCHEMAS), "openapi.json")


def job_file() -> dict[str, Any]:
    """Return the schema of job files, without keywords that validators and editors do not know."""
    documents = Documents(_SCHEMAS)
    parts = Bundle(_LOCAL)
    registration = parts.inlined(documents.node(_REGISTRATION))
    job = registration["properties"]["Job"]["$ref"]
    definitions = {registration["title"]: registration, **parts.taken_in}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": "Nomad 0.5 job file",
        "description": _DESCRIPTION,
        "type": "object",
        "if": {"required": ["Job"]},
        "then": {"$ref": _LOCAL + registration["title"]},
        "else": {"$ref": job},
        "$defs": {name: _for_people(schema) for name, schema in definitions.items()},
    }


def _for_people(schema: Any) -> Any:
    """Return a schema that refuses unknown names, with its units in words and no keyword of our own."""
    if isinstance(schema, list):
        return [_for_people(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _for_people(value) for key, value in schema.items() if not key.startswith("x-")}
    if isinstance(unit := schema.get("x-unit"), str):
        plain["description"] = f"{plain['description'].removesuffix('.')} ({unit})."
    go_type = schema.get("x-go-type")
    if isinstance(go_type, str) and go_type.startswith("structs.") and "properties" in schema:
        plain["properties"] |= _PRINTED.get(go_type, {})
        plain["additionalProperties"] = False
    return plain


FILES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "nomad-openapi.json": description,
    "job-file.schema.json": job_file,
}
"""The files, and what makes them."""


def text_of(name: str) -> str:
    """Return the text of a file that fits the schemas."""
    return json.dumps(FILES[name](), indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Say whether the files fit the schemas, or write them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mockserver.openapi.single_files", description="Bundled schemas.")
    parser.add_argument("--write", action="store_true", help="write schemas/bundled")
    write = parser.parse_args(arguments).write
    stale = [name for name in FILES if not _is_current(_TARGET / name, text_of(name))]
    for name in stale:
        if write:
            _TARGET.mkdir(exist_ok=True)
            (_TARGET / name).write_text(text_of(name), encoding="utf-8")
        else:
            sys.stderr.write(f"schemas/bundled/{name} does not fit the schemas: run this with --write\n")
    return 1 if stale and not write else 0


def _is_current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
