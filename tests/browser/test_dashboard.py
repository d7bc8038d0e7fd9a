"""The dashboard, as its user meets it in a browser."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from mockserver.client import MockClient
from mockserver.testing import example_job, running_mock
from tests.faults.asking import Meanwhile

pytestmark = pytest.mark.browser

PATIENCE = 20
NARROW = 400
_TEXT = """
const texts = [...document.querySelectorAll(arguments[0])].map((each) => each.innerText);
return texts.length ? texts.join(" ") : null;
"""
_BUTTON = """
const buttons = [...document.querySelector(arguments[1]).querySelectorAll("button")];
const label = (button) => button.ariaLabel ?? button.innerText;
return buttons.find((button) => button.checkVisibility() && label(button).startsWith(arguments[0]));
"""
"""One question for what takes WebDriver a long one for each element."""


@pytest.fixture(scope="module")
def server() -> Iterator[MockClient]:
    """Serve a mock for all tests of this module."""
    with running_mock(clock="manual") as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """Return a fresh world: two nodes, no jobs, time stands still."""
    server.faults.clear()
    server.reset(clock="manual", nodes=2, seed=1)
    return server


@pytest.fixture
def page(browser: webdriver.Chrome, mock: MockClient) -> Iterator[webdriver.Chrome]:
    """Return a browser that shows the dashboard of that world, live."""
    show(browser, mock)
    until(browser, lambda: "live" in element(browser, "#connection").text)
    yield browser
    browser.get("about:blank")


def show(browser: webdriver.Chrome, mock: MockClient, view: str = "jobs") -> None:
    """Open a view; where the dashboard of this mock is open already, it is not loaded again."""
    browser.get(f"{mock.url}/__admin/ui#/{view}")


def element(browser: webdriver.Chrome, selector: str) -> WebElement:
    """Return the first element that a CSS selector finds."""
    return browser.find_element(By.CSS_SELECTOR, selector)


def until(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; elements may be replaced meanwhile."""
    wait = WebDriverWait(browser, PATIENCE, 0.1, ignored_exceptions=[StaleElementReferenceException])
    try:
        wait.until(lambda _: condition())
    except TimeoutException:
        pytest.fail(f"it did not come so; the page says: {element(browser, 'body').text}")


def reads(browser: webdriver.Chrome, selector: str, *parts: str) -> None:
    """Wait until there are such elements, and their text has these parts."""
    until(browser, lambda: (text := _text(browser, selector)) is not None and all(part in text for part in parts))


def _text(browser: webdriver.Chrome, selector: str) -> str | None:
    text: str | None = browser.execute_script(_TEXT, selector)
    return text


def press(browser: webdriver.Chrome, label: str, within: str = "body") -> WebElement:
    """Press the first button whose label begins so, by keyboard."""
    chosen: WebElement = browser.execute_script(_BUTTON, label, within)
    assert chosen.accessible_name.startswith(label)
    chosen.send_keys("\n")
    return chosen


def register(mock: MockClient, job: dict[str, Any]) -> None:
    """Register a job, as a client does."""
    body = json.dumps({"Job": job}).encode()
    request = urllib.request.Request(f"{mock.url}/v1/job/{job['ID']}", body, method="PUT")
    urllib.request.urlopen(request).close()


def test_a_job_registered_from_outside_appears(page: webdriver.Chrome, mock: MockClient) -> None:
    """A new job appears by itself in the list, in the live region and among the requests."""
    assert "There are no jobs" in element(page, "main").text
    register(mock, example_job("from-outside", count=2))
    reads(page, ".list", "from-outside", "2 starting")
    reads(page, "#news", "from-outside")
    mock.clock.advance("5s")
    reads(page, ".list", "2 running")
    show(page, mock, "requests")
    reads(page, ".rows", "PUT /v1/job/from-outside", "200")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Datacenters": ["dc9"]}, "there is no node in its datacenter dc9; all nodes are in dc1"),
        (
            {"Constraints": [{"LTarget": "${attr.kernel.name}", "RTarget": "windows", "Operand": "="}]},
            "constraint ${attr.kernel.name} = windows rules out 2 of 2 nodes",
        ),
    ],
)
def test_a_pending_job_says_why(page: webdriver.Chrome, mock: MockClient, change: dict[str, Any], reason: str) -> None:
    """One sentence says why a job is pending, in the list and at the top of its page."""
    register(mock, example_job("waits", **change))
    reads(page, ".list .why", reason)
    element(page, ".list a").click()
    reads(page, "#why", f"1 allocation of group g can't be placed: {reason}.")
    reads(page, ".chain", "blocked", "could not place 1 of g")


