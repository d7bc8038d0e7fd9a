"""Strict mode: no reply leaves the server that its description doesn't allow."""

import json
import logging
from typing import TYPE_CHECKING

from mockserver.web.reply import JSON, TEXT, Reply, content_headers, text_reply

if TYPE_CHECKING:
    from mockserver.openapi import Contract, Operation

_log = logging.getLogger("mockserver")


def checked(contract: "Contract", operation: "Operation", reply: Reply) -> Reply:
    """``reply``, or a 500 that says how it contradicts the description; that is logged, too."""
    headers = {name.decode(): value.decode() for name, value in content_headers(reply, compress=False)}
    if headers.get("content-type") == JSON[1].decode():
        body = json.loads(reply.body)
    else:  # Go calls a text with control characters binary; to the description it is a text
        headers["content-type"] = TEXT[1].decode()
        body = reply.body.decode(errors="replace")
    findings = contract.findings(operation, reply.status, headers, body)
    if not findings:
        return reply
    _log.error("a bug of the mock: %s %d contradicts its description: %s", operation.name, reply.status, findings)
    return text_reply(500, "\n".join(["a bug of the mock: this reply contradicts its description", *findings]))
