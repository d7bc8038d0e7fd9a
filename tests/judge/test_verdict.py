"""What the judge says of job files with mistakes of every kind, and where."""

import json
from typing import Any

import pytest

from mockserver.judge import Finding, Verdict, judge
from mockserver.judge.verdict import Reply
from tests.builders import a_group, a_job, a_task


def judged(document: Any, **options: Any) -> Verdict:
    """Judge a document as a file that is indented by two."""
    return judge(json.dumps(document, indent=2, ensure_ascii=False).encode(), **options)


def told(verdict: Verdict, *levels: str) -> list[str]:
    """Return what is said at some levels: the path, the text and the hint."""
    return [f"{one.path}: {_sentence(one)}" for one in verdict.findings if one.level in levels]


def _sentence(one: Finding) -> str:
    return f"{one.text} > {one.hint}" if one.hint else one.text


def test_a_job_without_mistakes_is_accepted() -> None:
    """A complete job is accepted bare and in a registration, and nothing is to be said."""
    assert judged(a_job()) == judged({"Job": a_job()}) == Verdict(None, None, ())


def test_a_job_without_a_scheduler_is_stored_and_not_planned() -> None:
    """A job of an unknown type whose groups have restart policies is stored; a plan of it is refused."""
    verdict = judged({**a_job(), "Type": "cron"})
    assert verdict.register is None
    assert verdict.plan == Reply(500, "unknown scheduler 'cron'")


@pytest.mark.parametrize(
    ("text", "complaint", "line", "column", "hint"),
    [
        ("", "EOF", 1, 1, "the file is empty"),
        (" \n", "EOF", 2, 1, "the file is empty"),
        ('{"ID": "a"', "unexpected EOF", 1, 11, "it ends before every bracket and quote is closed"),
        ('{\n  "ID": "a",\n}', "invalid character '}' looking for", 3, 1, "remove the comma before it"),
        ('{"Datacenters": ["dc1",]}', "invalid character ']' looking for", 1, 24, "remove the comma before it"),
        ('{"ID": "a" "Name": "a"}', "invalid character '\"' after", 1, 12, "a comma is missing before it"),
        ('{"ID": "ä", // it\n}', "invalid character '/' looking for", 1, 13, "JSON has no comments"),
        ('# a job\n{"ID": "a"}', "invalid character '#' looking for", 1, 1, "JSON has no comments"),
        ("{'ID': 'a'}", r"invalid character '\'' looking for", 1, 2, "JSON has double quotes only"),
        ('{ID: "a"}', "invalid character 'I' looking for", 1, 2, 'write names in quotes: "ID"'),
        ('{"ID": web}', "invalid character 'w' looking for", 1, 8, "write texts in double quotes"),
        ('{"AllAtOnce": True}', "invalid character 'T' looking for", 1, 15, "write true"),
        ('{"ID" = "a"}', "invalid character '=' after object key", 1, 7, "a colon follows a name in quotes"),
        (
            '{"ID": "a\n"}',
            r"invalid character '\n' in string literal",
            1,
            10,
            "a text ends on the line where it begins",
        ),
        ('{"Count": 07}', "invalid character '7' after object key:value pair", 1, 12, ""),
        ("\ufeff{}", "invalid character 'ï' looking for", 1, 1, "it begins with a byte order mark"),
        ('{"ID": +5}', "invalid character '+' looking for", 1, 8, "write numbers as 5 or 0.5"),
        ('{"Job" {}}', "invalid character '{' after object key", 1, 8, "a colon is missing before it"),
        ("{\u201cID\u201d: 1}", "invalid character 'â' looking for", 1, 2, "write straight quotes"),
        ('{"Priority": NaN}', "invalid character 'N' looking for", 1, 14, "JSON has finite numbers only"),
        ("Job:\n  ID: web", "invalid character 'J' looking for", 1, 1, "it is not JSON, which begins with {, nor"),
    ],
)
def test_a_text_that_is_not_json(text: str, complaint: str, line: int, column: int, hint: str) -> None:
    """The complaint is Go's, the place is that of the wrong character, the hint says what to do."""
    verdict = judge(text.encode())
    (finding,) = verdict.findings
    assert verdict.register == verdict.plan
    assert verdict.register is not None
    assert (verdict.register.status, verdict.register.text) == (400, finding.text)
    assert finding.text.startswith(complaint)
    assert (finding.line, finding.column, finding.path) == (line, column, "$")
    assert finding.hint.startswith(hint)
    assert bool(finding.hint) == bool(hint)


def test_a_text_in_another_encoding() -> None:
    """A file in UTF-16 is refused as Go refuses it, and the hint names the encoding."""
    (finding,) = judge("{}".encode("utf-16")).findings
    assert finding.hint == "it is UTF-16: save it as UTF-8"


