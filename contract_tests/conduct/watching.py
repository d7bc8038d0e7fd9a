"""How a client watches a resource with blocking queries: the index that it sends, and how long it waits."""

from bisect import bisect
from collections.abc import Iterator, Sequence

from contract_tests.conduct.conversation import Conversation, UnderWay, integers, is_rounded, members
from contract_tests.conduct.exchange import Exchange
from contract_tests.conduct.judging import Evidence, broken, judges, kept
from contract_tests.durations import SECOND

_MOMENT = SECOND // 20
"""A client that leaves sooner has closed its sending side only: no read timeout is so short."""

_LOOP = 3
"""Queries without an index in a row that are no coincidence any more, with no write between them."""

_LONGEST_WAIT = 600 * SECOND
_DEFAULT_WAIT = 300 * SECOND


class _Watch:
    """What is known of one resource while its reads are looked at in the order in which they came.

    Several clients may watch the same resource. There are at most as many of them as reads were under way at once.
    """

    def __init__(self) -> None:
        self._under_way = UnderWay()
        self._queries: list[int] = []
        self.watchers = 1
        self.answered: list[Exchange] = []
        self.given: set[int] = set()

    def begin(self, read: Exchange) -> None:
        """Note which reads were over when this one began, and what their replies said."""
        for each in self._under_way.over(read.started):
            if each.index is not None:
                if each.asked_index or "wait" in each.parameters:
                    self._queries.append(len(self.answered))
                self.answered.append(each)
                self.given.add(each.index)
        self._under_way.add(read)
        self.watchers = max(self.watchers, len(self._under_way))

    @property
    def latest(self) -> Sequence[Exchange]:
        """The reads whose replies a watcher can go on from: from the last query of each watcher on."""
        return self.answered[self._queries[-self.watchers :][0] if self._queries else 0 :]


def _watched(conversation: Conversation) -> Iterator[tuple[Exchange, _Watch]]:
    """Yield each read with what was known of its resource when it began."""
    for reads in conversation.resources.values():
        watch = _Watch()
        for read in reads:
            watch.begin(read)
            yield read, watch


@judges("conduct.watch.index-goes-on")
def _index_goes_on(conversation: Conversation) -> Evidence:
    for query, watch in _watched(conversation):
        asked, latest = query.asked_index, watch.latest
        if not asked or not latest:
            continue
        last = latest[-1]
        if any(each.index == asked for each in latest):
            if last.asked_index != last.index:
                yield kept(f"{query} carries the index of #{last.number}", last, query)
        elif asked in watch.given and not _went_back(last):
            text = f"{query} asks with index {asked}, an old one: #{last.number} had given {last.index}"
            yield broken(text, last, query)


def _went_back(query: Exchange) -> bool:
    return query.index is not None and query.asked_index is not None and query.index < query.asked_index


