"""The command ``nomad-contract``, with Ctrl-C as at a terminal: what a shell starts in the background ignores it."""

import sys

_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from contract_tests.cli import main
sys.exit(main())
"""
COMMAND = [sys.executable, "-c", _PROGRAM]
"""Its arguments follow."""
