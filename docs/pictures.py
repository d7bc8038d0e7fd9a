"""Take the pictures of the dashboard and the report again: ``python docs/pictures.py``, with chromium and chromedriver.

They are kept in the repository, because a picture differs from one machine to the next.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from mockserver.testing import example_job, running_mock

IMAGES = Path(__file__).parent / "images"
_LOADING = 3
"""Seconds that a page gets to show what it has."""


def main() -> None:
    """Take each picture."""
    IMAGES.mkdir(exist_ok=True)
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,820"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        dashboard(browser)
        report(browser)
    finally:
        browser.quit()


def dashboard(browser: webdriver.Chrome) -> None:
    """Show a running job, one that has no room, and a fault."""
    with running_mock(clock="manual", seed=7, nodes=2) as mock:
        large = example_job("large")
        large["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"] = 90_000
        mock.seed(example_job("web", count=3), large)
        mock.fault("latency", delay="80ms")
        mock.clock.advance("1s")
        _shoot(browser, f"{mock.url}/__admin/ui#/jobs/large", "dashboard")


def report(browser: webdriver.Chrome) -> None:
    """Show what a run finds of a server that fails to answer half of the requests for a summary."""
    with tempfile.TemporaryDirectory() as folder, running_mock() as mock:
        page = Path(folder) / "report.html"
        mock.fault("status", status=500, body="no", match={"operation": "summary"}, every=2)
        chosen = ["--profile", "smoke", "--only", "job.summary.*", "--only", "job.query.*"]
        command = [sys.executable, "-m", "contract_tests.cli", "check", "--address", mock.url]
        subprocess.run([*command, *chosen, "--report-html", str(page)], check=False)
        _shoot(browser, page.as_uri(), "report")


def _shoot(browser: webdriver.Chrome, url: str, name: str) -> None:
    browser.get(url)
    time.sleep(_LOADING)
    browser.save_screenshot(str(IMAGES / f"{name}.png"))


if __name__ == "__main__":
    main()
