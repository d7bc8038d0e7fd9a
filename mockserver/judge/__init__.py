"""What a real 0.5.4 agent would say of a job file: what it refuses, what it drops, what it fills in.

``judge(text)`` is the one judge of job files. ``python -m mockserver.judge`` is ``nomad-contract validate``.
"""

from mockserver.judge.findings import Finding
from mockserver.judge.verdict import Verdict, judge

__all__ = ["Finding", "Verdict", "judge"]
