"""Numbers as Go prints them; the expected texts come from an agent and from Go 1.19."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.numbers import Float64, codec_number, go_number

PRINTED = [
    ("0", "0E+00", "0"),
    ("-0", "-0E+00", "-0"),
    ("0.1", "1E-01", "0.1"),
    ("1", "1E+00", "1"),
    ("10", "1E+01", "10"),
    ("-5", "-5E+00", "-5"),
    ("1.5", "1.5E+00", "1.5"),
    ("6379", "6.379E+03", "6379"),
    ("100000", "1E+05", "100000"),
    ("123456.5", "1.234565E+05", "123456.5"),
    ("1000000", "1E+06", "1e+06"),
    ("10000000", "1E+07", "1e+07"),
    ("123456789", "1.23456789E+08", "1.23456789e+08"),
    ("1234567.5", "1.2345675E+06", "1.2345675e+06"),
    ("0.0001", "1E-04", "0.0001"),
    ("-0.001", "-1E-03", "-0.001"),
    ("0.00001", "1E-05", "1e-05"),
    ("1e-7", "1E-07", "1e-07"),
    ("1e21", "1E+21", "1e+21"),
    ("1e300", "1E+300", "1e+300"),
    ("5e-324", "5E-324", "5e-324"),
    ("99999999999999999999", "1E+20", "1e+20"),
]


@pytest.mark.parametrize(("sent", "by_codec", "by_go"), PRINTED)
def test_printed(sent: str, by_codec: str, by_go: str) -> None:
    """The codec always prints an exponent, Go's %v only for large and tiny numbers."""
    assert (codec_number(Float64(sent)), go_number(float(sent))) == (by_codec, by_go)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_printed_numbers_read_back(x: float) -> None:
    """A number reads back equal from either form."""
    assert float(codec_number(x)) == float(go_number(x)) == x


@pytest.mark.parametrize(("number", "truth"), [(1, True), (0, False)])
def test_a_number_is_no_truth_value(number: int, truth: bool) -> None:
    """``1`` equals every other way to write one, but not ``true``, on whichever side it stands, also inside of maps."""
    value = Float64(number)
    assert value == number
    assert value == float(number)
    assert hash(value) == hash(number)
    assert value != truth
    assert truth != value
    assert {"Config": [truth]} != {"Config": [value]}
