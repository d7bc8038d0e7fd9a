"""How a simulated task behaves."""

from typing import Any

import pytest

from mockserver.cluster.tasks.behaviour import Behaviour, behaviour_of
from mockserver.gostd.durations import SECOND
from tests.builders import a_task

CASES = [
    ("raw_exec", {"command": "/bin/server"}, "service", Behaviour(run_for=None)),
    ("docker", {"image": "redis"}, "system", Behaviour(run_for=None)),
    ("docker", {"image": "job"}, "batch", Behaviour(run_for=SECOND)),
    ("docker", None, "batch", Behaviour(run_for=SECOND)),
    ("raw_exec", {"command": 5}, "service", Behaviour(run_for=None)),
    ("raw_exec", {"command": "sleep", "args": "5"}, "service", Behaviour(run_for=None)),
    ("exec", {"command": "false"}, "service", Behaviour(run_for=0, exit_code=1)),
    ("docker", {"image": "x", "command": "sleep", "args": [3.0]}, "batch", Behaviour(run_for=3 * SECOND)),
    ("mock_driver", {}, "service", Behaviour(run_for=0)),
    ("mock_driver", {"run_for": "10s", "exit_code": 2.0}, "batch", Behaviour(run_for=10 * SECOND, exit_code=2)),
    ("mock_driver", {"run_for": 5e9, "kill_after": "1s"}, "service", Behaviour(run_for=5 * SECOND, kill_after=SECOND)),
    (
        "mock_driver",
        {"exit_signal": "9", "exit_err_msg": "oom"},
        "batch",
        Behaviour(run_for=0, signal=9, message="oom"),
    ),
    ("mock_driver", {"run_for": "soon", "exit_code": "many"}, "batch", Behaviour(run_for=0)),
    ("mock_driver", {"run_for": -5, "kill_after": "-5s"}, "batch", Behaviour(run_for=0)),
    ("mock_driver", {"exit_code": "inf"}, "batch", Behaviour(run_for=0, exit_code=-(1 << 63))),
    ("mock_driver", {"exit_code": 1e300}, "batch", Behaviour(run_for=0, exit_code=-(1 << 63))),
    (
        "mock_driver",
        {"start_error": "no disk", "start_error_recoverable": True},
        "batch",
        Behaviour(run_for=0, start_error="no disk", start_error_recoverable=True),
    ),
]


@pytest.mark.parametrize(("driver", "config", "job_type", "expected"), CASES)
def test_a_task_behaves_as_its_driver_and_configuration_say(
    driver: str, config: dict[str, Any] | None, job_type: str, expected: Behaviour
) -> None:
    """The mock driver follows its configuration, known commands do what they do, others follow the job type."""
    assert behaviour_of(a_task(Driver=driver, Config=config), job_type) == expected
