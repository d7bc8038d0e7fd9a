"""A whole world as one document."""

import asyncio
import copy
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.tasks import TaskSelector
from mockserver.gostd.durations import SECOND
from mockserver.operations import job_writes
from mockserver.settings import Settings
from mockserver.slices import finish
from mockserver.testing import example_job
from mockserver.worlds import DocumentError, World, document_of, world_of
from mockserver.worlds.job_files import LoadError, job_of
from mockserver.worlds.world import create_world
from tests.admin.conftest import Control
from tests.asgi import ask, begin, settle
from tests.properties import examples

SETTINGS = Settings(seed=3, speed=0, nodes=2, federate=("eu1",), mock_driver=True)


def _job(job_id: str, *, kind: str = "service", count: int = 1, **task: Any) -> dict[str, Any]:
    job = example_job(job_id, count=count, Type=kind)
    job["TaskGroups"][0]["Tasks"][0] |= task
    return job


JOBS = [
    _job("service", count=3),
    _job("batch", kind="batch", Driver="mock_driver", Config={"run_for": 45.5e9}),
    _job("failing", Driver="mock_driver", Config={"run_for": "7s", "exit_code": 1}),
    _job("slow-to-die", Driver="mock_driver", Config={"run_for": "1h", "kill_after": "4s"}),
    _job("system", kind="system"),
    _job("too-big", Resources={"CPU": 9_000, "MemoryMB": 32}, count=3),
    {**_job("rolling", count=3), "Update": {"Stagger": 20 * SECOND, "MaxParallel": 1}},
    {**_job("cron", kind="batch"), "Periodic": {"Enabled": True, "SpecType": "cron", "Spec": "*/5 * * * *"}},
    {**_job("off", kind="batch"), "Periodic": {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 * 2016"}},
    {**_job("parameterized", kind="batch"), "ParameterizedJob": {"Payload": "optional"}},
]


def _register(world: World, number: int) -> None:
    job = job_of(JOBS[number], world.agent.local)
    job_writes.register(world.agent.local, job)


def _update(world: World, number: int) -> None:
    job = copy.deepcopy(JOBS[number])
    job["TaskGroups"][0]["Tasks"][0]["Env"] = {"NEW": "1"}
    job_writes.register(world.agent.local, job_of(job, world.agent.local))


def _node(world: World, number: int) -> str:
    return str([node["ID"] for node in world.agent.local.state.nodes()][number])


ACTIONS: dict[str, Callable[[World, int], Any]] = {
    "register": _register,
    "update": _update,
    "deregister": lambda world, number: world.agent.local.deregister(JOBS[number]["ID"]),
    "rule": lambda world, number: world.rules.add(TaskSelector(job=JOBS[number]["ID"]), {"start_after": 3 * SECOND}, 1),
    "drain": lambda world, number: finish(world.agent.local.nodes.set_drain(_node(world, number % 2), number < 5)),
    "status": lambda world, number: finish(
        world.agent.local.nodes.set_status(_node(world, number % 2), "down" if number < 5 else "ready")
    ),
    "milliseconds": lambda world, number: world.advance(number * 40_000_000),
    "seconds": lambda world, number: world.advance(number * 10 * SECOND),
    "minutes": lambda world, number: world.advance(number * 300 * SECOND),
}


async def _act(world: World, action: str, number: int) -> None:
    done = ACTIONS[action](world, number)
    if asyncio.iscoroutine(done):
        await done
    else:
        await settle()


@examples(0.25)
@given(
    before=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 9)), min_size=3, max_size=12),
    after=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 9)), max_size=4),
)
def test_a_restored_world_goes_on_as_the_first_would_have(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    """A restored world exports the same document, and from then on both worlds go on alike, down to the IDs."""

    async def run() -> None:
        first = create_world(SETTINGS)
        first.start()
        for number in range(len(JOBS)):
            await _act(first, "register", number)
        for step in before:
            await _act(first, *step)
        document = json.loads(json.dumps(await document_of(first)))
        second = world_of(document, Settings())
        second.start()
        assert await document_of(second) == document
        for step in [*after, ("seconds", 3), ("register", 0), ("minutes", 1)]:
            await _act(first, *step)
            await _act(second, *step)
        assert _comparable(await document_of(second)) == _comparable(await document_of(first))

    asyncio.run(run())


def _comparable(document: Any) -> Any:
    """Return the document without the numbers of planned actions: only their order counts."""
    if isinstance(document, list):
        return [_comparable(each) for each in document]
    if isinstance(document, dict):
        return {name: _comparable(value) for name, value in document.items() if name != "order"}
    return document


@pytest.mark.anyio
async def test_a_world_goes_through_the_api_unchanged(control: Control, app: Starlette) -> None:
    """A world that is exported, imported and exported again is the same document."""
    await control("POST", "/jobs", JOBS[0])
    await control("POST", "/tasks/rules", {"tasks": {"job": "x"}, "outcome": {"hang": True}, "times": 2})
    await control("POST", "/clock/advance", {"duration": "100ms"})
    document = (await control("GET", "/state")).json
    _, waiting = begin(app, "GET", "/v1/job/x?index=99")
    await settle()
    await control("POST", "/reset", {"nodes": 0, "seed": 9})
    assert (await waiting).status == 404
    assert (await control("PUT", "/state", document)).json["regions"] == {"global": 1, "eu1": 0}
    assert (await control("GET", "/state")).json == document
    await control("POST", "/clock/advance", {"duration": "1s"})
    statuses = [each["ClientStatus"] for each in (await ask(app, "GET", "/v1/job/service/allocations")).json]
    assert statuses == ["running"] * 3


@pytest.mark.anyio
async def test_an_id_that_is_no_text_survives(control: Control, app: Starlette) -> None:
    """A job ID of bytes that are not UTF-8 survives export and import."""
    job = example_job("x")
    body = json.dumps({"Job": job}).replace('"x"', '"\\udc80"')
    assert (await ask(app, "PUT", "/v1/job/%80", body.encode())).status in {200, 400}
    document = (await control("GET", "/state")).json
    await control("PUT", "/state", document)
    assert (await control("GET", "/state")).json == document


@pytest.mark.anyio
async def test_node_texts_that_are_no_unicode_survive(control: Control, app: Starlette) -> None:
    """A node class with half a surrogate, which a failed placement counts by name, survives export and import."""
    odd = {"NodeClass": "\ud800", "Meta": {"\udc00": "\ud83d"}, "Resources": {"CPU": 1}, "Datacenter": "dc1"}
    await control("POST", "/nodes", odd)
    await ask(app, "PUT", "/v1/job/too-big", {"Job": JOBS[5]})
    document = (await control("GET", "/state")).json
    failed = [each["FailedTGAllocs"] for each in document["regions"][0]["state"]["evaluations"]]
    assert [metric["ClassExhausted"] for groups in failed if groups for metric in groups.values()] == [{"\ud800": 1}]
    assert (await control("PUT", "/state", document)).status == 200
    assert (await control("GET", "/state")).json == document


def _broken(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *steps, last = path.split("/")
    broken = copy.deepcopy(document)
    at: Any = broken
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if isinstance(at, list):
        at[int(last) :] = [value]
    else:
        at[last] = value
    return broken


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", 2, "version"),
        ("clock/now", 1 << 90, "is too large"),
        ("regions/0/state/index", -5, "is too small"),
        ("regions/0/state/index", 1 << 64, "is too large"),
        ("regions/0/state/index", 99.0, "99.0 is not written as an integer"),
        ("regions/0/state/jobs/0/TaskGroups/0/Count", 1 << 62, "have no room here"),
        ("regions/0/periodic/0/launch/due", 0, "every launch since would be made up for"),
        ("ids", "AAAA", "not the state of a generator"),
        ("ids", "!", "not the state of a generator"),
        ("settings/cors", ["x"], "'x' is not an origin"),
        ("settings/vary", {"seed": 1, "freedoms": ["x"], "weather": [], "replies": None}, "document/settings: "),
        ("regions/0/state/index", 1, "a table is ahead of the last index"),
        ("regions/0/state/jobs/0", {"ID": "x"}, "AllAtOnce is missing"),
        ("regions/0/state/nodes/0/Resources/Networks/0/CIDR", "x/32", "'x/32' is not a range of IP addresses"),
        ("regions/1/region", "global", "'global' comes twice"),
        ("regions/0/clients/allocations/0/allocation", "x", "the state has no allocation x"),
        ("regions/0/clients/allocations/0/tasks/0/task", "x", "not the tasks of the allocation's group"),
        ("regions/0/state/allocations/0/TaskGroup", "x", "has no group x"),
        ("regions/0/scheduler/waiting/0", {"evaluation": "x", "when": 1, "order": 1}, "no pending evaluation x"),
        ("regions/0/periodic/0/job/Periodic", None, "is not periodic"),
        (
            "regions/0/clients/unreported/0",
            {"node": "n", "allocations": ["x"], "when": 1, "order": 1},
            "no task of allocation x",
        ),
    ],
)
async def test_a_broken_document_changes_nothing(control: Control, path: str, value: Any, said: str) -> None:
    """A broken document is refused before anything changes, and the error names the place that is wrong."""
    await control("POST", "/jobs", [JOBS[0], JOBS[5], JOBS[7]])
    await control("POST", "/clock/advance", {"duration": "10s"})
    document = (await control("GET", "/state")).json
    answer = await control("PUT", "/state", _broken(document, path, value))
    assert answer.status == 400
    assert said in " ".join(answer.json["findings"])
    assert (await control("GET", "/state")).json == document


