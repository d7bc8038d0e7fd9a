"""The jobs of one run: remembered when they are created, deregistered at the end of their test."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from contract_tests.client.connection import Connection
from contract_tests.client.paths import Query, path, with_query

_AT_ONCE = 32
"""The number of jobs that are deregistered at the same time at the end of a run."""
_ROUNDS = 8
"""The number of times that this is tried where a server drops connections."""


class OwnJobs:
    """Jobs whose IDs begin with the run's prefix; no other job is ever touched.

    Servers newer than the page keep a deregistered job; with ``purge`` they are asked to forget it.
    """

    def __init__(self, connection: Connection, prefix: str, *, purge: bool = False) -> None:
        self.prefix = prefix
        self.created: list[str] = []
        """The jobs that the running test created, oldest first."""
        self.standing: set[str] = set()
        """The jobs that were created and whose end no reply has confirmed."""
        self._connection = connection
        self._purge: Query = {"purge": "true"} if purge else {}

    def claim(self, *job_ids: object) -> None:
        """Remember jobs that a server made, or may have made, for this run, so that they are deregistered later."""
        mine = dict.fromkeys(one for one in job_ids if isinstance(one, str) and one.startswith(self.prefix))
        new = [one for one in mine if one not in self.created]
        self.created += new
        self.standing.update(new)

    def clean(self) -> None:
        """Deregister everything created since the last call, newest first; ``sweep`` does it where the time is up."""
        while self.created:
            job_id = self.created.pop()
            if self._connection.sender.limit.left > 0:
                self.remove(job_id)

    def remove(self, job_id: str) -> bool:
        """Deregister one job without recording an exchange; return whether a reply came.

        ``sweep`` tries again what fails here.
        """
        assert job_id.startswith(self.prefix), job_id
        reply = self._connection.quietly("deregister", "DELETE", self._target(path(job_id, "deregister"), self._purge))
        if reply is not None and reply.status_code in (200, 404):
            self.standing.discard(job_id)
        return reply is not None

    @property
    def purges(self) -> bool:
        """Whether the server is asked to forget jobs, because it may keep deregistered ones."""
        return bool(self._purge)

    def forget(self, job_id: str) -> None:
        """Have a server that keeps deregistered jobs forget one, so that it can come again as another instance."""
        if self._purge:
            self.remove(job_id)

    def leftovers(self) -> list[str]:
        """Return the IDs of the run's jobs that the server still has, or may have when it lists none."""
        unanswered = self._connection.sender.unanswered
        known = self._connection.get_json("companion", self._target("/v1/jobs", {"prefix": self.prefix}))
        if isinstance(known, list):
            listed = {str(job.get("ID")) for job in known if isinstance(job, dict)}
        elif self._connection.sender.unanswered == unanswered:
            found = {str(e.get("JobID")) for e in self.evaluations(self.prefix)}
            listed = {one for one in found if one.startswith(self.prefix) and self.query(one)}
        else:
            listed = set()
        return sorted({one for one in listed if one.startswith(self.prefix)} | self.standing)

    def sweep(self) -> tuple[int, list[str]]:
        """Deregister what is left of this run, as long as the server answers.

        Returns:
            How many jobs there were, and the IDs of those that are still there, or may be.
        """
        found = left = self.leftovers()
        sender = self._connection.sender
        unanswered = sender.unanswered

        def remove(job_id: str) -> bool:
            return sender.unanswered > unanswered or self.remove(job_id)

        for _ in range(_ROUNDS if found else 0):
            self.standing.update(left)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                replied = list(pool.map(remove, reversed(left)))
            left = self.leftovers() if sender.unanswered == unanswered else sorted(self.standing)
            if all(replied) or sender.unanswered > unanswered:
                break
        return len(found), left

    def query(self, job_id: str, *, limited: bool = False) -> Any:
        """Return the job as the server answers it, None unless the answer is 200 with JSON."""
        return self._connection.get_json("query", self._target(path(job_id, "query")), limited=limited)

    def evaluations(self, job_id: str, *, limited: bool = False) -> list[dict[str, Any]]:
        """Return the job's evaluations; nothing of an answer of another shape, which the tests themselves judge."""
        target = self._target(path(job_id, "evaluations"))
        found = self._connection.get_json("evaluations", target, limited=limited)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _target(self, target: str, query: Query | None = None) -> str:
        return with_query(target, query, self._connection.target.scope)