@pytest.mark.parametrize(
    ("job", "path", "kind", "hint"),
    [
        (a_job(Priority="50"), "$.Priority", "string", "write it without quotes: 50"),
        (a_job(Priority="high"), "$.Priority", "string", "write a whole number"),
        (a_job(Priority=50.0), "$.Priority", "number 50.0", "write it as 50"),
        (a_job(Priority=5.5), "$.Priority", "number 5.5", "write a whole number"),
        (a_job(ID=5, Name="j"), "$.ID", "number", 'write it in quotes: "5"'),
        (a_job(Datacenters="dc1"), "$.Datacenters", "string", "write a list, in square brackets"),
        (a_job(Datacenters=[1]), "$.Datacenters[0]", "number", 'write it in quotes: "1"'),
        (a_job(Name=["a"]), "$.Name", "array", "write one value, without square brackets"),
        (a_job(AllAtOnce="True"), "$.AllAtOnce", "string", "write it without quotes: true"),
        (a_job(AllAtOnce=1), "$.AllAtOnce", "number", "write true or false"),
        (a_job(Meta={"a b": 1}), "$.Meta['a b']", "number", 'write it in quotes: "1"'),
        (a_job(Update="10s"), "$.Update", "string", "write an object, in braces"),
        (a_job(a_group(a_task(), a_task(KillTimeout="5s"))), "$.TaskGroups[0].Tasks[1].KillTimeout", "string",
         "write it in nanoseconds: 5000000000"),
        (a_job(a_group(a_task(KillTimeout="soon"))), "$.TaskGroups[0].Tasks[0].KillTimeout", "string",
         "write it in nanoseconds: 1s is 1000000000"),
        (a_job(TaskGroups={"web": {}}), "$.TaskGroups", "object", "write a list, in square brackets"),
        (a_job(TaskGroups=[3]), "$.TaskGroups[0]", "number", "write an object, in braces"),
        (a_job(ID=True, Name="j"), "$.ID", "bool", ""),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type(job: Any, path: str, kind: str, hint: str) -> None:
    """The complaint is Go's, the place is that of the value, also in lists, and the hint says how to write it."""
    verdict = judged(job)
    (error,) = [one for one in verdict.findings if one.level == "error"]
    assert verdict.register is not None
    assert verdict.register.text == error.text
    assert error.text.startswith(f"json: cannot unmarshal {kind} into Go struct field")
    assert (error.path, error.hint) == (path, hint)


def test_several_values_of_the_wrong_type() -> None:
    """The first has the text of the refusal; the others, which would be next, have Go's complaint about them alone."""
    task = a_task(KillTimeout="5s", Env={"PORT": 80, "HOST": "a", "DEBUG": True})
    verdict = judged({"Job": a_job(a_group(task), Type=1)})
    assert verdict.register is not None
    errors = [one for one in verdict.findings if one.level == "error"]
    assert [one.path.rpartition(".")[2] for one in errors] == ["PORT", "DEBUG", "KillTimeout", "Type"]
    assert [one.text for one in errors].count(verdict.register.text) == 1
    assert errors[-1].text == "json: cannot unmarshal number into Go value of type string"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([a_job()], "cannot unmarshal array into Go value of type structs.JobRegisterRequest > a file holds one job"),
        (5, "cannot unmarshal number into Go value of type structs.JobRegisterRequest > write an object"),
        ("job", "cannot unmarshal string into Go value of type structs.JobRegisterRequest > write an object"),
        (None, "Job must be specified"),
        ({"Job": None}, "Job must be specified"),
    ],
)
def test_a_file_without_a_job(document: Any, complaint: str) -> None:
    """JSON that is no job is refused as the body of a registration."""
    (error,) = told(judged(document), "error")
    assert complaint in error


@pytest.mark.parametrize("document", [{}, {"Jbo": a_job()}, {"Jbo": a_job(), "Region": "global"}])
def test_an_object_that_is_neither_a_job_nor_a_registration(document: Any) -> None:
    """It is taken for a registration, so that a misspelt Job is found."""
    verdict = judged(document)
    assert told(verdict, "error") == ["$: Job must be specified"]
    warning = "$.Jbo: Jbo is ignored: there is no such field > did you mean Job?"
    assert told(verdict, "warning") == ([warning] if document else [])