def test_an_exhausted_cluster_says_what_is_free(page: webdriver.Chrome, mock: MockClient) -> None:
    """A job without room shows what it asks for, what is left, and that it runs as soon as there is room."""
    job = example_job("big", count=3)
    job["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"] = 9000
    register(mock, job)
    show(page, mock, "jobs/big")
    reads(
        page, "#why", "cpu exhausted on 2 nodes (each asks for 9000 MHz; the most that is free on a node is 1000 MHz)"
    )
    mock.nodes.add({"Name": "another"})
    mock.clock.advance("5s")
    reads(page, ".detail .summary", "3 running")
    until(page, lambda: not page.find_elements(By.ID, "why"))


def test_nodes_that_are_down_are_named(page: webdriver.Chrome, mock: MockClient) -> None:
    """A pending job names the nodes of its datacenter that are down or drained."""
    for node in mock.nodes.list():
        mock.nodes.down(node["node"]["ID"])
    register(mock, example_job("waits"))
    reads(page, ".list .why", "no node in its datacenter dc1 is ready", "is down")


def test_a_task_fails_by_its_button(page: webdriver.Chrome, mock: MockClient) -> None:
    """A task that is made to fail is announced; its node reports it when time goes on, with the events."""
    register(mock, example_job("victim"))
    mock.clock.advance("5s")
    show(page, mock, "jobs/victim")
    reads(page, ".task", "running")
    press(page, "Fail for good", ".task")
    reads(page, "#news", "failed for good")
    reads(page, ".task", "its node has not reported it yet")
    press(page, "+1 s", "#clock")
    reads(page, ".allocation", "failed")
    reads(page, ".task summary", "Not Restarting")


def test_a_task_finishes_by_its_button(page: webdriver.Chrome, mock: MockClient) -> None:
    """A batch job is dead once its task was finished by its button."""
    register(mock, example_job("work", Type="batch", TaskGroups=_runs_on()))
    mock.clock.advance("1s")
    show(page, mock, "jobs/work")
    reads(page, ".task", "running")
    press(page, "Finish", ".task")
    press(page, "+1 s", "#clock")
    reads(page, "#job-title", "dead")
    reads(page, ".allocation", "complete")


def _runs_on() -> list[dict[str, Any]]:
    """Return the example's group with a task that runs until it is ended; a batch task would end by itself."""
    group: dict[str, Any] = example_job()["TaskGroups"][0]
    group["Tasks"][0]["Config"] = {"command": "sleep", "args": ["3600"]}
    return [group]


def test_time_is_moved_by_buttons(page: webdriver.Chrome, mock: MockClient) -> None:
    """Buttons move the clock by ten seconds and to the next event, and keep the focus."""
    before = mock.clock.now()
    pressed = press(page, "+10 s", "#clock")
    until(page, lambda: mock.clock.now() == before + 10_000_000_000)
    reads(page, "#news", "Time moved ahead by 10s")
    reads(page, "#clock time", "02:40:10")
    assert page.switch_to.active_element == pressed
    register(mock, example_job("starts"))
    press(page, "To the next event", "#clock")
    until(page, lambda: mock.clock.now() > before + 10_000_000_000)


def test_time_is_let_run_and_stopped(page: webdriver.Chrome, mock: MockClient) -> None:
    """The choice of speed shows the present speed, also when somebody else changes it."""
    Select(element(page, "#clock select")).select_by_visible_text("60 times as fast")
    until(page, lambda: mock.clock.get().speed == 60)
    mock.clock.manual()
    until(page, lambda: Select(element(page, "#clock select")).first_selected_option.text == "stands still")


def test_faults_are_switched(page: webdriver.Chrome, mock: MockClient) -> None:
    """A preset can be switched on and off; its hits are counted, and the page itself does not meet it."""
    show(page, mock, "faults")
    reads(page, "main", "restored-snapshot", "There are no faults")
    press(page, "rate-limited: turn on")
    until(page, lambda: [fault["preset"] for fault in mock.faults.list()] == ["rate-limited"])
    urllib.request.urlopen(f"{mock.url}/v1/jobs").close()
    reads(page, ".rows", "rate-limited", "active", "1 of 1 request hit")
    press(page, "rate-limited: turn off")
    until(page, lambda: not mock.faults.list())


