"""What a real 0.5.4 agent would say of a job file: what it refuses, what it drops, what it fills in.

``judge(text)`` is the one judge of job files. ``python -m mockserver.judge`` is ``nomad-contract validate``.
"""

from mockserver.judge.verdict import Finding, Verdict, judge

__all__ = ["Finding", "Verdict", "judge"]
