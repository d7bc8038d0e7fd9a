"""What all tests find: pytest's own plugins, a number of workers, and no cluster of whoever runs them."""

import os

import pytest

pytest_plugins = ["pytester"]  # which pytest takes from here alone, as the number of workers

for _name in [name for name in os.environ if name.startswith("NOMAD_")]:  # of a shell that is used to work with Nomad
    del os.environ[_name]
for _name in ("no_proxy", "NO_PROXY"):  # a proxy is for the world outside; the tests' servers are here
    os.environ[_name] = ",".join(filter(None, (os.environ.get(_name), "127.0.0.1,localhost,::1")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Use one worker more than there are processors: many tests wait for a process, a browser or a timeout."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable + 1