def test_a_fault_of_ones_own_is_made_by_a_form(page: webdriver.Chrome, mock: MockClient) -> None:
    """The form has the fields of the chosen kind; what can't be read or is refused is said, and no fault begins."""
    show(page, mock, "faults")
    reads(page, "details.form summary", "A fault of your own")
    element(page, "details.form summary").send_keys("\n")
    Select(element(page, "#fault-kind")).select_by_visible_text("latency")
    Select(element(page, "#fault-latency-distribution")).select_by_visible_text("lognormal")
    until(page, lambda: bool(page.find_elements(By.ID, "fault-latency-sigma")))
    assert not page.find_elements(By.ID, "fault-latency-delay")
    Select(element(page, "#fault-match-method")).select_by_visible_text("PUT")
    Select(element(page, "#fault-kind")).select_by_visible_text("status")
    until(page, lambda: bool(page.find_elements(By.ID, "fault-status-status")))
    element(page, "#fault-status-status").send_keys("503")
    element(page, "#fault-status-body").send_keys('{"why": "tired"}')
    element(page, "#fault-status-carried_out").send_keys(" ")
    element(page, "#fault-match-path").send_keys("/v1/job/*")
    element(page, "#fault-match-query").send_keys("{stale")
    element(page, "#fault-when-times").send_keys("3")
    press(page, "Add this fault")
    reads(page, "#problem", "query is not JSON")
    element(page, "#fault-match-query").clear()
    element(page, "#fault-when-for").send_keys("2w")
    press(page, "Add this fault")
    assert not mock.faults.list()
    element(page, "#fault-when-for").clear()
    press(page, "Add this fault")
    reads(page, ".rows", "status 503", "carried out", "where method is", "path is", "3 times")
    (fault,) = mock.faults.list()
    assert fault["fault"] == {"kind": "status", "status": 503, "body": {"why": "tired"}, "carried_out": True}
    assert (fault["match"], fault["times"]) == ({"method": "PUT", "path": "/v1/job/*"}, 3)
    reads(page, "#news", "status is active from now on")


def test_a_rule_for_tasks_is_made_by_a_form(page: webdriver.Chrome, mock: MockClient) -> None:
    """A rule made by the form applies to the job, until it is dropped by its button."""
    register(mock, example_job("web"))
    show(page, mock, "jobs/web")
    reads(page, ".detail", "Add a rule for its next tasks")
    element(page, ".actions a").click()
    reads(page, "main h2", "Rules for tasks")
    assert element(page, "#rule-job").get_attribute("value") == "web"
    element(page, "#rule-exits-exit_code").send_keys("3")
    element(page, "#rule-times").send_keys("2")
    press(page, "Add this rule")
    reads(page, ".rows", "job web", "ends at once with exit code 3", "2 times more")
    mock.clock.advance("1s")
    reads(page, ".rows", "1 time more")
    Select(element(page, "#rule-outcome")).select_by_visible_text("stays pending until it is started by hand")
    press(page, "Add this rule")
    reads(page, ".rows", "stays pending until it is started by hand")
    assert [rule["outcome"] for rule in mock.tasks.rules()][1] == {"start_after": None}
    press(page, "Drop rule 2")
    until(page, lambda: len(mock.tasks.rules()) == 1)


def test_a_job_is_stopped_by_its_button(page: webdriver.Chrome, mock: MockClient) -> None:
    """A job can be stopped by its button, without a request in the journal."""
    register(mock, example_job("a/b"))
    mock.clock.advance("1s")
    show(page, mock, "jobs/a%2Fb")
    reads(page, ".detail", "running")
    press(page, "Stop this job")
    reads(page, "#news", "Job a/b is stopped")
    reads(page, ".detail", "There is no such job (any more)")
    assert mock.requests.count() == 1


