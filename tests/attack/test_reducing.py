"""Reducing lives that show a fault."""

import json

from tests.attack.reducing import reduced
from tests.attack.steps import HEADERS, JobFile, Life, Request, Step, Together, Wire


def a_life(*steps: Step) -> Life:
    """Return a life of these steps."""
    return Life("1/1", 1, ("global",), False, False, steps)


def test_only_the_steps_that_matter_are_left() -> None:
    """Of fifty steps the two are left that matter, in their order."""
    steps = tuple(Request("GET", f"/{number}") for number in range(50))
    small = reduced(a_life(*steps), lambda life: steps[7] in life.steps and steps[31] in life.steps, 10)
    assert small.steps == (steps[7], steps[31])


def test_a_request_is_made_small() -> None:
    """What does not matter is removed from the query, the headers and the body."""

    def shows(life: Life) -> bool:
        (step,) = life.steps
        assert isinstance(step, Request)
        try:
            groups = json.loads(step.body)["Job"]["Groups"]
        except (ValueError, KeyError, TypeError):
            return False
        return any("Count" in group for group in groups) and "b=2" in step.target

    body = {"Job": {"Groups": [{"Name": "one"}, {"Name": "two", "Count": -1}], "ID": "a"}}
    request = Request("PUT", "/v1/jobs?a=1&b=2", (*HEADERS, ("x", "y")), json.dumps(body).encode(), 3)
    assert reduced(a_life(request), shows, 10).steps == (
        Request("PUT", "/v1/jobs?b=2", HEADERS, b'{"Job":{"Groups":[{"Count":1}]}}'),
    )


def test_bytes_are_made_small() -> None:
    """Pieces are joined, and bytes that do not matter are removed."""

    def shows(life: Life) -> bool:
        (step,) = life.steps
        assert isinstance(step, Wire)
        return b"FOO" in b"".join(step.pieces)

    assert reduced(a_life(Wire((b"GET / HT", b"TP/1.1 F", b"OO bar"))), shows, 10).steps == (Wire((b"FOO",)),)


def test_requests_at_once_become_one() -> None:
    """Of requests that come together those are left that matter, as a single one if one is enough."""
    one, two = Request("GET", "/1"), Request("GET", "/2?a")
    assert reduced(a_life(Together((one, two))), lambda life: "/2" in str(life), 10).steps == (Request("GET", "/2"),)
    both = reduced(a_life(Together((one, two))), lambda life: "/1 &" in str(life) and "/2" in str(life), 10)
    assert both.steps == (Together((one, Request("GET", "/2"))),)


def test_files_are_made_small() -> None:
    """Of a job file those bytes are left that matter."""
    small = reduced(a_life(JobFile("job.nomad", b'job "a" { FOO }')), lambda life: "FOO" in str(life), 10)
    assert small.steps == (JobFile("job.nomad", b"FOO"),)


def test_it_ends_in_time() -> None:
    """Without any time left nothing is tried."""
    life = a_life(Request("GET", "/"), Request("GET", "/v1/jobs"))
    assert reduced(life, lambda _life: True, -1) == life


def test_a_life_reads_as_commands() -> None:
    """A life is printed as shell commands: the start of the mock, then one line for each step."""
    life = a_life(Request("PUT", "/v1/jobs?a", (*HEADERS, ("x", "y z")), b"{'\x00"), Wire((b"A\r\n",), shut=True))
    assert str(life) == (
        "nomad-mock --strict --clock manual --seed 1 --nodes 1\n"
        "curl --path-as-is -X PUT -H 'x: y z' --data-binary $'{\\x27\\x00' 'http://127.0.0.1:4646/v1/jobs?a'\n"
        "(printf %b $'A\\x0d\\x0a') | nc -N 127.0.0.1 4646"
    )
