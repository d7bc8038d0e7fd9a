"""A trial of a client: its own test command is run against mocks that make use of what a server may do.

First against a plain mock, then once for each freedom (``schemas/freedoms.toml``), then under all of them together.
What a client does not survive is made as small as it can be, and its conduct (``contract_tests.conduct``) is judged
from the journals of the mocks.
"""