def test_jobs_are_launched_dispatched_and_planned(page: webdriver.Chrome, mock: MockClient) -> None:
    """A job can be forced, dispatched and evaluated; an edited text planned and registered, past the journal."""
    web, nightly, work = (
        example_job("web"),
        example_job("nightly", kind="periodic"),
        example_job("work", kind="parameterized"),
    )
    work["ParameterizedJob"] = {"Payload": "required", "MetaRequired": ["who"]}
    mock.seed(web, nightly, work)
    show(page, mock, "jobs/nightly")
    reads(page, ".actions", "Launch it now")
    press(page, "Launch it now")
    reads(page, ".detail", "Children", "nightly/periodic-")
    show(page, mock, "jobs/work")
    reads(page, ".detail", "Dispatch it")
    element(page, "details.form summary").send_keys("\n")
    element(page, "#dispatch-Payload").send_keys("hello")
    element(page, "#dispatch-meta-who").send_keys("me")
    press(page, "Dispatch", "details.form")
    reads(page, ".detail", "Children", "work/dispatch-")
    show(page, mock, "jobs/web")
    reads(page, ".actions", "Evaluate")
    press(page, "Evaluate")
    reads(page, "#news", "Evaluation")
    element(page, "details.form summary").send_keys("\n")
    page.execute_script(
        "const text = document.querySelector('.text'); text.value = text.value.replace('\"Count\": 1', '\"Count\": 3');"
    )
    press(page, "Plan", "details.form")
    reads(page, ".diff", "+/- Job web", "+/- Group g", '+/- Count: "1" → "3"')
    press(page, "Register", "details.form")
    reads(page, ".group h3", "wants 3")
    assert mock.requests.count() == 0


def test_what_is_done_from_outside_is_seen_at_once(page: webdriver.Chrome, mock: MockClient) -> None:
    """New faults, rules, spaces and waiting requests appear without anybody touching the page."""
    mock.fault("hang", name="from-outside", match={"path": "/nothing"})
    reads(page, "nav", "Faults 1 active")
    mock.faults.clear()
    reads(page, "nav", "Faults\nRules")
    mock.tasks.rule({"hang": True}, job="x")
    reads(page, "nav", "Rules 1")
    mock.tasks.clear_rules()
    until(page, lambda: element(page, "nav").text.endswith("Rules"))
    other = mock.create_space("other")
    reads(page, "#scope", "Space")
    other.drop_space()
    until(page, lambda: not element(page, "#scope").text)
    show(page, mock, "requests")
    reads(page, ".list", "No client has sent")
    asking = Meanwhile(lambda: urllib.request.urlopen(f"{mock.url}/v1/jobs?index=9&wait=1m").close())
    reads(page, ".rows", "GET /v1/jobs?index=9&wait=1m", "waits for its answer")
    mock.clock.advance("2m")
    asking.result()
    reads(page, ".rows", "200")


def test_a_request_shows_what_was_sent_and_found(page: webdriver.Chrome, mock: MockClient) -> None:
    """A request shows headers, body, reply, and what a real agent would have dropped."""
    urllib.request.urlopen(f"{mock.url}/v1/jobs?wait=1s").close()
    show(page, mock, "requests")
    reads(page, ".rows", "GET /v1/jobs?wait=1s", "1 finding")
    element(page, ".rows a").click()
    reads(page, ".callout", "query parameter wait is ignored")
    reads(page, ".pair", "Host: ", "X-Nomad-Index: ", "[]")
    reads(page, ".copyable pre", f"curl '{mock.url}/v1/jobs?wait=1s'")


def test_broken_conduct_is_shown_with_its_requests(page: webdriver.Chrome, mock: MockClient) -> None:
    """A statement that a client breaks is shown with what happened, what to do, and a way to the request."""
    urllib.request.urlopen(f"{mock.url}/v1/jobs").close()
    urllib.request.urlopen(f"{mock.url}/v1/jobs?stale=false").close()
    show(page, mock, "conduct")
    reads(page, "main", "2 requests: 1 statement is broken", "MUST", "conduct.query.values")
    reads(page, ".judgement .why", "Leave pretty and stale out to switch them off")
    reads(page, "nav", "Conduct 1 broken")
    urllib.request.urlopen(f"{mock.url}/v1/jobs").close()
    reads(page, "main", "Requests have come since.")
    element(page, ".judgement a").click()
    reads(page, "#request-title", "GET /v1/jobs?stale=false")


def test_a_request_shows_the_freedoms_of_its_reply(page: webdriver.Chrome, mock: MockClient) -> None:
    """The list counts the freedoms that a reply made use of, and the request names them."""
    mock.reset(clock="manual", vary={"seed": 1, "freedoms": ["json.white-space"]})
    urllib.request.urlopen(f"{mock.url}/v1/jobs").close()
    show(page, mock, "requests")
    reads(page, ".rows", "GET /v1/jobs", "varied by 1 freedom")
    element(page, ".rows a").click()
    reads(page, "main", "varied by json.white-space")