def test_what_validation_refuses() -> None:
    """Each problem of the refusal has its own place, and the nearest valid word."""
    config = {"comand": "x", "args": "-v"}
    task = a_task(Driver="raw_exce", Config=config), a_task(Name="u", Config=config, LogConfig=None)
    verdict = judged({"Job": a_job(a_group(*task, RestartPolicy={"Mode": "delai"}), ID="a b", Type="servce")})
    assert verdict.plan == verdict.register
    assert verdict.register is not None
    assert verdict.register.status == 500
    assert verdict.register.text.startswith("4 error(s) occurred:\n\n* Job ID contains a space\n* Task group g")
    assert set(told(verdict, "error", "warning")) == {
        "$.Job.ID: Job ID contains a space",
        '$.Job.TaskGroups[0].RestartPolicy.Mode: Unsupported restart mode: "delai" > did you mean delay?',
        "$.Job.TaskGroups[0].Tasks[0].Driver: failed to create driver for task \"g\" in group \"t\" for validation: "
        "unknown driver 'raw_exce' > did you mean raw_exec?",
        "$.Job.TaskGroups[0].Tasks[1].LogConfig: Missing Log Config",
        '$.Job.TaskGroups[0].Tasks[1].Config: field "command" is required',
        "$.Job.TaskGroups[0].Tasks[1].Config.args: field \"args\" with input \"-v\" doesn't seem to be of type array",
        '$.Job.TaskGroups[0].Tasks[1].Config.comand: "comand" is an invalid field > did you mean command?',
        "$.Job.Type: there is no scheduler servce: such a job is at best stored, and never runs "
        "> did you mean service?",
    }  # fmt: skip


def test_where_something_is_missing() -> None:
    """A missing field is named by its path; line and column are those of the object that should have it."""
    verdict = judge(b'{\n  "Job": {"ID": "a", "taskGroups": [{},\n    {"Tasks": []}]}\n}')
    places = {one.path: (one.line, one.column) for one in verdict.findings if one.level == "error"}
    assert places["$.Job.Region"] == (2, 10)
    assert places["$.Job.taskGroups[0].Name"] == (2, 37)
    assert places["$.Job.taskGroups[1].Tasks"] == (3, 15)
    hints = {one.path: one.hint for one in verdict.findings}
    assert hints["$.Job.Priority"] == "nomad run writes 50 here"
    assert hints["$.Job.Name"] == ""


def test_a_count_that_is_left_out() -> None:
    """An agent takes it for 0, unlike nomad run; one that is written is no finding."""
    group = a_group()
    del group["Count"]
    assert told(judged(a_job(group, a_group(Name="h", Count=0))), "note") == [
        "$.TaskGroups[0].Count: Count is left out, and counts as 0 > nomad run writes 1 here"
    ]


def test_a_null_element_and_a_limit() -> None:
    """A null in a list of objects is refused at its place; a limit of the mock says that it is one."""
    assert told(judged(a_job(TaskGroups=[a_group(), None])), "error") == [
        "$.TaskGroups[1]: null is not an object at /TaskGroups/1 of the job (a real agent closes the connection here)"
    ]
    (limit,) = told(judged(a_job(a_group(Count=20_000))), "error")
    assert "the limit of this mock is 10000" in limit


def test_what_is_lost() -> None:
    """Unknown and repeated names and what follows the job are warnings, at their names, with the nearest valid one."""
    job = json.dumps(a_job(a_group(a_task(Uesr="x"))))
    text = '{"Job":\n' + job.replace("{", '{"Meta": {"a": "1",\n"a": "2"},\n', 1) + ',\n"Regoin": "eu"} {}'
    verdict = judge(text.encode())
    assert (verdict.register, verdict.is_clean) == (None, False)
    assert told(verdict, "warning") == [
        "$.Job.Meta: Meta is there more than once: they are merged or the last one counts",
        "$.Job.Meta.a: a is there more than once: they are merged or the last one counts",
        "$.Job.TaskGroups[0].Tasks[0].Uesr: Uesr is ignored: there is no such field > did you mean User?",
        "$.Regoin: Regoin is ignored: there is no such field > did you mean Region?",
        "$: what follows the first JSON value is ignored",
    ]
    assert [one.line for one in verdict.findings] == [4, 4, 4, 5, 5]
    assert [one.column for one in verdict.findings][3:] == [1, 17]
    lenient = judge(text.encode(), ignore_unknown_fields=True)
    assert [one.kind for one in lenient.findings] == ["body-twice", "body-twice", "body-rest"]


def test_bytes_that_are_not_utf_8() -> None:
    """An agent replaces them without a word."""
    (finding,) = judge(json.dumps(a_job(Meta={"k": "xyz"})).encode().replace(b"xyz", b"\xff\xfe")).findings
    assert (finding.level, finding.kind) == ("warning", "not-utf-8")


def test_many_findings_alike() -> None:
    """Two hundred of a kind are told, and then that there are more."""
    verdict = judged(a_job(**{f"k{number}": 1 for number in range(300)}))
    assert len(verdict.findings) == 201
    assert verdict.findings[-1].text == "there are more like the 200 that are told"


