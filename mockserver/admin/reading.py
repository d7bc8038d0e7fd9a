"""Read a request to the control plane as its operation is described; nothing in it is ignored."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request

from mockserver import gc_pauses
from mockserver.admin.call import Problem
from mockserver.hcl import SUFFIXES, HclError, decoded, is_hcl
from mockserver.http import requests
from mockserver.http.requests import BodyTooDense, BodyTooLarge, is_dense, read_body
from mockserver.off_loop import apart
from mockserver.openapi import Control, ControlOperation
from mockserver.worlds import ADMIN, HEADER
from mockserver.worlds.job_files import JOB_HCL
from mockserver.worlds.strict_json import UnreadableJson, is_integer, read_json
from nomad_contract_spelling import advice, meant, shown

_STATE = "import-state"
_STATE_LIMIT = 1024 * 1024 * 1024
"""The longest state in bytes that can be imported: what a large world exports has to find its way back."""

_OUR_HEADERS = b"x-nomad-mock-"
_SPACE = HEADER.decode()


def read_query(control: Control, operation: ControlOperation, request: Request) -> dict[str, Any]:
    """Return the query parameters, each as its schema says.

    Raises:
        Problem: A parameter or a header of ours is unknown, or a value does not fit its schema.
    """
    found = [*_in_headers(request), *_in_query(control, operation, request)]
    if found:
        raise Problem(400, "the request is not as described", _described(operation), found)
    return {
        name: int(value) if control.is_integer(operation.parameters[name]) else value
        for name, value in request.query_params.items()
    }


async def read_body_as_json(control: Control, operation: ControlOperation, request: Request) -> Any:
    """Return the body, ``{}`` where none was sent and none is needed.

    Raises:
        Problem: The body is too large, can't be read, or does not fit its schema.
    """
    limit = _STATE_LIMIT if operation.id == _STATE else requests.LIMIT
    try:
        text = await read_body(request.scope, request.receive, limit)
    except BodyTooLarge:
        raise Problem(413, f"the body is larger than {limit} bytes", "send less at a time") from None
    if not operation.body:
        if text.strip() not in (b"", b"{}"):
            raise Problem(400, f"{operation.id} takes no body", "leave the body out")
        return {}
    if not text and not operation.body_required:
        return {}
    if await is_dense(text):
        raise Problem(413, BodyTooDense().text, "send what GET /__admin/state gives, or less at a time")
    try:
        body = await apart(text, partial(_value, operation, text, request.headers.get("content-type", "")))
    except (HclError, UnreadableJson) as error:
        raise Problem(400, f"the body can't be read: {error}", _see(operation)) from None
    look = control.findings_in_parts if operation.id == _STATE else control.findings
    findings = await apart(text, partial(look, operation, body))
    if findings:
        raise Problem(400, "the body is not as described", _see(operation), findings)
    return body


def _value(operation: ControlOperation, text: bytes, media_type: str) -> Any:
    """Return the JSON value of a body, of HCL the object that stands for its job.

    What begins neither as the one nor as the other is taken for HCL, unless it was sent as JSON.
    """
    is_said_to_be_json = media_type.partition(";")[0].strip().lower() == "application/json"
    if operation.takes_hcl and is_hcl(text, "job" if is_said_to_be_json else f"job{SUFFIXES[0]}"):
        return {JOB_HCL: decoded(text)}
    if operation.id != _STATE:
        return read_json(text)
    with gc_pauses.none():
        return read_json(text, unique_names=False)


def _in_headers(request: Request) -> Iterator[str]:
    for name, _ in request.scope["headers"]:
        if name.startswith(_OUR_HEADERS) and name != HEADER:
            word = name.decode("latin-1")
            yield f"header {shown(word)}: there is no such header{meant(word, [_SPACE])}"


def _in_query(control: Control, operation: ControlOperation, request: Request) -> Iterator[str]:
    known = operation.parameters
    given: Sequence[tuple[str, str]] = request.query_params.multi_items()
    for name, value in given:
        place = f"query {shown(name)}"
        if name not in known:
            hint = advice(name, known) or f"{operation.id} takes none"
            yield f"{place}: there is no such parameter; {hint}"
        elif sum(1 for each, _ in given if each == name) > 1:
            yield f"{place}: given more than once; give it once"
        else:
            yield from control.findings_as(known[name], _read(control, known[name], value), place)


def _read(control: Control, schema: str, value: str) -> str | int:
    """Return a value in the type of its schema, where it can be read so."""
    return int(value) if control.is_integer(schema) and is_integer(value) else value


def _see(operation: ControlOperation) -> str:
    """Return a body that would be right, and where all that a body may have is described."""
    example = "" if operation.example is None else f"right is, for example, {json.dumps(operation.example)}; "
    return example + _described(operation)


def _described(operation: ControlOperation) -> str:
    return f"GET {ADMIN}/openapi.json describes {operation.id}"
