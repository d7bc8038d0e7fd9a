"""The task groups of a job by their names."""

from mockserver.nomad_types import Job, TaskGroup


class Groups:
    """Find groups by name; remembers the groups of the job that was asked about last."""

    def __init__(self) -> None:
        self._job: Job | None = None
        self._groups: dict[str, TaskGroup] = {}

    def of(self, job: Job, name: str) -> TaskGroup:
        """Return the group of this name; raises ``KeyError`` when there is none."""
        if job is not self._job:
            self._job, self._groups = job, {group["Name"]: group for group in job["TaskGroups"]}
        return self._groups[name]

    def alone(self, job: Job, name: str) -> Job:
        """Return the job as if it had no other group than this one."""
        return {**job, "TaskGroups": [self.of(job, name)]}

    def has(self, job: Job, name: str) -> bool:
        """Say whether the job has a group of this name."""
        try:
            self.of(job, name)
        except KeyError:
            return False
        return True
