"""Job files in HCL are judged as the registration that ``nomad run`` makes of them, at their own lines and columns."""

import json

import pytest

from mockserver.hcl import job_in
from mockserver.judge import judge

HELLO = """# says hello
job "hello" {
  datacenters = ["dc1"]
  group "web" {
    count = 2
    task "server" {
      driver = "exec"
      config { command = "hello" }
      resources { cpu = 100 memory = 64 }
    }
  }
}
"""


def told(text: str) -> list[str]:
    """Return the findings of a text, notes left out."""
    return [
        f"{one.line}:{one.column} {one.path}: {one.sentence()}"
        for one in judge(text.encode()).findings
        if one.level != "note"
    ]


def test_a_job_in_hcl_is_judged_as_its_json() -> None:
    """Replies are those to the JSON, and the findings are the same, at other places."""
    for text in (HELLO, HELLO.replace("exec", "exce"), HELLO.replace('"dc1"', "")):
        ours, theirs = judge(text.encode()), judge(json.dumps(job_in(text)).encode())
        assert (ours.register, ours.plan) == (theirs.register, theirs.plan)
        assert sorted((one.path, one.text, one.level) for one in ours.findings) == sorted(
            (one.path, one.text, one.level) for one in theirs.findings
        )
    assert judge(HELLO.encode()).is_clean


@pytest.mark.parametrize(
    ("right", "wrong", "finding"),
    [
        ('"exec"', '"exce"', "7:7 $.Job.TaskGroups[0].Tasks[0].Driver: failed to create driver for task"),
        ("cpu = 100", "cpu = 1", "9:19 $.Job.TaskGroups[0].Tasks[0].Resources.CPU: minimum CPU value is 20; got 1"),
        ("count = 2", "count = -1", "5:5 $.Job.TaskGroups[0].Count: Task group count can't be negative"),
        ('"dc1"', "", "3:3 $.Job.Datacenters: Missing job datacenters"),
        ("count = 2", 'constraint { operator = "lik" }', "5:18 $.Job.TaskGroups[0].Constraints[0].Operand: an agent"),
        ("count = 2", 'vault { policies = ["p"] }', "6:5 $.Job.TaskGroups[0].Tasks[0].Vault: Vault not enabled"),
    ],
)
def test_what_an_agent_refuses_or_does_not_know_is_told_at_its_place(right: str, wrong: str, finding: str) -> None:
    """Line and column are those of the HCL, the path is that of the registration."""
    (first, *_) = told(HELLO.replace(right, wrong))
    assert first.startswith(finding)


def test_hcl_without_a_job_never_reaches_an_agent() -> None:
    """What ``nomad run`` refuses is an error at its place, with the nearest valid word, and no reply of an agent."""
    verdict = judge(HELLO.replace("count", "cuont").encode())
    (finding,) = verdict.findings
    assert (verdict.register, verdict.plan, verdict.is_refused) == (None, None, True)
    assert (finding.kind, finding.line, finding.column) == ("not-hcl", 5, 5)
    assert finding.text == "there is no cuont here; did you mean count?"


def test_a_name_says_what_a_text_does_not() -> None:
    """A text that begins neither as HCL nor as JSON is HCL where the name of its file says so."""
    (finding,) = judge(b"jbo {}", name="web.nomad").findings
    assert finding.text == "there is no jbo here; did you mean job?"
    (finding,) = judge(b"jbo {}").findings
    assert finding.hint == "it is not JSON, which begins with {, nor HCL, which begins with job"