def test_no_journal_is_said(page: webdriver.Chrome, mock: MockClient) -> None:
    """Without a journal the page says so, instead of showing no requests; the rest works."""
    mock.reset(clock="manual", journal_limit=0)
    show(page, mock, "requests")
    reads(page, ".list", "keeps no journal")
    reads(page, "#problem", "")
    reads(page, "nav", "Nodes 1")


def test_what_waits_can_be_picked_out(page: webdriver.Chrome, mock: MockClient) -> None:
    """The list of requests can be filtered by words, by waiting ones and by findings."""
    mock.seed(example_job("runs"), example_job("waits", Datacenters=["dc9"]))
    mock.clock.advance("5s")
    reads(page, ".rows", "runs", "waits")
    element(page, "input[type=checkbox]").send_keys(" ")
    until(page, lambda: len(page.find_elements(By.CSS_SELECTOR, ".rows li")) == 1)
    reads(page, ".rows", "waits")
    element(page, "input[type=search]").send_keys("runs")
    reads(page, ".list", "No job matches")


def test_nodes_show_their_load(page: webdriver.Chrome, mock: MockClient) -> None:
    """A node shows its load in numbers and as a meter, and can be taken down by its button."""
    register(mock, example_job("web", count=2))
    mock.clock.advance("1s")
    show(page, mock, "nodes")
    reads(page, ".card", "CPU 100 of 10000 MHz", "ready")
    assert element(page, "[role=meter]").get_attribute("aria-valuemax") == "10000"
    press(page, "Take down", ".card")
    reads(page, ".card", "down", "Bring back")


def test_news_leave_focus_text_and_scroll_alone(page: webdriver.Chrome, mock: MockClient) -> None:
    """Updates keep the focus, the typed text and the scroll position."""
    for number in range(20):
        register(mock, example_job(f"job-{number:02}"))
    reads(page, ".list", "job-19")
    field = element(page, ".filter input")
    field.send_keys("job")
    page.execute_script("scrollTo(0, 300)")
    register(mock, example_job("job-99"))
    reads(page, ".list", "job-99")
    assert page.switch_to.active_element == field
    assert field.get_attribute("value") == "job"
    assert page.execute_script("return scrollY") == 300


def test_data_is_never_markup(page: webdriver.Chrome, mock: MockClient) -> None:
    """A job ID with markup in it is shown as text."""
    mock.seed(example_job("<img/src=x/onerror=alert(1)>"))
    reads(page, ".list", "<img/src=x/onerror=alert(1)>")
    element(page, ".list a").click()
    reads(page, "#job-title", "<img/src=x/onerror=alert(1)>")
    assert not page.find_elements(By.TAG_NAME, "img")


def test_evaluations_are_a_chain(page: webdriver.Chrome, mock: MockClient) -> None:
    """A link leads from an evaluation to the next one and moves the focus there."""
    register(mock, example_job("waits", Datacenters=["dc9"]))
    show(page, mock, "jobs/waits")
    reads(page, ".chain", "after")
    element(page, ".chain a").send_keys("\n")
    until(page, lambda: page.switch_to.active_element.get_attribute("class") == "chosen")


def test_a_task_that_is_held_says_by_what(page: webdriver.Chrome, mock: MockClient) -> None:
    """A task that a rule holds says so, instead of waiting for time; a failed task says why it failed."""
    mock.tasks.rule({"hang": True}, job="held")
    mock.tasks.rule({"start_error": "no such image"}, job="broken")
    for name in ("held", "broken"):
        register(mock, example_job(name))
    mock.clock.advance("1m")
    reads(
        page,
        ".list",
        "1 task is held in pending by a rule, until started by hand.",
        "It has ended; 1 allocation failed: failed to start task",
        "no such image.",
    )


VIEWS = {
    **dict.fromkeys(("jobs", "nodes", "requests", "conduct", "faults", "rules", "rules/" + "j" * 80), "main h2"),
    "jobs/waits": "#job-title",
    "requests/1": "#request-title",
}
"""What is there when the view is."""


