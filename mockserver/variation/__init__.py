"""Variation: a world that makes use of what the documentation leaves open to a server."""

from mockserver.variation.varying import VaryingEndpoint
from mockserver.variation.weather import Weather

__all__ = ["VaryingEndpoint", "Weather"]
