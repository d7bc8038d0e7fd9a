"""Answer a request again that is the same as an earlier one, byte for byte, where nothing has changed since.

A client that polls repeats itself. Its request need not be parsed, routed, looked up and rendered each time: the bytes
that answered it are kept, with a function that says whether they still are the answer.
"""

from collections import OrderedDict

from mockserver.http.scope import Repeatable

MOST = 1024
"""How many answers are kept."""

LONGEST_HEAD = 2048
"""The longest head in bytes of a request whose answer is kept."""

LONGEST_ANSWER = 64 * 1024
"""The longest answer in bytes that is kept."""

_ROOM = 16 * 1024 * 1024
"""How many bytes heads and answers may take."""


class Repeats:
    """The answers of one listening port, by the head of the request; the oldest make room for new ones.

    An answer is kept when its request has come before: where each has a number of its own, nothing is kept.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._answers: OrderedDict[bytes, tuple[bytes, bytes, Repeatable]] = OrderedDict()
        self._bytes = 0

    def find(self, head: bytes) -> tuple[bytes, bytes, Repeatable] | None:
        """Return the target of the request, the bytes that answered it, and whether they still do."""
        return self._answers.get(head)

    def keep(self, head: bytes, target: bytes, answer: bytes, repeatable: Repeatable) -> None:
        """Keep an answer in place of an earlier one, unless it is long."""
        if len(head) > LONGEST_HEAD or len(answer) > LONGEST_ANSWER:
            return
        if (mark := hash(head)) not in self._seen:
            if len(self._seen) >= MOST:
                self._seen.clear()
            self._seen.add(mark)
            return
        self._drop(head)
        self._answers[head] = (target, answer, repeatable)
        self._bytes += len(head) + len(answer)
        while len(self._answers) > MOST or self._bytes > _ROOM:
            oldest, (_, kept, _) = self._answers.popitem(last=False)
            self._bytes -= len(oldest) + len(kept)

    def clear(self) -> None:
        """Forget all answers."""
        self._answers.clear()
        self._bytes = 0

    def _drop(self, head: bytes) -> None:
        """Forget an answer."""
        kept = self._answers.pop(head, None)
        if kept is not None:
            self._bytes -= len(head) + len(kept[1])
