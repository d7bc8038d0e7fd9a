"""An index that goes back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.faults.effect import Effect

if TYPE_CHECKING:
    from mockserver.faults.site import Site
    from mockserver.http.replies import Application, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class IndexReset(Effect):
    """All indexes of the local region go back by ``by``, as after a restored snapshot, before the next request.

    Queries that wait for an index which is now ahead wait until there is one, or their time is up.
    """

    by: int

    async def answer(self, site: "Site", app: "Application", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Go back, then answer."""
        site.agent.local.state.rewind(self.by)
        await app(scope, receive, send)
