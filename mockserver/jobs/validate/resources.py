"""Rules of what a task asks for."""

from mockserver.jobs.validate.problems import Problems, nested
from mockserver.shapes import Network, Resources


def resources_problems(resources: Resources) -> Problems:
    """List what is below the least a task can ask for."""
    if resources["CPU"] < 20:
        yield f"minimum CPU value is 20; got {resources['CPU']}"
    if resources["MemoryMB"] < 10:
        yield f"minimum MemoryMB value is 10; got {resources['MemoryMB']}"
    if resources["IOPS"] < 0:
        yield f"minimum IOPS value is 0; got {resources['IOPS']}"
    for index, network in enumerate(resources["Networks"] or ()):
        yield from nested(f"network resource at index {index} failed: ", _network_problems(network))


def _network_problems(network: Network) -> Problems:
    if network["MBits"] < 1:
        yield f"minimum MBits value is 1; got {network['MBits']}"
