"""Faults: failures on purpose, for the requests that match."""

from mockserver.faults.effect import Delays, FaultContext, FaultError
from mockserver.faults.fault import Fault
from mockserver.faults.faults import Faults, TooManyFaults
from mockserver.faults.presets import PRESETS, Preset

__all__ = ["PRESETS", "Delays", "Fault", "FaultContext", "FaultError", "Faults", "Preset", "TooManyFaults"]
