"""The errors an agent answers with: a status and a plain text, never JSON."""


class AgentError(Exception):
    """A request that an agent refuses; ``status`` and ``text`` are what the client gets."""

    status = 500

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BadRequest(AgentError):
    """The request could not be read: malformed JSON, a wrong type, a bad parameter (400)."""

    status = 400


class NotFound(AgentError):
    """There is no such object (404)."""

    status = 404


class MethodNotAllowed(AgentError):
    """The path exists but not with this method (405)."""

    status = 405


class Refused(AgentError):
    """The server understood the request and refuses it: Nomad answers nearly all of these with 500."""