def test_an_index_that_nothing_enforces() -> None:
    """A registration that asks for an index without enforcing it is not protected by it."""
    assert told(judged({"Job": a_job(), "JobModifyIndex": 7}), "warning") == [
        "$.JobModifyIndex: JobModifyIndex is ignored unless EnforceIndex is true"
    ]
    assert judged({"Job": a_job(), "JobModifyIndex": 7, "EnforceIndex": True}).is_clean


def test_names_in_another_case_and_empty_unknown_fields_lose_nothing() -> None:
    """They are notes: an agent takes the first for the field, and the second is as if it was left out."""
    lower = {name.lower(): value for name, value in a_job().items()}
    verdict = judged({"job": {**lower, "Namespace": "", "Spread": None, "Version": 0, "Stop": False}})
    assert verdict.is_clean
    assert verdict.register is None
    notes = told(verdict, "note")
    assert "$.job: job is taken for Job; write Job" in notes
    assert "$.job.taskgroups: taskgroups is taken for TaskGroups; write TaskGroups" in notes
    empty = "is ignored: there is no such field; nothing is lost, it is empty"
    assert {f"$.job.Spread: Spread {empty}", f"$.job.Stop: Stop {empty} > it came with Nomad 0.6"} <= set(notes)


def test_what_an_agent_fills_in_and_changes() -> None:
    """Defaults, rewritten and ignored values are notes, and harmless ones of the same emptiness are not told."""
    task = a_task(
        KillTimeout=0,
        Resources=None,
        Env={},
        Constraints=[],
        Services=[{"Name": "${JOB}-db", "Checks": None}],
        Templates=[{"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "signal", "ChangeSignal": "sighup"}],
    )
    own = [{"LTarget": "${node.class}", "RTarget": "x", "Operand": "="}]
    group = a_group(task, RestartPolicy=None, Constraints=own)
    sent = a_job(group, Type="batch", Status="dead", VaultToken="secret", ModifyIndex=7)
    verdict = judged(sent)
    assert (verdict.register, verdict.is_clean) == (None, True)
    place = "$.TaskGroups[0].Tasks[0]"
    assert set(told(verdict, "note")) == {
        '$.TaskGroups[0].Constraints[1]: Constraints[1] is added: {"LTarget": "${attr.os.signals}", '
        '"Operand": "set_contains", "RTarget": "SIGHUP"}',
        '$.TaskGroups[0].RestartPolicy: RestartPolicy is filled in: {"Attempts": 15, "Delay": 15000000000, '
        '"Interval": 604800000000000, "Mode": "delay"}',
        f"{place}.KillTimeout: KillTimeout is filled in: 5000000000",
        f'{place}.Resources: Resources is filled in: {{"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, '
        '"Networks": null}',
        f'{place}.Services[0].Name: Name becomes "j-db"',
        f'{place}.Templates[0].ChangeSignal: ChangeSignal becomes "SIGHUP"',
        "$.ModifyIndex: ModifyIndex is ignored: the server sets it",
        "$.Status: Status is ignored: the server sets it",
        '$.VaultToken: VaultToken becomes ""',
    }


def test_vault_is_refused_at_registration_alone() -> None:
    """An agent without Vault plans a job that needs it; one with Vault also registers it."""
    vault = {"Policies": ["p"], "ChangeMode": "restart", "Env": True, "ChangeSignal": ""}
    job = a_job(a_group(a_task(), Name="f"), a_group(a_task(), a_task(Name="u", Vault=vault)))
    verdict = judged(job)
    assert verdict.plan is None
    assert verdict.register is not None
    assert verdict.register.text == "Vault not enabled and Vault policies requested"
    assert [one.path for one in verdict.findings if one.level == "error"] == ["$.TaskGroups[1].Tasks[1].Vault"]
    assert judged(job, has_vault=True).register is None


def test_words_that_an_agent_takes_without_knowing_them() -> None:
    """An unknown operand or type is accepted, and then nothing runs: that is a warning."""
    constraint = {"LTarget": "${attr.cpu.arch}", "RTarget": "amd64", "Operand": "regex"}
    job = a_job(a_group(a_task(Constraints=[constraint]), Constraints=[constraint]), Type="sytem")
    verdict = judged(job)
    assert verdict.register is None
    assert [one.path for one in verdict.findings] == [
        "$.TaskGroups[0].Constraints[0].Operand",
        "$.TaskGroups[0].Tasks[0].Constraints[0].Operand",
        "$.Type",
    ]
    assert [one.hint for one in verdict.findings] == [
        "did you mean regexp?",
        "did you mean regexp?",
        "did you mean system?",
    ]


def test_hcl_that_is_written_as_json() -> None:
    """The JSON that the command line reads in place of HCL is no job for an agent, and the hint says so."""
    verdict = judged({"job": {"web": {"datacenters": ["dc1"]}}})
    (warning,) = told(verdict, "warning")
    assert "it is HCL written as JSON" in warning
