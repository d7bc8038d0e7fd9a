"""The inputs of an attack."""

import json
import random

from mockserver.hcl import job_in
from tests.attack import spoil
from tests.attack.description import operations
from tests.attack.inputs import Inputs
from tests.attack.job_files import job_file
from tests.attack.lives import life
from tests.attack.mutate import mutated
from tests.attack.steps import Wire
from tests.attack.writing import write


def test_a_life_is_repeatable() -> None:
    """The same seed and number give the same steps, and another number gives others."""
    assert life(3, 19) == life(3, 19)
    assert life(3, 20) == life(3, 20)
    assert life(3, 20).steps != life(3, 21).steps


def test_every_operation_is_attacked() -> None:
    """Each operation of both descriptions is attacked, mostly with its own method and path."""
    inputs = Inputs(random.Random(1))
    for operation in (each for file in ("openapi.json", "admin.json") for each in operations(file)):
        made = [inputs.request_of(operation) for _ in range(10)]
        assert sum(each.method == operation.method for each in made) > 5
        begin = operation.path.partition("{")[0]
        assert sum(each.target.startswith(begin) for each in made) > 5


def test_some_lives_send_bytes_over_connections() -> None:
    """One life in twenty sends raw bytes, in pieces none of which is empty."""
    steps = [step for number in (19, 39) for step in life(1, number).steps]
    assert all(isinstance(step, Wire) and all(step.pieces) for step in steps)
    assert any(isinstance(step, Wire) and len(step.pieces) > 3 for step in steps)


def test_mutations_leave_what_they_begin_with() -> None:
    """A mutation leaves the original value alone, and much of what comes out is JSON."""
    rng = random.Random(1)
    value = {"Job": {"ID": "a", "Tasks": [{"Name": "t", "Config": {"args": ["1", "2"]}}], "Priority": 50}}
    before = json.dumps(value)
    texts = [write(mutated(value, rng, (value,), 2), rng) for _ in range(500)]
    assert json.dumps(value) == before
    assert len(set(texts)) > 300
    readable = 0
    for text in texts:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            continue
        readable += 1
    assert 300 < readable < 500


def test_bytes_and_targets_are_spoilt() -> None:
    """Mutated bytes, targets and headers mostly differ from the original."""
    rng = random.Random(1)
    assert sum(spoil.bytes_of(b'{"a": 1}', rng) != b'{"a": 1}' for _ in range(100)) > 80
    assert sum(spoil.target("/v1/job/a?stale", rng) != "/v1/job/a?stale" for _ in range(100)) > 80
    assert all(spoil.bytes_of(b"", rng) is not None for _ in range(100))


def test_job_files_are_damaged() -> None:
    """Files of HCL and of JSON are made, most of them changed, and some of the HCL can still be read."""
    rng = random.Random(1)
    body = {"Job": {"ID": "a", "TaskGroups": [{"Name": "g"}]}}
    made = [job_file(rng, (body,)) for _ in range(100)]
    assert {each.name for each in made} == {"job.nomad", "job.json"}
    assert len({each.text for each in made}) > 60
    read = 0
    for each in made:
        try:
            read += each.name == "job.nomad" and bool(job_in(each.text.decode()))
        except ValueError:
            continue
    assert read > 10
