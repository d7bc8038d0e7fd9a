"""What a fault does."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from mockserver.journal.request import Request

if TYPE_CHECKING:
    from mockserver.faults.site import Site
    from mockserver.http.replies import Application, Receive, Scope, Send


class Effect(ABC):
    """Stands before an application for one request at a time, from ``begin`` to ``end``."""

    def begin(self, site: "Site") -> None:  # noqa: B027 - most effects have nothing to begin with
        """The fault begins; raises ``FaultError`` when it is impossible here."""

    def end(self, site: "Site") -> None:  # noqa: B027 - nor anything to end
        """The fault is over."""

    def concerns(self, scope: "Scope") -> bool:  # noqa: ARG002 - most effects concern every request
        """Whether it makes a difference to such a request at all; only then it is counted as met."""
        return True

    @abstractmethod
    async def answer(self, site: "Site", app: "Application", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request that ``app`` would answer without the fault. Raises ``Disconnected``."""


def is_stale_read(scope: "Scope") -> bool:
    """Whether any server may answer, as ``?stale`` allows."""
    request = Request.of(scope)
    return request.operation is not None and request.operation.reads and "stale" in request.parameters
