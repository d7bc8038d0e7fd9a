"""Bodies that are no JSON, with the error text of a 0.5.4 agent's decoder for each."""

LOOKING = "looking for beginning of value"
KEY = "looking for beginning of object key string"
AFTER_PAIR = "after object key:value pair"
UNEXPECTED = {
    b"nonsense": "'o' in literal null (expecting 'u')",
    b'{"Job": {"ID": "x"},}': f"'}}' {KEY}",
    b"\x00": rf"'\x00' {LOOKING}",
    b"{'Job': 1}": rf"'\'' {KEY}",
    b'{"Job": tru}': "'}' in literal true (expecting 'e')",
    b'{"Job": falsy}': "'y' in literal false (expecting 'e')",
    b'{"Job": nul}': "'}' in literal null (expecting 'l')",
    b"\xff\xfe": f"'ÿ' {LOOKING}",
    b"\xc3\xa9": f"'Ã' {LOOKING}",
    b'{"Job": 01}': f"'1' {AFTER_PAIR}",
    b'{"Job": -}': "'}' in numeric literal",
    b'{"Job": 1.}': "'}' after decimal point in numeric literal",
    b'{"Job": 1e}': "'}' in exponent of numeric literal",
    b'{"Job": 1ex}': "'x' in exponent of numeric literal",
    b'{"Job": 1e+}': "'}' in exponent of numeric literal",
    b'{"Job": 1e-x}': "'x' in exponent of numeric literal",
    b'{"Job": 1e+5x}': f"'x' {AFTER_PAIR}",
    b'{"Job": -x}': "'x' in numeric literal",
    b'{"Job": 1.x}': "'x' after decimal point in numeric literal",
    b'{"Job": \x0c1}': rf"'\f' {LOOKING}",
    b'{"Job"\t:\x0b1}': rf"'\v' {LOOKING}",
    b'{"Job": 1\x07}': rf"'\a' {AFTER_PAIR}",
    b'{"Job": 1\x08}': rf"'\b' {AFTER_PAIR}",
    b'{"Job": \\}': rf"'\\' {LOOKING}",
    b'{"Job": "\n"}': r"'\n' in string literal",
    b'{"Job": "\r"}': r"'\r' in string literal",
    b'{"Job": "\t"}': r"'\t' in string literal",
    b'{"Job": "\x01"}': r"'\x01' in string literal",
    b'{"Job": "\\x"}': "'x' in string escape code",
    b'{"Job": "\\u12G4"}': r"'G' in \u hexadecimal character escape",
    b'{"Job" 1}': "'1' after object key",
    b'{"Job": 1 2}': f"'2' {AFTER_PAIR}",
    b'{"Job": [1 2]}': "'2' after array element",
    b"{1: 2}": f"'1' {KEY}",
    b"[1,]": f"']' {LOOKING}",
    b"}": f"'}}' {LOOKING}",
    b"+1": f"'+' {LOOKING}",
    b".5": f"'.' {LOOKING}",
    b"// c\n{}": f"'/' {LOOKING}",
    b"\xef\xbb\xbf{}": f"'ï' {LOOKING}",
    b"NaN": f"'N' {LOOKING}",
}
"""The error text about the first wrong character, by body."""

MALFORMED = {
    **{body: f"invalid character {text}" for body, text in UNEXPECTED.items()},
    **dict.fromkeys(
        (b"{", b'{"Job"', b'{"Job":', b'{"Job": 1', b'"abc', b"[1,", b'{"Job": "a', b"1e+", b"-"), "unexpected EOF"
    ),
    **dict.fromkeys((b"", b"  ", b"\n"), "EOF"),
}
"""The whole error text, by body."""
