"""Control a running mock from Python: ``MockClient`` and what it returns."""

from mockserver.client.answer import MockError, NoMock
from mockserver.client.clock_control import Time
from mockserver.client.event_stream import EVENTS, Event, EventStream
from mockserver.client.expectations import Expectation
from mockserver.client.mock_client import MockClient

__all__ = ["EVENTS", "Event", "EventStream", "Expectation", "MockClient", "MockError", "NoMock", "Time"]

for _public in (Event, EventStream, Expectation, MockClient, MockError, NoMock, Time):
    _public.__module__ = __name__  # shown in tracebacks where users import them from
