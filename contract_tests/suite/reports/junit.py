"""JUnit XML: a test case for each statement that was selected."""

import xml.etree.ElementTree as ET
from typing import Any

from contract_tests.suite.reports.causes import expected_and_actual
from contract_tests.suite.reports.console import explain
from contract_tests.suite.reports.subject import is_of_client


def render(report: dict[str, Any]) -> str:
    """Return the XML of a report; statements that were not selected are left out.

    A departure that the baseline has too is a case that was skipped.
    """
    subject = report["client"] if is_of_client(report) else report["target"]
    cases = [entry for entry in report["statements"] if entry["outcome"] != "not selected" or "baseline" in entry]
    suite = ET.Element(
        "testsuite",
        name=f"Nomad contract of {subject['command' if is_of_client(report) else 'address']}",
        tests=str(len(cases)),
        failures=_count(cases, "fail"),
        errors=_count(cases, "error"),
        skipped=_count(cases, "skip", "not selected"),
        time=str(report["seconds"]),
        timestamp=report["created"],
    )
    properties = ET.SubElement(suite, "properties")
    judged_by = {"baseline": report["baseline"]["release"]} if "baseline" in report else {}
    for name, value in {**subject, **report["settings"], **judged_by}.items():
        ET.SubElement(properties, "property", name=name, value=str(value))
    for entry in cases:
        chapter, _, name = entry["id"].rpartition(".")
        _judge(ET.SubElement(suite, "testcase", classname=chapter, name=name, time="0"), entry)
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _count(cases: list[dict[str, Any]], *outcomes: str) -> str:
    return str(sum(entry["outcome"] in outcomes for entry in cases))


def _judge(case: ET.Element, entry: dict[str, Any]) -> None:
    if entry["outcome"] == "fail":
        finding = entry["failure"]
        message = _in_short(finding)
        ET.SubElement(case, "failure", type=entry["level"], message=message).text = explain(entry, finding)
    elif entry["outcome"] == "not selected":
        finding, why = entry["difference"], entry["reason"]
        message = f"{why}: {_in_short(finding)}"
        ET.SubElement(case, "skipped", message=message)
    elif entry["outcome"] in ("error", "skip"):
        ET.SubElement(case, "error" if entry["outcome"] == "error" else "skipped", message=entry.get("reason", ""))


def _in_short(finding: dict[str, Any]) -> str:
    expected, actual = (text[:300] for text in expected_and_actual(finding))
    return f"expected {expected}, got {actual}"