@pytest.mark.anyio
async def test_a_job_without_a_summary_is_listed(control: Control, app: Starlette) -> None:
    """A state need not have a summary of each job; lists then show null in its place."""
    await control("POST", "/jobs", [JOBS[0]])
    document = (await control("GET", "/state")).json
    document["regions"][0]["state"]["summaries"] = []
    assert (await control("PUT", "/state", document)).status == 200
    (listed,) = (await ask(app, "GET", "/v1/jobs")).json
    assert listed["JobSummary"] is None


@pytest.mark.anyio
async def test_whole_numbers_may_be_written_as_fractions(control: Control) -> None:
    """To JSON Schema 8.0 is an integer; a world made with such settings can be exported and imported."""
    vary = {"seed": 4.0, "freedoms": ["json.key-order"], "replies": [2.0]}
    settings = {"seed": -0.0, "journal_limit": 5.0, "nodes": 2.0, "vary": vary}
    assert (await control("POST", "/reset", settings)).status == 200
    document = (await control("GET", "/state")).json
    shown = {name: document["settings"][name] for name in ("seed", "journal_limit")}
    assert json.dumps(shown) == '{"seed": 0, "journal_limit": 5}'
    assert (await control("PUT", "/state", document)).status == 200


_WHOLE: list[dict[str, Any]] = []
_STRANGE: tuple[Any, ...] = (
    None,
    -1,
    0,
    1.5,
    1e300,
    1 << 62,
    1 << 64,
    -(1 << 63),
    "",
    "x",
    "\udc80",
    True,
    [],
    {},
    [None],
)