def _after_going_back(conversation: Conversation) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield each reply whose index is below the one asked with, and the next query of the same client."""
    for query, watch in _watched(conversation):
        last = watch.answered[-1] if watch.answered else None
        if last is None or not _went_back(last) or last.asked_index not in watch.given:
            continue
        if watch.watchers == 1 or last.connection == query.connection:
            yield last, query


@judges("conduct.watch.index-goes-back")
def _index_goes_back(conversation: Conversation) -> Evidence:
    for last, query in _after_going_back(conversation):
        known, asked = last.index or 0, query.asked_index or 0
        if asked > known:
            text = f"#{last.number} gave index {known}, below the {last.asked_index} asked with; {query} keeps {asked}"
            yield broken(text, last, query)
        else:
            yield kept(f"{query} follows index {known} down", last, query)


@judges("conduct.watch.index-back-to-0")
def _index_back_to_0(conversation: Conversation) -> Evidence:
    for last, query in _after_going_back(conversation):
        if not query.asked_index:
            yield kept(f"{query} begins again after #{last.number}", last, query)
        else:
            yield broken(f"{query} asks with {query.asked_index} after the index went backwards", last, query)


@judges("conduct.watch.index-from-a-reply")
def _index_from_a_reply(conversation: Conversation) -> Evidence:
    if not conversation.is_whole:
        return
    given: set[int] = set()
    least = {query.number for query, watch in _watched(conversation) if _is_least(query, watch)}
    for query in _in_order(conversation, given):
        asked = query.asked_index if query.is_read else 0
        if not asked:
            continue
        if asked in given or query.number in least:
            yield kept(f"{query} asks with an index that a reply gave", query)
        elif not is_rounded(asked, given):
            yield broken(f"{query} asks with index {asked}, which no reply before it gave", query)


def _is_least(query: Exchange, watch: _Watch) -> bool:
    """Return whether a query asks with 1 because replies gave 0, with which it would not block (as clients should)."""
    return query.asked_index == 1 and 0 in watch.given


def _in_order(conversation: Conversation, given: set[int]) -> Iterator[Exchange]:
    """Yield each exchange, after the indexes of the replies that were there before it were added to ``given``."""
    under_way = UnderWay()
    for exchange in conversation:
        for each in under_way.over(exchange.started):
            given.update(_indexes_in(each))
        yield exchange
        under_way.add(exchange)


def _indexes_in(exchange: Exchange) -> Iterator[int]:
    if exchange.index is not None:
        yield exchange.index
    for name, value in members(exchange.reply_json):
        if name.endswith("Index"):
            yield from integers(value)


@judges("conduct.watch.index-of-the-resource")
def _index_of_the_resource(conversation: Conversation) -> Evidence:
    for query, watch in _watched(conversation):
        asked = query.asked_index
        if not asked:
            continue
        if asked in watch.given or _is_least(query, watch):
            yield kept(f"{query} asks with an index of this resource", query)
        elif conversation.is_whole:
            yield broken(f"{query} asks with index {asked}, which no X-Nomad-Index of this resource was", query)


@judges("conduct.watch.index-not-0")
def _index_not_0(conversation: Conversation) -> Evidence:
    writes = [each.started for each in conversation if each.is_write]
    for reads in conversation.resources.values():
        row: list[Exchange] = []
        for before, query in zip([None, *reads], reads, strict=False):
            if query.asked_index != 0 or not {"wait", "index"} & query.parameters.keys():
                row = []
                if query.asked_index and before is not None:
                    yield kept(f"{query} goes on with an index", before, query)
            elif row and row[-1].index and bisect(writes, row[-1].started) == bisect(writes, query.started):
                row.append(query)
            else:
                row = [query]
            if len(row) == _LOOP:
                yield broken(f"{query} asks to wait, again without the index of {row[-2]}", *row)


@judges("conduct.watch.read-timeout")
def _read_timeout(conversation: Conversation) -> Evidence:
    for reads in conversation.resources.values():
        early: dict[int, Exchange] = {}
        for query in reads:
            asked = query.asked_index
            if not asked:
                continue
            wait = query.wait if query.wait is not None and query.wait > 0 else _DEFAULT_WAIT
            needed = min(wait, _LONGEST_WAIT) * 17 // 16
            if asked in early:
                gone = early.pop(asked)
                seconds = (gone.left or 0) / SECOND
                text = (
                    f"{gone} was given up after {seconds:.2f} s and sent again as #{query.number};"
                    f" its reply may take {needed / SECOND:.2f} s"
                )
                yield broken(text, gone, query)
            if query.left is not None and _MOMENT <= query.left < needed and _seconds_in_world(query) < needed:
                early[asked] = query
            elif query.left is None and query.status is not None and (query.took_in_world or 0) >= wait:
                yield kept(f"{query} waited {(query.took_in_world or 0) / SECOND:.2f} s for its reply", query)


def _seconds_in_world(query: Exchange) -> int:
    """Return how long a client that left had waited on the world's clock, which may run fast."""
    took, in_world, left = query.took or 0, query.took_in_world or 0, query.left or 0
    return left * in_world // took if took and in_world > took * 2 else left


@judges("conduct.watch.wait-is-a-duration")
def _wait_is_a_duration(conversation: Conversation) -> Evidence:
    for query in conversation:
        if query.is_read and "wait" in query.parameters:
            if query.wait is None and query.parameters["wait"]:
                yield broken(f"{query}: wait={query.parameters['wait']} is no duration with a unit", query)
            elif query.wait is not None:
                yield kept(f"wait={query.parameters['wait']} is a duration", query)


@judges("conduct.watch.wait-within-limit")
def _wait_within_limit(conversation: Conversation) -> Evidence:
    for query in conversation:
        if query.is_read and query.wait is not None:
            if 0 < query.wait <= _LONGEST_WAIT:
                yield kept(f"wait={query.parameters['wait']} is above 0 and at most 10 minutes", query)
            else:
                yield broken(f"{query}: wait={query.parameters['wait']} is not what the agent waits", query)


@judges("conduct.watch.index-is-decimal")
def _index_is_decimal(conversation: Conversation) -> Evidence:
    for query in conversation:
        if query.is_read and "index" in query.parameters:
            text = query.parameters["index"]
            if not text or query.asked_index is None:
                yield broken(f"{query}: index={text} is no decimal number of 64 bits", query)
            else:
                yield kept(f"index={text} is a decimal number", query)
