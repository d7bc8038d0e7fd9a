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

NEARLY_JSON = {
    b"{/* c */}": f"'/' {KEY}",
    b'{"Job": 1 /* c */}': f"'/' {AFTER_PAIR}",
    b"#\n{}": f"'#' {LOOKING}",
    b"\xc2\xa0{}": f"'Â' {LOOKING}",
    b"{,}": f"',' {KEY}",
    b"[,1]": f"',' {LOOKING}",
    b"{Job: 1}": f"'J' {KEY}",
    b'{"Job"= 1}': "'=' after object key",
    b'{"Job": 1; "x": 2}': f"';' {AFTER_PAIR}",
    b'{"Job": "a" "b"}': f"'\"' {AFTER_PAIR}",
    b"{\"Job\": 'x'}": rf"'\'' {LOOKING}",
    b'{"Job": `x`}': f"'`' {LOOKING}",
    b'{"Job": True}': f"'T' {LOOKING}",
    b'{"Job": NULL}': f"'N' {LOOKING}",
    b'{"Job": Infinity}': f"'I' {LOOKING}",
    b'{"Job": -Infinity}': "'I' in numeric literal",
    b'{"Job": +1}': f"'+' {LOOKING}",
    b'{"Job": .5}': f"'.' {LOOKING}",
    b'{"Job": 0x1F}': f"'x' {AFTER_PAIR}",
    b'{"Job": 1_000}': f"'_' {AFTER_PAIR}",
    b'{"Job": "\\\'"}': r"'\'' in string escape code",
    b'{"Job": "\\0"}': "'0' in string escape code",
    b'{"Job": "\\\n"}': r"'\n' in string escape code",
    b'{"Job": "\\U0001f980"}': "'U' in string escape code",
}
"""The same of bodies that other languages and more lenient readers take."""

MALFORMED = {
    **{body: f"invalid character {text}" for body, text in UNEXPECTED.items()},
    **dict.fromkeys(
        (b"{", b'{"Job"', b'{"Job":', b'{"Job": 1', b'"abc', b"[1,", b'{"Job": "a', b"1e+", b"-"), "unexpected EOF"
    ),
    **dict.fromkeys((b"", b"  ", b"\n"), "EOF"),
}
"""The whole error text, by body."""
NEARLY_WELL = {body: f"invalid character {text}" for body, text in NEARLY_JSON.items()}
"""The whole error text of what is nearly JSON."""