def test_every_view_fits_a_narrow_window(page: webdriver.Chrome, mock: MockClient) -> None:
    """No view scrolls sideways, even with a long ID."""
    register(mock, example_job("waits", Datacenters=["d" * 80], Name="n" * 80))
    mock.seed(example_job("long" * 20))
    mock.fault("status", status=503, body="long" * 40, match={"path": "/nothing/" + "x" * 80}, name="n" * 80)
    mock.tasks.rule({"start_error": "because" * 20}, job="j" * 80)
    size = {"width": NARROW, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        for view, part in VIEWS.items():
            show(page, mock, view)
            for present in (f"nav a[href='#/{view.partition('/')[0]}'][aria-current=page]", part):
                reads(page, present)
            page.execute_script("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
            assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth"), view
            assert page.execute_script("return innerWidth") == NARROW
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_landmarks_and_names_for_who_does_not_see_it(page: webdriver.Chrome) -> None:
    """For screen readers there are landmarks, announcements of changes, and a name for every control."""
    for selector in ("main", "header", "nav[aria-label]", "[role=status]", "[role=alert]", "a.skip[href='#main']"):
        assert page.find_elements(By.CSS_SELECTOR, selector)
    for control in page.find_elements(By.CSS_SELECTOR, "main input, #clock select, #clock button, header a"):
        assert control.accessible_name


def test_other_spaces_and_regions_can_be_chosen(page: webdriver.Chrome, mock: MockClient) -> None:
    """Each space and region shows its own jobs; the local region is chosen first."""
    mock.reset(clock="manual", region="us1", federate=["eu1"])
    mock.seed(example_job("abroad", Region="eu1"), region="eu1")
    other = mock.create_space("other")
    other.seed(example_job("elsewhere"))
    show(page, mock)
    until(page, lambda: "space" in (_text(page, "#scope") or "").lower())
    space, region = (Select(found) for found in page.find_elements(By.CSS_SELECTOR, "#scope select"))
    assert (space.first_selected_option.text, region.first_selected_option.text) == ("default", "us1")
    region.select_by_visible_text("eu1")
    reads(page, ".list", "abroad")
    space.select_by_visible_text("other")
    reads(page, ".list", "elsewhere")
    other.drop_space()


def test_on_a_port_of_its_own_a_space_is_shown_first(page: webdriver.Chrome, mock: MockClient) -> None:
    """On a space's port its own world is shown first; a space that is dropped is said to be gone."""
    mock.seed(example_job("at-home"))
    other = mock.create_space("other")
    other.seed(example_job("elsewhere"))
    show(page, other)
    reads(page, ".list", "elsewhere")
    space = Select(element(page, "#scope select"))
    assert space.first_selected_option.text == "other"
    space.select_by_visible_text("default")
    reads(page, ".list", "at-home")
    third = mock.create_space("third", port=None)
    third.seed(example_job("brief"))
    until(page, lambda: "third" in element(page, "#scope").text)
    Select(element(page, "#scope select")).select_by_visible_text("third")
    reads(page, ".list", "brief")
    reads(page, "#connection", "live")
    third.drop_space()
    reads(page, "#connection", "space is gone")
    press(page, "Leave this space")
    reads(page, ".list", "elsewhere")
    other.drop_space()


def test_a_token_is_asked_for_once(browser: webdriver.Chrome) -> None:
    """A wrong token is asked for again, the right one is kept until the tab is closed."""
    with running_mock(clock="manual", admin_token="secret") as mock:
        show(browser, mock)
        for token in ("wrong", "secret"):
            until(browser, lambda: element(browser, "dialog").is_displayed())
            element(browser, "#token").send_keys(f"{token}\n")
        reads(browser, "#connection", "live")
        show(browser, mock)
        reads(browser, "#connection", "live")
        assert not element(browser, "dialog").is_displayed()
        register(mock, example_job("from-outside"))
        reads(browser, ".list", "from-outside")
        asked = "return performance.getEntriesByType('resource').map(({ name }) => name).join(' ')"
        assert "/__admin/spaces" in browser.execute_script(asked)
        assert "secret" not in browser.execute_script(asked) + browser.current_url
        browser.get("about:blank")


def test_a_mock_that_is_gone_is_told(browser: webdriver.Chrome) -> None:
    """When the mock is gone the page says so, and offers to look for it again."""
    with running_mock(clock="manual") as mock:
        show(browser, mock)
        reads(browser, "#connection", "live")
    reads(browser, "#connection", "not connected", "Reload")
    press(browser, "Reload")
    reads(browser, "#problem", "can't be reached")
    browser.get("about:blank")
