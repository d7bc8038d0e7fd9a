"""Judge what a client does: statements of conduct (``schemas/conduct.toml``) over the journal of a mock.

::

    verdicts = judge(mock.requests.list(whole=True))

``judge`` is pure: it reads the entries that ``GET /__admin/journal?details=whole`` lists, and nothing else.
``together`` makes one verdict for each statement of those of several journals.
"""

from contract_tests.conduct.judge import Judgement, Violation, judge, together
from contract_tests.conduct.judging import Conduct, conduct

__all__ = ["Conduct", "Judgement", "Violation", "conduct", "judge", "together"]
