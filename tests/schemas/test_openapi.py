"""The OpenAPI description is valid and consistent."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.each import each
from tests.schemas.catalogue import ROOT, body_schema, complaints, load, names, nodes, operations, resolve, validator

NOMAD_OPERATIONS = {
    "query",
    "allocations",
    "evaluations",
    "summary",
    "register",
    "dispatch",
    "evaluate",
    "plan",
    "periodic-force",
    "deregister",
}


def _components(kind: str) -> dict[str, Any]:
    components: dict[str, Any] = load("openapi.json")["components"][kind]
    return components


@pytest.mark.slow
def test_the_description_is_valid() -> None:
    """The description is valid OpenAPI 3.1, the schemas it refers to included."""
    from openapi_spec_validator import validate  # loads for long, and other tests of a run do without it
    from openapi_spec_validator.readers import read_from_filename

    description, base_uri = read_from_filename(str(ROOT / "openapi.json"))
    validate(description, base_uri=base_uri)


def test_operation_ids_are_unique_and_put_and_post_do_the_same() -> None:
    """PUT and POST of a path differ in their operationId alone."""
    ids = [operation["operationId"] for operation in operations().values()]
    assert len(ids) == len(set(ids)) == 15
    for name, put in operations().items():
        if name.startswith("PUT "):
            post = operations()[name.replace("PUT", "POST")]
            assert post == {**put, "operationId": f"{put['operationId']}ByPost"}


def test_every_documented_operation_is_there() -> None:
    """The ten documented operations are all described."""
    assert {operation["x-nomad-operation"] for operation in operations().values()} == NOMAD_OPERATIONS


def test_reads_wait_and_writes_do_not() -> None:
    """Only reads have index, wait and stale; all have region and pretty; the headers follow."""
    for name, operation in operations().items():
        parameters = {parameter["$ref"].rpartition("/")[2] for parameter in operation["parameters"]}
        headers = set(operation["responses"]["200"]["headers"])
        read = name.startswith("GET ")
        assert parameters >= {"region", "pretty"}
        assert (parameters >= {"index", "wait", "stale"}) == read
        assert headers >= {"X-Nomad-Index", "Vary"}
        assert ({"X-Nomad-KnownLeader", "X-Nomad-LastContact"} <= headers) == read


def test_links_lead_to_operations() -> None:
    """Every link names an existing operation, gives its job ID, and is used by a reply."""
    ids = {operation["operationId"] for operation in operations().values()}
    used = {
        link["$ref"].rpartition("/")[2]
        for operation in operations().values()
        for link in operation["responses"]["200"].get("links", {}).values()
    }
    assert used == set(_components("links"))
    for link in _components("links").values():
        assert link["operationId"] in ids
        assert list(link["parameters"]) == ["jobID"]


def test_links_into_a_reply_name_what_the_reply_has() -> None:
    """A link that takes the job ID from a reply's body is on replies that have that property."""
    for operation in operations().values():
        reply = operation["responses"]["200"]
        for link in reply.get("links", {}).values():
            _, target = resolve("openapi.json", link["$ref"])
            _, found, name = target["parameters"]["jobID"].partition("$response.body#/")
            if found:
                assert name in load(body_schema(reply["content"]))["properties"]


def test_every_schema_file_is_reached() -> None:
    """Operations refer to components, components to files, and files to each other, until every file is reached."""
    reached = {schema["$ref"] for schema in _components("schemas").values()}
    while found := {target for file in reached for target in _files_of(file)} - reached:
        reached |= found
    assert reached == set(names("requests") + names("replies"))


def _files_of(file: str) -> Iterator[str]:
    """Yield the files that a schema file refers to."""
    for node in nodes(load(file)):
        if isinstance(node.get("$ref"), str):
            yield resolve(file, node["$ref"])[0]


@pytest.mark.parametrize("file", ["openapi.json", "admin.json"])
def test_paths_refer_through_components(file: str) -> None:
    """Paths refer to components of the same file, so that generators name what they make after these."""
    references = [node["$ref"] for node in nodes(load(file)["paths"]) if "$ref" in node]
    assert references
    assert not [reference for reference in references if not reference.startswith("#/components/")]


