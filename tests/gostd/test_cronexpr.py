"""The cron dialect: which specs are valid, how errors are worded, and when a spec fires next.

The times and texts were compared with those of an agent's plans.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.cronexpr import check_cron, next_launch
from mockserver.gostd.durations import SECOND

_NOW = "2026-11-24 06:00:00"
"""A Tuesday."""


def _ns(time: str) -> int:
    return int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()) * SECOND


def _next(spec: str, after: str = _NOW, spec_type: str = "cron") -> str | None:
    launch = next_launch({"Spec": spec, "SpecType": spec_type}, _ns(after))
    return None if launch is None else f"{datetime.fromtimestamp(launch // SECOND, UTC):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("spec", "launch"),
    [
        pytest.param("* * * * *", "2026-11-24 06:01:00", id="five fields: second 0, any year"),
        pytest.param("* * * * * 2030", "2030-01-01 00:00:00", id="six fields: the sixth is the year"),
        pytest.param("30 * * * * * *", "2026-11-24 06:00:30", id="seven fields: the first is the second"),
        pytest.param("30 * * * * * * and more", "2026-11-24 06:00:30", id="the rest is ignored"),
        pytest.param("\t0  12\n* * *", "2026-11-24 12:00:00", id="any white space"),
        pytest.param("0 6 * * *", "2026-11-25 06:00:00", id="strictly after"),
        pytest.param("5/20 * * * *", "2026-11-24 06:05:00", id="a step from a value on"),
        pytest.param("7-20/6 * * * *", "2026-11-24 06:07:00", id="a step in a range"),
        pytest.param("*/59 * * * *", "2026-11-24 06:59:00", id="a step from the beginning"),
        pytest.param("*,60 * * * *", "2026-11-24 06:01:00", id="nothing is looked at after a wildcard"),
        pytest.param("0 0 1 MAY ?", "2027-05-01 00:00:00", id="short names, any case"),
        pytest.param("0 0 ? february Sunday", "2027-02-07 00:00:00", id="long names"),
        pytest.param("0 0 * * 7", "2026-11-29 00:00:00", id="seven is Sunday"),
        pytest.param("0 0 29 2 *", "2028-02-29 00:00:00", id="leap day"),
        pytest.param("0 0 L * *", "2026-11-30 00:00:00", id="last day"),
        pytest.param("0 0 L 2 ?", "2027-02-28 00:00:00", id="last of February"),
        pytest.param("0 0 LW 1 ?", "2027-01-29 00:00:00", id="last working day, the 31st being a Sunday"),
        pytest.param("0 0 15W 8 ?", "2027-08-16 00:00:00", id="nearest working day, after a Sunday"),
        pytest.param("0 0 1W 5 ?", "2027-05-03 00:00:00", id="nearest working day, not in the month before"),
        pytest.param("0 0 31W 2,10 ?", "2027-10-29 00:00:00", id="31W needs a 31st"),
        pytest.param("0 0 29W 2 ?", "2028-02-29 00:00:00", id="29W needs a 29th"),
        pytest.param("0 0 * * 5L", "2026-11-27 00:00:00", id="last Friday"),
        pytest.param("0 0 * * Fri#3", "2026-12-18 00:00:00", id="third Friday"),
        pytest.param("0 0 * * 5#5", "2027-01-29 00:00:00", id="fifth Friday"),
        pytest.param("0 0 25 * 4", "2026-11-25 00:00:00", id="day of month or weekday"),
        pytest.param("0 0 30 * 4", "2026-11-26 00:00:00", id="weekday or day of month"),
        pytest.param("0 0 1-31 * 4", "2026-11-25 00:00:00", id="a full range restricts, and offers every day"),
        pytest.param("0 0 *,1 * 4", "2026-11-26 00:00:00", id="a wildcard in a list lifts the restriction"),
        pytest.param("0 0 10 * 0-7", "2026-11-29 00:00:00", id="0-7 is Sunday only"),
        pytest.param("@daily", "2026-11-25 00:00:00", id="alias"),
        pytest.param("0 @hourly", "2026-11-25 00:00:00", id="an alias is replaced wherever it stands"),
        pytest.param("0 0 1 1 * 2099", "2099-01-01 00:00:00", id="last year"),
        pytest.param("0 0 30 2 *", None, id="no such date"),
        pytest.param("0 0 1 1 * 2020", None, id="past"),
        pytest.param("0 0 29 2 * 2027", None, id="no leap year"),
        pytest.param("30-10 * * * *", None, id="a range that runs backwards"),
        pytest.param("0 0 * * 5-1", None, id="weekdays that run backwards"),
        pytest.param("bad", None, id="no spec at all"),
    ],
)
def test_the_next_launch(spec: str, launch: str | None) -> None:
    """The next launch is the first time after 2026-11-24 06:00:00 (a Tuesday) that a spec names."""
    assert _next(spec) == launch


def test_nothing_is_launched_after_2099() -> None:
    """The dialect's years end in 2099."""
    assert _next("* * * * *", "2099-12-31 23:58:30") == "2099-12-31 23:59:00"
    assert _next("* * * * *", "2099-12-31 23:59:00") is None


