"""The HTML report, as text and as a reader meets it in a browser."""

import re
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from contract_tests.statements import catalogue
from contract_tests.suite.reports.html import render
from tests.browser.report_data import EXCHANGE, FAILURE, a_report

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: webdriver.Chrome, tmp_path: Path) -> webdriver.Chrome:
    """Return a browser that shows a report on one server."""
    file = tmp_path / "report.html"
    file.write_text(render([a_report()]), "utf-8")
    browser.get(file.as_uri())
    return browser


def shown(page: webdriver.Chrome) -> list[str]:
    """Return the IDs of the statements that are visible."""
    bodies = page.find_elements(By.CSS_SELECTOR, "details.statement")
    return [body.get_attribute("id") or "" for body in bodies if body.is_displayed()]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """The report is one file that loads no link, script, style or picture."""
    assert not re.search(r"<(?:link|img|iframe)|\ssrc=|url\(|@import", render([a_report()]))


def test_what_servers_say_is_never_markup() -> None:
    """Text of requests, replies and reasons is escaped."""
    text = render([a_report("http://<script>")])
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "http://<script>" not in text
    assert "no &lt;placement&gt;" in text


def test_a_verdict_stands_at_the_top() -> None:
    """The top says how many statements do not hold, or that all do."""
    assert "1 of 2 statements do not hold; 1 could not be judged, by a fault of the suite" in render([a_report()])
    totals = {"pass": 2, "fail": 0, "skip": 0, "not selected": 0, "error": 0, "differences": 0}
    assert "all 2 checked hold" in render([a_report(totals=totals, additions=[])])


def test_several_servers_stand_side_by_side() -> None:
    """A statement that one report lacks is shown as not selected there."""
    other = a_report("http://other:4646")
    other["statements"] = other["statements"][:-1]
    text = render([a_report(), other])
    assert "<th>http://server:4646 (0.5.4)</th><th>http://other:4646 (0.5.4)</th>" in text
    assert "not in this report" in text
    assert "[2] http://other:4646 (0.5.4): fail" in text


def test_a_failure_shows_its_exchange(page: webdriver.Chrome) -> None:
    """A failure is folded; opened, it shows expected, actual, request, reply, the script, and what the page says."""
    failure = page.find_element(By.ID, "job.query.b")
    assert "an index above 12" not in failure.text
    failure.find_element(By.TAG_NAME, "summary").click()
    failure.find_element(By.CSS_SELECTOR, ".plain summary").click()
    for part in ("an index above 12", "PUT /v1/job/x", "X-Nomad-Index: 12", "not JSON", "after 3.2 ms", "curl -si"):
        assert part in failure.text
    assert "The page says it of query." in failure.text


def test_one_click_leaves_only_failures(page: webdriver.Chrome) -> None:
    """The click leaves what fails or could not be judged; another click brings everything back."""
    button = page.find_element(By.ID, "only-failures")
    button.click()
    assert shown(page) == ["job.query.b", "job.plan.d"]
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert len(shown(page)) == 5
    assert button.get_attribute("aria-pressed") == "false"


def test_a_link_opens_what_it_leads_to(page: webdriver.Chrome) -> None:
    """A link of what to mend first opens its statement below the bar, also when a filter hides it."""
    page.find_element(By.CSS_SELECTOR, "button[data-outcome=fail]").click()
    page.find_element(By.CSS_SELECTOR, "#mend-first a").click()
    failure = page.find_element(By.ID, "job.query.b")
    assert failure.get_attribute("open") is not None
    bar = page.find_element(By.TAG_NAME, "nav")
    clear = "return arguments[0].getBoundingClientRect().top - arguments[1].getBoundingClientRect().bottom"
    WebDriverWait(page, 10).until(lambda _: page.execute_script(clear, failure, bar) >= 0)


def test_several_servers_show_their_drift(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """What became of the statements from one report to the next is counted, and one click leaves only that."""
    better = a_report("http://other:4646")
    better["statements"] = [
        {**entry, "outcome": "pass"} if entry["id"] == "job.query.b" else entry for entry in better["statements"]
    ]
    file = tmp_path / "report.html"
    file.write_text(render([a_report(), better]), "utf-8")
    browser.get(file.as_uri())
    assert browser.find_element(By.CSS_SELECTOR, "#drift summary").text == "1 mended"
    browser.find_element(By.ID, "only-drift").click()
    assert shown(browser) == ["job.query.b"]


def test_the_page_of_a_very_bad_server_is_small() -> None:
    """With a large exchange for every statement the page stays below two megabytes, for two servers, too."""
    large = {**FAILURE, "expected": "e" * 4000, "actual": "a" * 4000}
    exchange = {**EXCHANGE, "curl": "c" * 100_000}
    exchange["request"] = {**EXCHANGE["request"], "body": "r" * 20_000}
    exchange["reply"] = {**EXCHANGE["reply"], "body": "&" * 20_000}
    entry = {"source": "documentation", "section": "s", "level": "MUST", "outcome": "fail"}
    statements = [
        {**entry, "id": one.id, "text": one.text, "failure": {**large, "exchange": exchange}}
        for one in catalogue().values()
    ]
    report = a_report(statements=statements)
    assert len(render([report]).encode()) < 2_000_000
    assert len(render([report, report]).encode()) < 4_000_000


def test_filters_narrow_the_page(page: webdriver.Chrome) -> None:
    """Filters by words, level and outcome hide the rest and empty sections, and say how many are left."""
    assert len(shown(page)) == 5
    search = page.find_element(By.CSS_SELECTOR, "nav input")
    search.send_keys("JOB.PLAN")
    assert shown(page) == ["job.plan.c", "job.plan.d", "job.plan.e"]
    assert not page.find_element(By.ID, "section-query-a-job").is_displayed()
    assert page.find_element(By.TAG_NAME, "output").text == "3 of 5 statements"
    Select(page.find_element(By.CSS_SELECTOR, "nav select")).select_by_visible_text("SHOULD")
    assert shown(page) == ["job.plan.e"]
    page.find_element(By.CSS_SELECTOR, "button[data-outcome=difference]").click()
    assert shown(page) == []


@pytest.mark.parametrize("several", [False, True])
def test_the_page_fits_a_narrow_window(browser: webdriver.Chrome, tmp_path: Path, several: bool) -> None:
    """At 400 pixels the page does not scroll sideways, with everything unfolded, for one server and for three."""
    file = tmp_path / "report.html"
    file.write_text(
        render([a_report("http://a-server-with-a-long-name.example.com:4646")] * (3 if several else 1)), "utf-8"
    )
    metrics = {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(file.as_uri())
        browser.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        width = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1] == 400
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_filters_work_by_keyboard(page: webdriver.Chrome) -> None:
    """Every filter is a real control that takes the focus and says whether it is on."""
    button = page.find_element(By.CSS_SELECTOR, "button[data-outcome=pass]")
    button.send_keys("\n")
    assert button.get_attribute("aria-pressed") == "false"
    assert "job.query.a" not in shown(page)