@each(["openapi.json", "admin.json", *names("requests"), *names("replies")])
def test_no_extension_refers_to_anything(file: str) -> None:
    """No reference stands inside an ``x-`` keyword, where tools do not follow it."""
    extensions = [value for node in nodes(load(file)) for name, value in node.items() if name.startswith("x-")]
    assert not [node for value in extensions for node in nodes(value) if "$ref" in node]


@each(["openapi.json", *names("requests"), *names("replies")])
def test_a_large_limit_has_an_example_beside_it(file: str) -> None:
    """An integer whose limit JavaScript rounds has an example, which pages show instead of the limit."""
    for node in nodes(load(file)):
        if isinstance(limit := node.get("maximum"), int) and limit > 2**53:
            assert node["examples"]


@pytest.mark.parametrize("file", ["openapi.json", "admin.json", "bundled/nomad-openapi.json"])
def test_a_list_says_what_is_in_it(file: str) -> None:
    """Every list of a description has ``items``, without which some tools refuse it."""
    types = [(node, node["type"]) for node in nodes(load(file)) if isinstance(node.get("type"), str | list)]
    assert not [node for node, type_ in types if "array" in type_ and "items" not in node]


@each(names("requests"))
def test_no_schema_has_a_default(file: str) -> None:
    """What becomes of an absent value may depend on the job, and generated clients would send a default."""
    assert not [node for node in nodes(load(file)) if "default" in node]


@pytest.mark.parametrize("name", [name for name, one in operations().items() if "requestBody" in one])
def test_examples_of_bodies_are_valid(name: str) -> None:
    """Each example of a body fits its schema, and its job has the ID of the path's first example."""
    content = operations()[name]["requestBody"]["content"]
    examples = content["application/json"]["examples"]
    assert examples
    for example in examples.values():
        assert complaints(validator(body_schema(content)), example["value"]) == {}
        assert example["value"].get("Job", {"ID": "example"})["ID"] == "example"


def test_a_job_id_with_a_slash_is_among_the_examples() -> None:
    """A job ID with a slash is an example, for generators put no slash into a path parameter otherwise."""
    examples = [example["value"] for example in _components("parameters")["jobID"]["examples"].values()]
    assert examples[0] == "example"
    assert any("/dispatch-" in value for value in examples)


EXPLANATIONS = [load("openapi.json")["info"]["description"], (ROOT / "README.md").read_text("utf-8")]


@pytest.mark.parametrize("text", EXPLANATIONS, ids=["description", "README"])
def test_every_keyword_of_our_own_is_explained(text: str) -> None:
    """Each ``x-`` keyword and each format of Nomad's is explained in the description and in the README."""
    whole = load("bundled/nomad-openapi.json")
    used = {name for node in nodes(whole) for name in node if name.startswith("x-")}
    formats = {str(node.get("format")) for node in nodes(whole)}
    assert {name for name in used | formats if name.startswith(("x-", "nomad-")) and f"`{name}`" not in text} == set()


@pytest.mark.parametrize("name", ["address", "enable", "node"])
def test_a_parameter_without_which_there_is_a_400_is_required(name: str) -> None:
    """A query parameter whose absence an agent answers with 400 is required, and says so."""
    assert _components("parameters")[name]["required"] is True
    assert "400" in _components("parameters")[name]["description"]


@pytest.mark.parametrize("name", ["region", "index", "wait", "stale", "pretty", "all"])
def test_a_query_parameter_says_how_it_is_read(name: str) -> None:
    """Every query parameter is optional and names its way of decoding."""
    parameter = _components("parameters")[name]
    assert parameter["in"] == "query"
    assert parameter["required"] is False
    assert parameter["x-nomad-decode"] in {"string", "uint64", "duration", "presence", "pretty", "boolean"}


def test_only_the_summary_and_the_node_answer_any_method() -> None:
    """Every path says what it does with other methods; only two answer any method."""
    for path, item in load("openapi.json")["paths"].items():
        answers_any = path == "/v1/job/{jobID}/summary" or path.startswith("/v1/client/")
        assert item.get("x-nomad-any-method", False) == answers_any
        assert ("x-nomad-other-methods" in item) != answers_any
