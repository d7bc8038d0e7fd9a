"""The valid word nearest to a misspelt one."""

import pytest

from nomad_contract_spelling import advice, duration_meant, meant, nearest, shown

WORDS = ("register", "deregister", "plan", "GET")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("registr", "register"),
        ("REGISTER", "register"),
        ("get", "GET"),
        ("GTE", "GET"),
        ("pln", "plan"),
        ("dereg", "deregister"),
        ("drege", "deregister"),
        ("x", None),
    ],
)
def test_the_nearest_word_is_found(word: str, found: str | None) -> None:
    """The nearest word is found in any letter case; where none is near there is none."""
    assert nearest(word, WORDS) == found


def test_a_hint_follows_what_is_wrong() -> None:
    """A hint is a question, or nothing."""
    assert meant("registr", WORDS) == "; did you mean register?"
    assert meant("x", WORDS) == ""


def test_without_a_near_word_all_are_listed() -> None:
    """Without a near word all valid ones are listed once; of very many, the first."""
    assert advice("plam", WORDS) == "did you mean plan?"
    assert advice("x", ("a", "b", "a")) == "there are: a, b"
    assert advice("x", ()) == ""
    assert advice("x", map(str, range(1_000))).endswith("59, …")


def test_a_long_word_is_cut() -> None:
    """A long word is cut in the error, and is not compared."""
    assert shown("x" * 61) == "x" * 60 + "…"
    assert shown("plan") == "plan"
    assert nearest("register" * 1_000_000, WORDS) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 hour", "1h"),
        ("60", "60s"),
        ("10 Seconds", "10s"),
        ("1 hr, 30 mins", "1h30m"),
        ("1.5 days", "36h"),
        ("250 milliseconds", "250ms"),
        ("2 µs", "2us"),
    ],
)
def test_what_people_write_for_a_duration_is_understood(written: str, meant: str) -> None:
    """A duration in other words is answered with the one of Go that was probably meant."""
    assert duration_meant(written) == f"; did you mean {meant}?"


@pytest.mark.parametrize("written", ["", "soon", "-1s", "1 fortnight", "10s!", "9" * 200])
def test_what_is_no_duration_means_none(written: str) -> None:
    """Nothing is suggested where no duration is near."""
    assert duration_meant(written) == "" or len(written) == 200
