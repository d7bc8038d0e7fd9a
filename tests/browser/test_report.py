"""The HTML report, as text and as a reader meets it in a browser."""

import re
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from contract_tests.suite.reports.html import render
from tests.browser.report_data import a_report

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
    bodies = page.find_elements(By.CSS_SELECTOR, "tbody[data-level]")
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
    assert text.count("<th>http://other:4646 (0.5.4)</th>") == 3
    assert "not in this report" in text
    assert "What happened on http://other:4646 (0.5.4)" in text


def test_a_failure_shows_its_exchange(page: webdriver.Chrome) -> None:
    """Expected, actual, request, reply and the curl line are there to read."""
    text = page.find_element(By.CSS_SELECTOR, "[id='job.query.b'] details").text
    for part in ("an index above 12", "PUT /v1/job/x", "X-Nomad-Index: 12", "not JSON", "after 3.2 ms", "curl -si"):
        assert part in text


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


def test_the_page_fits_a_narrow_window(page: webdriver.Chrome) -> None:
    """On a phone's width the page itself does not scroll sideways."""
    page.set_window_size(500, 900)
    try:
        width = page.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1]
    finally:
        page.set_window_size(1200, 900)


def test_the_filters_work_by_keyboard(page: webdriver.Chrome) -> None:
    """Every filter is a real control that takes the focus and says whether it is on."""
    button = page.find_element(By.CSS_SELECTOR, "button[data-outcome=pass]")
    button.send_keys("\n")
    assert button.get_attribute("aria-pressed") == "false"
    assert "job.query.a" not in shown(page)
