"""The catalogue of small clients: wrong ones with one fault each, and good ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.client import MockClient
from tests.conduct.agent import Agent

Client: TypeAlias = Callable[[Agent], object]
Weather: TypeAlias = tuple[Mapping[str, Any], ...]
"""What happens to the client, as arguments of ``mock.faults.add``."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small client."""

    name: str
    run: Client
    weather: Weather
    names: str = ""
    """The statement that a wrong client breaks, or the freedom that it can't bear."""

    def __str__(self) -> str:
        return self.name

    def use(self, mock: MockClient, **settings: Any) -> None:
        """Run the client against a fresh world, in its weather."""
        mock.reset(seed=1, **settings)
        for fault in self.weather:
            mock.faults.add(**fault)
        agent = Agent(mock.address)
        try:
            self.run(agent)
        finally:
            agent.close()


WRONG: list[Small] = []
LEANING: list[Small] = []
GOOD: list[Small] = []


def breaks(statement: str, *weather: Mapping[str, Any]) -> Callable[[Client], Client]:
    """Put a client into the catalogue of those that break a statement."""

    def mark(client: Client) -> Client:
        WRONG.append(Small(client.__name__, client, weather, statement))
        return client

    return mark


def leans_on(freedom: str) -> Callable[[Client], Client]:
    """Put a client into the catalogue of those that work only where a server makes no use of a freedom."""

    def mark(client: Client) -> Client:
        LEANING.append(Small(client.__name__, client, (), freedom))
        return client

    return mark


def good(*weather: Mapping[str, Any]) -> Callable[[Client], Client]:
    """Put a client into the catalogue of those that break nothing."""

    def mark(client: Client) -> Client:
        GOOD.append(Small(client.__name__, client, weather))
        return client

    return mark
