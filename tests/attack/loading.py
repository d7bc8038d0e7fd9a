"""Files of jobs that a mock begins with: it starts and answers, or says what is wrong with the file."""

import tempfile
from dataclasses import replace
from pathlib import Path

from mockserver.jobs.validate import STANDARD_DRIVERS
from mockserver.judge import judge, reports
from mockserver.worlds.job_files import LoadError
from tests.attack.mocks import Broken, Mock, innermost
from tests.attack.rereading import answers
from tests.attack.steps import JobFile
from tests.attack.verdicts import Fault


def load(step: JobFile, mock: Mock) -> None:
    """Judge a file, and start another mock with it and read all it has. Raises ``Broken``."""
    try:
        _judge(step)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise Broken(Fault("a file that can't be judged", innermost(error), text)) from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / step.name
        path.write_bytes(step.text)
        settings = replace(mock.settings, data_dir=None, vary=None, load=(path,))
        try:
            other = Mock(settings, mock.loop, mock.log)
        except Broken as broken:
            if isinstance(broken.__cause__, LoadError):
                return
            raise
        try:
            answers(other)
        finally:
            other.stop()


def _judge(step: JobFile) -> None:
    judged = reports.Judged(step.name, judge(step.text, drivers=STANDARD_DRIVERS))
    reports.as_text(judged, "note", replies=True)
    reports.as_annotations(judged, "note")
    reports.as_json([judged], "note")
