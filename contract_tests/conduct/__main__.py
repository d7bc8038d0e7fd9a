"""``python -m contract_tests.conduct``: judge the journal on standard input, and print the judgements as JSON.

The journal is what ``GET /__admin/journal?details=whole`` lists. A mock runs this for ``GET /__admin/conduct``.
"""

import json
import sys

from contract_tests.conduct import judge


def main() -> None:
    """Read a journal and print a list of judgements, as ``Judgement.as_dict`` returns them."""
    json.dump([one.as_dict() for one in judge(json.load(sys.stdin))], sys.stdout)


if __name__ == "__main__":
    main()
