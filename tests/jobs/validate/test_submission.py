"""Checks of a submitted job beyond its own rules."""

import pytest

from mockserver.jobs.validate.drivers import MOCK_DRIVER, STANDARD_DRIVERS
from mockserver.jobs.validate.submission import submission_problems
from tests.builders import a_group, a_job, a_task
from tests.jobs.validate.parts import a_template, a_vault, texts
from tests.loose_types import Job


def _problems(job: Job) -> list[str]:
    return texts(submission_problems(job, STANDARD_DRIVERS))


def test_a_driver_nobody_knows() -> None:
    """An unknown driver is refused; the text swaps the names of group and task (recording register-invalid-driver)."""
    assert _problems(a_job(a_group(a_task(Driver='"')))) == [
        'failed to create driver for task "g" in group "t" for validation: unknown driver \'"\''
    ]


def test_the_mock_driver_has_to_be_asked_for() -> None:
    """The mock driver is unknown unless it was asked for."""
    job = a_job(a_group(a_task(Driver=MOCK_DRIVER, Config=None)))
    assert len(_problems(job)) == 1
    assert texts(submission_problems(job, {*STANDARD_DRIVERS, MOCK_DRIVER})) == []


def test_a_configuration_names_its_place() -> None:
    """A problem of a configuration quotes group and task as Go does."""
    job = a_job(a_group(a_task(Name="t\t", Driver="exec", Config=None), Name="é"))
    assert _problems(job) == [r'group "é" -> task "t\t" -> config: 1: > field "command" is required']


@pytest.mark.parametrize("driver", ["qemu", "rkt"])
def test_drivers_that_send_no_signals(driver: str) -> None:
    """A driver without signals is refused with all signals of the task, sorted."""
    template = a_template(ChangeMode="signal", ChangeSignal="SIGUSR1")
    vault = a_vault(ChangeMode="signal", ChangeSignal="SIGHUP")
    config = {"image": "a"} if driver == "rkt" else {"image_path": "a"}
    silent = a_task(Name="u", Driver=driver, Config=config)
    job = a_job(a_group(a_task(Driver=driver, Config=config, Templates=[template], Vault=vault), silent))
    assert _problems(job) == [
        f'group "g" -> task "t": driver "{driver}" doesn\'t support sending signals. '
        "Requested signals are SIGHUP, SIGUSR1"
    ]


def test_what_nobody_may_submit() -> None:
    """Type ``_core`` and a payload can't be submitted."""
    assert _problems(a_job(Type="_core", Payload="aGk=")) == [
        "job type cannot be core",
        "job can't be submitted with a payload, only dispatched",
    ]
    assert _problems(a_job(Type="foo", Payload="")) == []


def test_a_job_without_groups_has_no_drivers_to_check() -> None:
    """Without groups only what is missing is told."""
    assert _problems(a_job(TaskGroups=None)) == ["Missing job task groups"]
    assert _problems(a_job(a_group(Tasks=None))) == [
        "Task group g validation failed: 1: > Missing tasks for task group"
    ]
