"""The contract: the only reader of ``schemas/``.

``load_contract()`` gives the operations of the description. An operation knows how to read a query and a
request body as a Nomad 0.5.4 agent reads them; the contract knows which operation a path means and whether a
reply is as described.
"""

from mockserver.contract.contract import Contract, load_contract
from mockserver.contract.control import Control, ControlOperation, load_control
from mockserver.contract.operation import Operation
from mockserver.gostd.durations import parse_duration
from mockserver.gostd.numbers import Float64, codec_number, go_number

__all__ = [
    "Contract",
    "Control",
    "ControlOperation",
    "Float64",
    "Operation",
    "codec_number",
    "go_number",
    "load_contract",
    "load_control",
    "parse_duration",
]
