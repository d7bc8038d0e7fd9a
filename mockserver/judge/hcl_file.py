"""A job file in HCL, judged as the registration that ``nomad run`` of Nomad 0.5 makes of it."""

import json

from mockserver import hcl
from mockserver.gostd.json_text import read
from mockserver.hcl import HclError
from mockserver.jobs.validate.problems import Place
from mockserver.judge.findings import Finding, JobFile, Level
from mockserver.judge.spots import json_path


class HclFile(JobFile):
    """A file of HCL. Places are those of the registration, line and column those of the HCL."""

    def __init__(self, text: bytes) -> None:
        """Read the file; raises ``HclError`` where there is no job in it."""
        self._items = hcl.parse(hcl.decoded(text))
        registration = json.dumps(hcl.registration(self._items)).encode()
        super().__init__(registration, read(registration))

    def finding(self, level: Level, kind: str, place: Place, what: str, hint: str = "") -> Finding:
        """Make a finding about what stands for a part of the registration, or about the block that should have it."""
        line, column = hcl.place_of(self._items, place[1:])
        return Finding(level, what, line, column, json_path(place), hint, kind)


def no_job(error: HclError) -> Finding:
    """Return the finding about a text in which there is no job."""
    return Finding("error", error.problem, error.place.line, error.place.column, "$", "", "not-hcl")
