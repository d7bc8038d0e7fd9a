"""Values that change from run to run become variables."""

from typing import Any

from mockserver.recorder.variables import with_variables

_UUID = "0775a287-c317-6e1e-4fa8-9ad44ff76944"


def _step(
    path: str = "/x", query: str = "", body: str | None = None, answer: Any = None, index: str = ""
) -> dict[str, Any]:
    return {
        "request": {"method": "GET", "path": path, "query": query, "headers": {}, "body": body},
        "response": {"json": answer, "headers": {"X-Nomad-Index": index} if index else {}},
    }


def test_ids_come_out_of_the_latest_answer_that_has_them() -> None:
    """An ID is taken from the latest reply that has it, by JSON pointer."""
    steps = [
        _step(answer={"ID": _UUID}),
        _step(answer=[{"a/b": {"c~d": _UUID}}]),
        _step(path=f"/v1/evaluation/{_UUID}", body=f'{{"ID":"{_UUID}"}}'),
        _step(path=f"/v1/evaluation/{_UUID}"),
    ]
    with_variables(steps)
    assert steps[1]["capture"] == {"c0d_1": "/0/a~1b/c~0d"}
    assert steps[1]["captured"] == {"c0d_1": _UUID}
    assert steps[2]["template"]["path"] == "/v1/evaluation/${c0d_1}"
    assert steps[2]["template"]["body"] == '{"ID":"${c0d_1}"}'
    assert steps[3]["template"]["path"] == "/v1/evaluation/${c0d_1}"
    assert "capture" not in steps[0]


def test_names_of_dispatched_and_periodic_jobs() -> None:
    """Generated job names, which change with the time, are recognised by their ends."""
    steps = [
        _step(answer={"DispatchedJobID": "p/dispatch-1795461513-e747d367"}),
        _step(answer=[{"ID": "c/periodic-1795461513"}]),
        _step(path="/v1/job/p/dispatch-1795461513-e747d367/summary"),
        _step(path="/v1/job/c/periodic-1795461513"),
    ]
    with_variables(steps)
    assert [step["template"]["path"] for step in steps[2:]] == [
        "/v1/job/${DispatchedJobID_0}/summary",
        "/v1/job/${ID_1}",
    ]


def test_an_index_to_wait_for() -> None:
    """An index is taken from the latest reply with that header; 0 and unknown indexes stay."""
    steps = [
        _step(index="7"),
        _step(index="7"),
        _step(query="wait=5s&index=7"),
        _step(query="index=8"),
        _step(query="index=0"),
        _step(query="myindex=7"),
    ]
    with_variables(steps)
    assert steps[2]["template"]["query"] == "wait=5s&index=${XNomadIndex_1}"
    assert all("template" not in step for step in steps[3:])


def test_what_was_in_no_answer_stays() -> None:
    """A value from no earlier reply is the client's own and stays; so does one in the step that it comes from."""
    steps = [_step(path=f"/v1/evaluation/{_UUID}", answer={"ID": _UUID})]
    with_variables(steps)
    assert "template" not in steps[0]


def test_a_long_text_without_ids() -> None:
    """A long text is searched once, not once for each of its characters."""
    steps = [_step(answer={"ID": "p/periodic-7"}), _step(path="/x/p/periodic-7", body="a" * 1_000_000)]
    with_variables(steps)
    assert steps[1]["template"]["path"] == "/x/${ID_0}"
