"""The description in ``schemas/``, and the only code that reads it.

``load_contract()`` returns the operations of the description. An operation reads a query and a request body as a
Nomad 0.5.4 agent reads them; the contract finds the operation that a path means and checks replies.
"""

from mockserver.openapi.contract import Contract, load_contract
from mockserver.openapi.control import Control, ControlOperation, load_control
from mockserver.openapi.operation import Operation

__all__ = ["Contract", "Control", "ControlOperation", "Operation", "load_contract", "load_control"]
