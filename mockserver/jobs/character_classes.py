"""Sets of characters in RE2's regular expressions, as sorted ranges of code points."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Pairs of first and last code point, in order, neither touching nor overlapping."""

_LAST = 0x10FFFF
_LAST_WITH_CASE = 0x1E943
_DOTLESS_I = "\u0131"  # its capital is I, but in no language but Turkish are they the same letter

_DIGIT = "09"
_WORD = "09AZ__az"
_POSIX = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": _DIGIT,
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": _WORD,
    "xdigit": "09AFaf",
}
_PERL = {"d": _DIGIT, "s": "\t\n\f\r  ", "w": _WORD}

_CATEGORY_NAMES = """
    C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs
"""
_SCRIPT_NAMES = """
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
    Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee
    Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi
    Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani
    Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari New_Tai_Lue
    Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic
    Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau
    Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala
    Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil
    Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai Wancho Warang_Citi Yezidi Yi Zanabazar_Square
"""
_CATEGORIES = frozenset(_CATEGORY_NAMES.split())
_SCRIPTS = frozenset(_SCRIPT_NAMES.split())
_NAME_OF_SCRIPT = {"Han": "CJK ", "SignWriting": "SIGNWRITING ", "Nko": "NKO ", "Phags_Pa": "PHAGS-PA "}


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges and join those that touch."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return tuple(result)


def complement(ranges: Ranges) -> Ranges:
    """Return every code point that is not in the ranges."""
    starts = [0, *(last + 1 for _, last in ranges)]
    ends = [*(first - 1 for first, _ in ranges), _LAST]
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start <= end)


def folded(ranges: Ranges) -> Ranges:
    """Add the other cases of every character: small, capital, and signs such as Kelvin's for ``k``."""
    orbits = _orbits()
    cases = (
        (case, case)
        for first, last in ranges
        for code in range(first, min(last, _LAST_WITH_CASE) + 1)
        for case in orbits.get(code, ())
    )
    return merged([*ranges, *cases])


def perl_class(letter: str) -> Ranges | None:
    r"""Return what ``\d``, ``\s`` or ``\w`` means: ASCII only."""
    return _from_bounds(_PERL.get(letter))


def posix_class(name: str) -> Ranges | None:
    """Return what ``[:name:]`` means."""
    return _from_bounds(_POSIX.get(name))


@lru_cache(maxsize=64)
def unicode_class(name: str) -> Ranges | None:
    r"""Return what ``\p{name}`` means.

    Categories are exact. Which script a character belongs to is read off its name, so that a script's own
    characters are found but not all it shares with others.
    """
    if name == "Any":
        return ((0, _LAST),)
    if name in _CATEGORIES:
        return _where(lambda char: unicodedata.category(char).startswith(name))
    if name in _SCRIPTS:
        beginning = _NAME_OF_SCRIPT.get(name, name.upper().replace("_", " ") + " ")
        return _where(lambda char: unicodedata.name(char, "").startswith(beginning))
    return None


@lru_cache(maxsize=1)
def _orbits() -> dict[int, list[int]]:
    """Group the characters that differ only in case, by each of them."""
    by_small: dict[str, list[int]] = {}
    for code in range(_LAST_WITH_CASE + 1):
        by_small.setdefault(_small(chr(code)), []).append(code)
    return {code: codes for codes in by_small.values() if len(codes) > 1 for code in codes}


def _small(char: str) -> str:
    return char if char == _DOTLESS_I else _one(str.lower, _one(str.upper, _one(str.lower, char)))


def _one(change: Callable[[str], str], char: str) -> str:
    """Change a character's case if that leaves one character."""
    changed = change(char)
    return changed if len(changed) == 1 else char


def _where(wanted: Callable[[str], bool]) -> Ranges:
    return merged((code, code) for code in range(_LAST + 1) if wanted(chr(code)))


def _from_bounds(bounds: str | None) -> Ranges | None:
    if bounds is None:
        return None
    return merged((ord(first), ord(last)) for first, last in zip(bounds[::2], bounds[1::2], strict=True))
