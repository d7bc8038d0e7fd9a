"""Generators of clients and types: what each makes has to register, read, plan and dispatch."""

import shutil
from collections.abc import Callable
from pathlib import Path

from mockserver.testing import running_mock
from tests.generators.toolbox import BUNDLE, HERE, SCHEMAS, Toolbox, ToolFailed

CALLS = ["register", "query", "plan", "dispatch"]
_CLIENTS = HERE / "clients"
_QUICKTYPES = (
    *("requests/register-request", "requests/plan-request", "requests/dispatch-request"),
    *("replies/job", "replies/register-reply", "replies/plan-reply", "replies/dispatch-reply"),
)
_COMPILER = (
    *("--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--types", "node"),
    *("--module", "commonjs", "--moduleResolution", "node10", "--esModuleInterop"),
)


def openapi_python_client(tools: Toolbox) -> str:
    """Try its client from the single document."""
    folder = tools.workplace("openapi-python-client")
    told = tools.python("openapi-python-client", "generate", "--path", str(BUNDLE), at=folder)
    _silent(told, "Generating")
    (made,) = folder.glob("*/nomad_v_1_job_client")
    made.rename(folder / made.name)
    return _run_python(tools, folder, "openapi_python_client")


def datamodel_code_generator(tools: Toolbox) -> str:
    """Try its models for Pydantic from the single document."""
    folder = tools.workplace("datamodel-code-generator")
    options = (
        "--input-file-type",
        "openapi",
        "--output-model-type",
        "pydantic_v2.BaseModel",
        "--formatters",
        "builtin",
    )
    told = tools.python("datamodel-codegen", "--input", str(BUNDLE), *options, "--output", "nomad_models.py", at=folder)
    _silent(told)
    return _run_python(tools, folder, "datamodel_code_generator")


def openapi_typescript(tools: Toolbox) -> str:
    """Try its types with openapi-fetch from the single document."""
    folder = tools.workplace("openapi-typescript")
    told = tools.node("openapi-typescript", str(BUNDLE), "--output", "nomad.ts", at=folder)
    if "⚠" in told:
        raise ToolFailed(told)
    return _run_typescript(tools, folder, "openapi_typescript")


def hey_api(tools: Toolbox) -> str:
    """Try its client from the single document."""
    folder = tools.workplace("hey-api")
    tools.node("openapi-ts", "--input", str(BUNDLE), "--output", "nomad", at=folder)
    return _run_typescript(tools, folder, "hey_api")


def quicktype(tools: Toolbox) -> str:
    """Try its types for TypeScript from the schema files."""
    folder = tools.workplace("quicktype")
    files = [str(SCHEMAS / f"{name}.json") for name in _QUICKTYPES]
    _silent(tools.node("quicktype", "--src-lang", "schema", "--lang", "ts", "--out", "nomad.ts", *files, at=folder))
    return _run_typescript(tools, folder, "quicktype")


MAKERS: dict[str, Callable[[Toolbox], str]] = {
    "openapi-python-client": openapi_python_client,
    "datamodel-code-generator": datamodel_code_generator,
    "openapi-typescript": openapi_typescript,
    "@hey-api/openapi-ts": hey_api,
    "quicktype": quicktype,
}


def _silent(told: str, *allowed: str) -> None:
    """Require that a tool warned of nothing."""
    if left := [line for line in told.splitlines() if line.strip() and not line.startswith(allowed)]:
        raise ToolFailed("\n".join(left))


def _run_python(tools: Toolbox, folder: Path, client: str) -> str:
    shutil.copy(_CLIENTS / f"{client}.py", folder / "suite.py")
    return calls_of(lambda url: tools.python("python", "suite.py", url, at=folder))


def _run_typescript(tools: Toolbox, folder: Path, client: str) -> str:
    shutil.copy(_CLIENTS / f"{client}.ts", folder / "suite.ts")
    shutil.copy(_CLIENTS / "job.ts", folder)
    tools.node("tsc", *_COMPILER, "suite.ts", at=folder)
    return calls_of(lambda url: tools.run("node", "suite.js", url, at=folder))


def calls_of(client: Callable[[str], str]) -> str:
    """Run a client against a strict mock; say what it did, if that was the four calls.

    Raises:
        ToolFailed: It did something else, or an agent would have dropped a part of what it sent.
    """
    with running_mock(strict=True) as mock:
        client(mock.url)
        entries = mock.call("GET", "/journal")
    done = [one["operation"] for one in entries if one["status"] == 200]
    dropped = [text for one in entries for text in one["findings"]["request"]]
    if done != CALLS or len(entries) != len(CALLS) or dropped:
        raise ToolFailed(f"the client did {done} of {len(entries)} requests; dropped: {dropped}")
    return f"{', '.join(done)} executed"
