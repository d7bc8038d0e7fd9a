"""Faults: the rare thing on demand, for the requests that are meant and as long as it is wanted."""

from mockserver.faults.effect import FaultError, Site
from mockserver.faults.fault import Fault
from mockserver.faults.faults import Faults, TooManyFaults
from mockserver.faults.presets import PRESETS, Preset

__all__ = ["PRESETS", "Fault", "FaultError", "Faults", "Preset", "Site", "TooManyFaults"]
