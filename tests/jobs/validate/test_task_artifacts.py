"""Rules of artifacts."""

import pytest

from mockserver.jobs.validate.task import artifact_problems
from tests.jobs.validate.parts import an_artifact, texts


def test_source_and_destination() -> None:
    """Source and destination are both checked (recording register-invalid-artifact)."""
    assert texts(artifact_problems(an_artifact())) == []
    assert texts(artifact_problems(an_artifact(GetterSource="", RelativeDest="../../x"))) == [
        "source must be specified",
        "destination escapes allocation directory",
    ]


@pytest.mark.parametrize(
    "checksum",
    ["md5:" + "aF" * 16, "sha1:" + "0" * 40, "sha256:" + "0" * 64, "sha512:" + "0" * 128, " md5:" + "0" * 32],
)
def test_checksums_that_are_accepted(checksum: str) -> None:
    """A checksum has a kind that go-getter knows and the right number of hex digits; space around it is ignored."""
    assert texts(artifact_problems(an_artifact(GetterOptions={"checksum": checksum}))) == []


@pytest.mark.parametrize(
    ("checksum", "problem"),
    [
        ("", "checksum value cannot be empty"),
        (" \u00a0\n", "checksum value cannot be empty"),
        ("a", 'checksum must be given as "type:value"; got "a"'),
        ("a:b:c", 'checksum must be given as "type:value"; got "a:b:c"'),
        ("\x1c", r'checksum must be given as "type:value"; got "\x1c"'),
        ("md5:zz", "invalid checksum: encoding/hex: invalid byte: U+007A 'z'"),
        ("md5:aaé", "invalid checksum: encoding/hex: invalid byte: U+00C3 'Ã'"),
        ("md5:a\x00", "invalid checksum: encoding/hex: invalid byte: U+0000"),
        ("md5:a", "invalid checksum: encoding/hex: odd length hex string"),
        ("foo:zz", "invalid checksum: encoding/hex: invalid byte: U+007A 'z'"),
        ("foo:aa", "unsupported checksum type: foo"),
        (":", "unsupported checksum type: "),
        ("md5:", "invalid md5 checksum: "),
        ("md5:aa", "invalid md5 checksum: aa"),
    ],
)
def test_other_checksums(checksum: str, problem: str) -> None:
    """The digits of a checksum are checked before its kind."""
    assert texts(artifact_problems(an_artifact(GetterOptions={"checksum": checksum}))) == [problem]


def test_options_without_a_checksum() -> None:
    """An option whose name is not exactly ``checksum`` is not checked."""
    assert texts(artifact_problems(an_artifact(GetterOptions={"Checksum": "zz"}))) == []
