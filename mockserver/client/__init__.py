"""Control a running mock from Python: ``MockClient`` and what it returns."""

from mockserver.client.mock_client import EVENTS, Event, EventStream, MockClient, MockError, Time

__all__ = ["EVENTS", "Event", "EventStream", "MockClient", "MockError", "Time"]

for _public in (Event, EventStream, MockClient, MockError, Time):
    _public.__module__ = __name__  # shown in tracebacks where users import them from