def _whole() -> dict[str, Any]:
    """Return a document with an object in each of its lists."""

    async def made() -> dict[str, Any]:
        world = create_world(SETTINGS)
        world.start()
        for number in range(len(JOBS)):
            await _act(world, "register", number)
        for step in (("seconds", 3), ("rule", 1), ("drain", 0), ("seconds", 1), ("update", 0), ("status", 1)):
            await _act(world, *step)
        await world.advance(100_000_000)
        document: dict[str, Any] = json.loads(json.dumps(await document_of(world)))
        return document

    if not _WHOLE:
        _WHOLE.append(asyncio.run(made()))
    return copy.deepcopy(_WHOLE[0])


@examples(0.5)
@given(steps=st.lists(st.integers(0, 1000), min_size=2, max_size=12), value=st.sampled_from(_STRANGE))
def test_a_document_is_refused_or_makes_a_world_that_lives(steps: list[int], value: Any) -> None:
    """With any value in any one place, a document is refused, or its world reads and runs without an exception."""
    document = _whole()
    parent: Any = None
    place: Any = document
    for step in steps:
        if not isinstance(place, dict | list) or not place:
            break
        key: Any = [*place][step % len(place)] if isinstance(place, dict) else step % len(place)
        parent, place = place, place[key]
    parent[key] = value

    async def run() -> None:
        try:
            world = world_of(document, Settings())
        except DocumentError:
            return
        world.start()
        agent: Any = world.app
        for path in ("jobs", "evaluations", "allocations", "nodes", "job/service", "job/cron", "job/rolling/summary"):
            assert (await ask(agent, "GET", f"/v1/{path}")).status in {200, 404}
        await world.advance(2 * 3600 * SECOND)
        json.dumps(await document_of(world))
        world.close()

    asyncio.run(run())