def test_parts_of_a_second_do_not_matter() -> None:
    """A launch is at a full second, after the given moment."""
    after = _ns(_NOW)
    periodic = {"Spec": "* * * * * * *", "SpecType": "cron"}
    assert next_launch(periodic, after - 1) == after
    assert next_launch(periodic, after) == after + SECOND
    assert next_launch(periodic, after + 1) == after + SECOND


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("", "missing field(s)"),
        ("* * * *", "missing field(s)"),
        ("@reboot", "missing field(s)"),
        ("@DAILY", "missing field(s)"),
        ("60 * * * *", "syntax error in minute field: '60'"),
        ("5,05 * * * *", "syntax error in minute field: '05'"),
        (", * * * *", "minute field: missing directive"),
        ("x,* * * * *", "syntax error in minute field: 'x'"),
        ("60 * * * * * *", "syntax error in second field: '60'"),
        ("* 24 * * *", "syntax error in hour field: '24'"),
        ("* 1-2-3 * * *", "syntax error in hour field: '1-2-3'"),
        ("* ?/2 * * *", "syntax error in hour field: '?/2'"),
        ("* 5/ * * *", "syntax error in hour field: '5/'"),
        ("* L * * *", "syntax error in hour field: 'L'"),
        ("* * *,32 * *", "syntax error in day-of-month field: '32'"),
        ("* * W * *", "syntax error in day-of-month field: 'W'"),
        ("* * 5L * *", "syntax error in day-of-month field: '5L'"),
        ("* * ,, * *", "day-of-month field: missing directive"),
        ("* * * 0 *", "syntax error in month field: '0'"),
        ("* * * Janu *", "syntax error in month field: 'Janu'"),
        ("* * * * 8", "syntax error in day-of-week field: '8'"),
        ("* * * * 5#6", "syntax error in day-of-week field: '5#6'"),
        ("* * * * L", "syntax error in day-of-week field: 'L'"),
        ("* * * * xL", "syntax error in day-of-week field: 'xL'"),
        ("* * * * * 2100", "syntax error in year field: '2100'"),
        ("60 * * * x", "syntax error in minute field: '60'"),
        ("*/0 * * * *", "syntax error in minute field: '*/0'"),
        ("*/60 * * * *", "syntax error in minute field: '*/60'"),
    ],
)
def test_what_is_wrong_with_a_spec(spec: str, text: str) -> None:
    """The first mistake from the left is told in an agent's words."""
    assert check_cron(spec) == text
    assert _next(spec) is None


@pytest.mark.parametrize("spec", ["0 0 1 1 *", "@weekly", "0 0 L,LW,15W * 5#1,1L,mon", "30-10 * * * *", "*,x * * * *"])
def test_nothing_is_wrong_with_these(spec: str) -> None:
    """Every spec of the dialect is valid, even one that never fires."""
    assert check_cron(spec) is None


@pytest.mark.parametrize(
    ("spec", "launch"),
    [
        ("1795500001,1795500002", "2026-11-24 06:00:01"),
        ("1795500000,1795500002,1795500001", "2026-11-24 06:00:02"),
        ("1795500000", None),
        ("+1795500001", "2026-11-24 06:00:01"),
        ("1795500001,x", None),
        ("", None),
        ("1,00000000000000000000001795500001", "2026-11-24 06:00:01"),
        ("9223372036854775807", None),
        ("99999999999999999999,1795500001", None),
        ("9" * 5_000, None),
    ],
)
def test_the_internal_type_lists_unix_times(spec: str, launch: str | None) -> None:
    """The next launch is the first later time in the list; a list with a malformed number has none."""
    assert _next(spec, spec_type="_internal_test") == launch


def test_other_types_never_launch() -> None:
    """Unknown types have no launch; validation refuses them, unless the block is disabled."""
    assert _next("* * * * *", spec_type="interval") is None


_DAYS = st.one_of(
    st.sampled_from(["*", "L", "LW", "30,31", "1W", "28W", "29W", "30W", "31W"]), st.integers(1, 31).map("{}W".format)
)
_WEEKDAYS = st.one_of(st.just("*"), st.builds("{}{}".format, st.integers(0, 6), st.sampled_from(["", "L", "#1", "#5"])))


@given(_DAYS, _WEEKDAYS, st.datetimes(datetime(1972, 1, 1), datetime(2090, 1, 1)))
def test_days_are_those_of_the_definition(day: str, weekday: str, after: datetime) -> None:
    """The next midnight of a spec is the first date that fits the definition of its two day fields."""
    expected = after.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while not _fits(expected, day, weekday):
        expected += timedelta(days=1)
    assert _next(f"0 0 {day} * {weekday}", f"{after:%Y-%m-%d %H:%M:%S}") == f"{expected:%Y-%m-%d} 00:00:00"


def _fits(date: datetime, day: str, weekday: str) -> bool:
    if day == "*" or weekday == "*":
        return _fits_day(date, day) and _fits_weekday(date, weekday)
    return _fits_day(date, day) or _fits_weekday(date, weekday)


def _fits_day(date: datetime, day: str) -> bool:
    last = monthrange(date.year, date.month)[1]
    if day.endswith("W"):
        wanted = last if day == "LW" else int(day[:-1])
        return wanted <= last and date.day == _working_day(date, wanted, last)
    return day == "*" or (date.day == last if day == "L" else str(date.day) in day.split(","))


def _working_day(date: datetime, wanted: int, last: int) -> int:
    working = [day for day in range(1, last + 1) if date.replace(day=day).isoweekday() < 6]
    return min(working, key=lambda day: abs(day - wanted))


def _fits_weekday(date: datetime, weekday: str) -> bool:
    if weekday == "*":
        return True
    same = date.isoweekday() % 7 == int(weekday[0])
    if weekday[1:] == "L":
        return same and date.day + 7 > monthrange(date.year, date.month)[1]
    return same and (not weekday[1:] or (date.day - 1) // 7 + 1 == int(weekday[2:]))
