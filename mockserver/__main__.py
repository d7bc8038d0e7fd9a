"""``python -m mockserver`` is ``nomad-mock``."""

import sys

from mockserver.cli import main

if __name__ == "__main__":
    sys.exit(main())
