"""When a periodic job is launched next: the cron dialect of an agent, translated for croniter.

The dialect (that of the Go library cronexpr; behaviour observed) has five to seven fields::

    [second] minute hour day-of-month month day-of-week [year]

With six fields the last is the year; what comes after the seventh is ignored. A field is a list of ``*`` or ``?``,
``5``, ``1-5``, ``*/2``, ``1-9/2``, ``5/2`` (from 5 on); months and weekdays have names, short and long, in any case.
Of days of the month there are also ``L`` (the last), ``15W`` (the working day nearest to the 15th, in the same month)
and ``LW`` (the last working day); of weekdays ``5L`` (the last Friday) and ``5#3`` (the third Friday). Where both kinds
of day are restricted, either is enough. ``@yearly``, ``@annually``, ``@monthly``, ``@weekly``, ``@daily`` and
``@hourly`` stand for what they say. All times are UTC.

croniter walks the calendar but reads days differently, so each alternative of the days becomes a line of its own for
it: the next launch is the earliest of the lines' next times.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockserver.caches import remembered
from mockserver.gostd.durations import SECOND

_INT64 = range(-(1 << 63), 1 << 63)
_LATEST_SECOND = _INT64[-1] - 62_135_596_800
"""The last Unix second that is a 64-bit number when counted from the year 1."""
_COMMON_YEAR = 2023
"""Any year that is no leap year."""

_ALIASES = {
    "@yearly": "0 0 0 1 1 * *",
    "@annually": "0 0 0 1 1 * *",
    "@monthly": "0 0 0 1 * * *",
    "@weekly": "0 0 0 * * 0 *",
    "@daily": "0 0 0 * * * *",
    "@hourly": "0 0 * * * * *",
}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def check_cron(spec: str) -> str | None:
    """Return what is wrong with a cron spec, in the agent's words, or None.

    A step of 0, or one that is no number below 60 nor a year, hangs an agent for good; here it is a syntax error.
    """
    try:
        _lines(spec)
    except _CronError as error:
        return str(error)
    return None


def next_launch(periodic: Mapping[str, Any], after: int) -> int | None:
    """Return the time (Unix ns) of a Periodic block's first launch strictly after ``after`` (Unix ns).

    None when there is none: no such date up to 2099, or a spec that cannot be read. Enabled is not looked at.
    The spec type ``_internal_test`` of an agent's own tests is known too: a list of Unix times, in seconds.
    """
    match periodic["SpecType"]:
        case "cron":
            return _next_cron(periodic["Spec"], after)
        case "_internal_test":
            return _next_listed(periodic["Spec"], after)
        case _:
            return None


def _next_cron(spec: str, after: int) -> int | None:
    try:
        lines = _lines(spec)
    except _CronError:
        return None
    start = datetime.fromtimestamp(after // SECOND, UTC)
    launches = [launch for line in lines if (launch := _next_of_line(line, start)) is not None]
    return min(launches, default=None)


def _next_of_line(line: str, start: datetime) -> int | None:
    from croniter import CroniterBadDateError, croniter  # few mocks ever launch a periodic job; others start faster

    try:
        launch = croniter(line, start, max_years_between_matches=len(_YEAR.domain)).get_next(datetime)
    except CroniterBadDateError:
        return None
    return int(launch.timestamp()) * SECOND if launch.year in _YEAR.domain else None


def _next_listed(spec: str, after: int) -> int | None:
    """Return the first listed time after ``after``; an agent knows none of a list in which one is no 64-bit number.

    Seconds that are no 64-bit number when counted from the year 1 are long ago to it (observed).
    """
    times = [_int64(time) for time in spec.split(",")]
    if None in times:
        return None
    launches = (time * SECOND for time in times if time is not None and time <= _LATEST_SECOND)
    return next((launch for launch in launches if launch > after), None)


def _int64(text: str) -> int | None:
    found = re.fullmatch(r"([+-]?)0*([0-9]{1,19})", text)
    if found is None:
        return None
    number = int(found[1] + found[2])
    return number if number in _INT64 else None


class _CronError(ValueError):
    """A spec that is not of the dialect; the text is the agent's."""


@dataclass(frozen=True)
class _Field:
    """A field of the dialect: its name in error texts, its values, and the words for them, in lower case."""

    name: str
    domain: range
    words: Mapping[str, int]

    def entries(self, text: str) -> list[str]:
        entries = [entry for entry in text.split(",") if entry]
        if not entries:
            raise _CronError(f"{self.name} field: missing directive")
        return entries

    def values(self, entry: str) -> Set[int] | None:
        """Return what a wildcard, a value or a span means, with a step or without; None if it is none of them."""
        span, slash, step = entry.lower().partition("/")
        if slash and step not in _STEPS:
            return None
        if span == "?" and not slash:
            return frozenset(self.domain)
        values = self._span(span, last=self.domain[-1] if slash else None)
        return None if values is None else frozenset(values[:: int(step or 1)])

    def _span(self, text: str, last: int | None) -> range | None:
        """Return what ``*``, ``1-5`` or ``5`` stands for (to ``last``, if given); backwards there is nothing."""
        if text == "*":
            return self.domain
        start, dash, end = text.partition("-")
        first = self.words.get(start)
        if dash or last is None:
            last = self.words.get(end if dash else start)
        return None if first is None or last is None else range(first, last + 1)

    def syntax_error(self, entry: str) -> _CronError:
        return _CronError(f"syntax error in {self.name} field: '{entry}'")

    def for_croniter(self, values: Set[int]) -> str:
        return "*" if len(values) == len(self.domain) else ",".join(map(str, sorted(values)))