@pytest.mark.anyio
@pytest.mark.parametrize("depth", [400, 100_000])
async def test_a_bottomless_document_is_refused(control: Control, tmp_path: Path, depth: int) -> None:
    """A document that nests too deeply is refused with an explanation, whether it is sent or loaded."""
    document = '{"format":"nomad-mock-state","a":' * depth + "1" + "}" * depth
    assert (await control("PUT", "/state", document.encode())).status == 400
    (tmp_path / "deep.json").write_text(document, "utf-8")
    with pytest.raises(LoadError):
        create_app(Settings(load=(tmp_path,)))


@pytest.mark.anyio
async def test_a_mock_can_start_from_a_document(control: Control, tmp_path: Path) -> None:
    """``--load`` accepts one world document beside job files, and refuses a second one."""
    await control("POST", "/jobs", JOBS[0])
    await control("POST", "/clock/advance", {"duration": "10s"})
    world, job = tmp_path / "world.json", tmp_path / "job.json"
    world.write_text((await control("GET", "/state")).text, "utf-8")
    job.write_text(json.dumps(example_job("b")), "utf-8")
    app = create_app(Settings(load=(tmp_path,)))
    app.state.spaces.default.world.start()
    assert (await ask(app, "GET", "/v1/job/service")).json["Status"] == "running"
    assert (await ask(app, "GET", "/v1/job/b")).status == 200
    assert app.state.spaces.default.world.clock.speed == 0
    (tmp_path / "other.json").write_text(world.read_text("utf-8"), "utf-8")
    with pytest.raises(LoadError, match="is a second world beside"):
        create_app(Settings(load=(tmp_path,)))
    world.write_text('{"format": "nomad-mock-state"}', "utf-8")
    with pytest.raises(LoadError, match=r"world.json: .*clock is missing"):
        create_app(Settings(load=(world,)))


@pytest.mark.anyio
async def test_nodes_are_loaded_beside_jobs(tmp_path: Path) -> None:
    """A list of nodes can be loaded; they join the nodes that are there."""
    nodes = tmp_path / "nodes.json"
    nodes.write_text(json.dumps([{"Name": "big", "Resources": {"CPU": 90_000}}, {"Name": "far", "Datacenter": "dc9"}]))
    (tmp_path / "job.json").write_text(json.dumps(_job("hungry", Resources={"CPU": 50_000, "MemoryMB": 32})))
    app = create_app(Settings(load=(tmp_path,), speed=0))
    app.state.spaces.default.world.start()
    names = {each["ID"]: each["Name"] for each in (await ask(app, "GET", "/v1/nodes")).json}
    assert sorted(names.values()) == ["big", "far", "global-dc1-1"]
    (placed,) = (await ask(app, "GET", "/v1/job/hungry/allocations")).json
    assert names[placed["NodeID"]] == "big"
    for text, said in (
        ('[{"Name": "global-dc1-1"}]', "there is a node 'global-dc1-1' already"),
        ("[1]", "not a list of nodes"),
    ):
        nodes.write_text(text)
        with pytest.raises(LoadError, match=said):
            create_app(Settings(load=(tmp_path,)))


@pytest.mark.anyio
async def test_a_document_that_takes_too_much_memory_is_refused(app: Starlette) -> None:
    """10 MiB of empty lists, which would take 250 MB, are refused before they are read."""
    document = b"[" + b"[]," * (10 * 1024 * 1024 // 3) + b"[]]"
    tracemalloc.start()
    try:
        for method, path in (("PUT", "/__admin/state"), ("PUT", "/v1/job/x"), ("POST", "/__admin/jobs")):
            refused = await ask(app, method, path, document, host="localhost")
            assert refused.status == 413
            assert "more brackets and commas than" in refused.text
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2 * len(document)