def _field(name: str, domain: range, names: Iterable[str] = (), others: Mapping[str, int] | None = None) -> _Field:
    numbers = {str(value): value for value in domain}
    named = {word: value for value, full in zip(domain, names, strict=False) for word in (full, full[:3])}
    return _Field(name, domain, {**numbers, **named, **(others or {})})


_SECOND = _field("second", range(60))
_MINUTE = _field("minute", range(60))
_HOUR = _field("hour", range(24))
_DAY = _field("day-of-month", range(1, 32))
_MONTH = _field("month", range(1, 13), _MONTHS)
_WEEKDAY = _field("day-of-week", range(7), _WEEKDAYS, {"7": 0})
_YEAR = _field("year", range(1970, 2100))

_WILDCARDS = {"*", "?"}
_STEPS = {str(number) for number in (*range(1, 60), *_YEAR.domain)}


@dataclass(frozen=True)
class _Days:
    """One alternative of the days, as croniter reads it, and the months and years in which it holds."""

    day: str = "*"
    weekday: str = "*"
    months: Set[int] = frozenset(_MONTH.domain)
    years: Set[int] = frozenset(_YEAR.domain)


@remembered
def _lines(spec: str) -> tuple[str, ...]:
    """Translate a spec: the lines for croniter (minute, hour, day, month, weekday, second, year), which may be none.

    Raises ``_CronError``.
    """
    second, minute, hour, day, month, weekday, year = _fields(spec)
    seconds, minutes, hours = _plain(_SECOND, second), _plain(_MINUTE, minute), _plain(_HOUR, hour)
    days = _alternatives(_DAY, day, _special_days, lambda text: _Days(day=text))
    months = _plain(_MONTH, month)
    weekdays = _alternatives(_WEEKDAY, weekday, _special_weekdays, lambda text: _Days(weekday=text))
    years = _plain(_YEAR, year)
    anyday = [_Days()] if days is None and weekdays is None else []
    return tuple(
        " ".join(
            (
                _MINUTE.for_croniter(minutes),
                _HOUR.for_croniter(hours),
                days.day,
                _MONTH.for_croniter(months & days.months),
                days.weekday,
                _SECOND.for_croniter(seconds),
                _YEAR.for_croniter(years & days.years),
            )
        )
        for days in (*anyday, *(days or ()), *(weekdays or ()))
        if all((seconds, minutes, hours, months & days.months, years & days.years))
    )


def _fields(spec: str) -> list[str]:
    """Return the texts of the seven fields.

    Raises:
        _CronError: there are too few or too many fields.
    """
    for alias, meaning in _ALIASES.items():
        spec = spec.replace(alias, meaning)
    fields = re.findall(r"[^ \t\n\f\r]+", spec)
    if len(fields) < 5:
        raise _CronError("missing field(s)")
    second = ["0"] if len(fields) < 7 else []
    return [*second, *fields, "*"][:7]


def _plain(field: _Field, text: str) -> Set[int]:
    """Return the values of a field without specials; what comes after a wildcard is not even looked at."""
    chosen: set[int] = set()
    for entry in field.entries(text):
        values = field.values(entry)
        if values is None:
            raise field.syntax_error(entry)
        chosen |= values
        if entry in _WILDCARDS:
            break
    return chosen


def _alternatives(
    field: _Field, text: str, special: Callable[[str], list[_Days]], plain: Callable[[str], _Days]
) -> list[_Days] | None:
    """Return the alternatives that a field of days offers, or None if a wildcard in it allows any day."""
    chosen: set[int] = set()
    alternatives: list[_Days] = []
    for entry in field.entries(text):
        values = field.values(entry)
        extra = special(entry.lower()) if values is None else []
        if values is None and not extra:
            raise field.syntax_error(entry)
        chosen |= values or set()
        alternatives += extra
    if not _WILDCARDS.isdisjoint(field.entries(text)):
        return None
    return [*alternatives, plain(field.for_croniter(chosen))] if chosen else alternatives


def _special_days(entry: str) -> list[_Days]:
    """Return what ``l``, ``lw`` or ``15w`` means; nothing for any other text."""
    if entry == "l":
        return [_Days(day="L")]
    if entry == "lw":
        return [_Days(day="31W")]
    day = _DAY.words.get(entry.removesuffix("w"))
    return [] if day is None else _nearest_working_day(day)


def _nearest_working_day(day: int) -> list[_Days]:
    """Return ``31W`` and the like only for months that have such a day; to croniter it is the end of any month."""
    long_months = frozenset(month for month in _MONTH.domain if monthrange(_COMMON_YEAR, month)[1] >= day)
    alternatives = [_Days(day=f"{day}W", months=long_months)]
    if day == 29:
        leap_years = frozenset(filter(isleap, _YEAR.domain))
        alternatives.append(_Days(day="29W", months=frozenset({2}), years=leap_years))
    return alternatives


def _special_weekdays(entry: str) -> list[_Days]:
    """Return what ``5l`` or ``5#3`` means; nothing for any other text."""
    match = re.fullmatch(r"([^#]+)(?:l|#([1-5]))", entry)
    weekday = _WEEKDAY.words.get(match[1]) if match else None
    if match is None or weekday is None:
        return []
    return [_Days(weekday=f"{weekday}#{match[2]}" if match[2] else f"L{weekday}")]
