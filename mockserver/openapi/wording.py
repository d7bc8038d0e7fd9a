"""Word the findings of a check against a schema: what was found, what was expected, what to write instead.

Beside ``format`` and ``pattern``, and where values of several types will do, a schema says in ``x-expected`` what is
expected; beside ``not`` it says what is wrong. A person can't read it out of the keywords.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mockserver.openapi.documents import Documents, SchemaNode
from nomad_contract_spelling import advice, duration_meant, shown

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

_KINDS: Mapping[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_LONGEST_VALUE = 100
"""Characters of a value that are shown."""
_DURATION = "a duration"
"""How the ``x-expected`` of every duration begins."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for errors. In the locations of keywords ``base`` stands before the name of a file in ``documents``."""

    documents: Documents
    base: str

    def of(self, error: "ValidationError", place: str, whole: Any) -> Iterator[str]:
        """Yield the findings that an error in ``whole`` is, one for each unknown name; ``place`` names the whole."""
        name, value = error.kind.name, error.kind.value
        where = "/".join([place, *(str(step) for step in error.instance_path)])
        where += _owner(whole, error.instance_path, itself=name != "type")
        if name in ("unevaluatedProperties", "additionalProperties") and value:
            known = _names(self._schema(error))
            for unknown in value:
                hint = advice(unknown, known)
                yield f"{where}: there is no field {shown(unknown)}" + (f"; {hint}" if hint else "")
        elif name in ("anyOf", "oneOf") and value:
            yield from self._of_alternatives(value, error, place, whole, where)
        elif name == "propertyNames":
            yield from self.of(value, place, whole)
        elif name == "not":
            yield f"{where}: {self._schema(error).get('x-expected') or _PLAIN}"
        elif name in ("format", "pattern"):
            yield f"{where}: {_shown(error.instance)} is not {self._expected(error) or _PLAIN}"
        elif name == "type":
            yield f"{where}: {_shown(error.instance)} is not {_one_of(value)}{self._example(error)}"
        else:
            yield f"{where}: {_plainly(name, value, error)}"

    def _example(self, error: "ValidationError") -> str:
        """Return ``, such as 3``, where a schema has examples."""
        examples = self._schema(error).get("examples")
        return f", such as {json.dumps(examples[0])}" if examples else ""

    def _expected(self, error: "ValidationError") -> str:
        """Return what a schema expects; of a duration also what was probably meant."""
        expected: str = self._schema(error).get("x-expected") or ""
        hint = duration_meant(str(error.instance)) if expected.startswith(_DURATION) else ""
        return expected + hint

    def _of_alternatives(
        self, tried: "Sequence[Sequence[ValidationError]]", error: "ValidationError", place: str, whole: Any, where: str
    ) -> Iterator[str]:
        """Yield the findings of the alternative for values of this type; without one, say what is expected."""
        types: list[str] = []
        for errors in tried:
            wrong = [one for one in errors if one.kind.name == "type" and one.instance_path == error.instance_path]
            if not wrong:
                for one in errors:
                    yield from self.of(one, place, whole)
                return
            types += wrong[0].kind.value
        expected = self._expected(error) or _one_of(types) + self._example(error)
        yield f"{where}: {_shown(error.instance)} is not {expected}"

    def _schema(self, error: "ValidationError") -> SchemaNode:
        """Return the schema whose keyword was violated; an empty one where its place is not known."""
        file, _, pointer = (error.absolute_keyword_location or "").removeprefix(self.base).partition("#")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in unquote(pointer).split("/")[1:-1]]
        try:
            return self.documents.node(file, *steps)
        except (LookupError, OSError):
            return SchemaNode(self.documents, file, {})


def _plainly(name: str, limit: Any, error: "ValidationError") -> str:
    match name:
        case "required":
            return f"{limit} is missing"
        case "enum":
            return f"{_shown(error.instance)} is unknown; {advice(str(error.instance), _words(limit))}"
        case "const":
            return f"{_shown(error.instance)} is not {_shown(limit)}"
        case "minimum":
            return f"{_shown(error.instance)} is too small: write {limit} or more"
        case "exclusiveMinimum":
            return f"{_shown(error.instance)} is too small: write more than {limit}"
        case "maximum":
            return f"{_shown(error.instance)} is too large: write {limit} or less"
        case "exclusiveMaximum":
            return f"{_shown(error.instance)} is too large: write less than {limit}"
        case "multipleOf":
            return f"{_shown(error.instance)} is not a multiple of {limit}"
        case "minLength" | "minItems" | "minProperties" if limit == 1:
            return "is empty: write something, or leave it out"
        case "minLength" | "minItems" | "minProperties":
            return f"is too short: {limit} is the least"
        case "uniqueItems":
            return "has something twice: leave one of the two out"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"is too long: {limit} is the most"
        case "falseSchema":
            return "has no place beside the other fields"
    return f"{_shown(error.instance)} is not {_PLAIN}"


_PLAIN = "what is described here"
"""What is said where a schema has no words for it."""


def _owner(whole: Any, path: Iterable[str | int], *, itself: bool) -> str:
    """Return `` of "web"`` for a place in a job or node of this name, or for ``itself``; of several the innermost."""
    owner, value = None, whole
    for step in path:
        owner = _named(value) or owner
        value = value[step]
    owner = (itself and _named(value)) or owner
    return f" of {_shown(owner)}" if owner else ""


def _named(value: Any) -> str | None:
    """Return the ID or the name of an object of Nomad's, in which names begin with a capital."""
    if not isinstance(value, dict):
        return None
    name = value.get("ID") or value.get("Name")
    return name if isinstance(name, str) else None


def _names(schema: SchemaNode) -> dict[str, None]:
    """Return the names of the properties of a schema, those of its parts included."""
    names = dict.fromkeys(schema.value.get("properties", {}))
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.members(key)]
    parts += [
        SchemaNode(schema.documents, schema.file, schema.value[key]) for key in ("then", "else") if key in schema.value
    ]
    referred = schema.referred()
    for part in parts if referred is None else [*parts, referred]:
        names |= _names(part)
    return names


def _one_of(types: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(_KINDS.get(one, one) for one in types))


def _words(options: Iterable[Any]) -> list[str]:
    """Return the words of an ``enum``, each in its first spelling only."""
    words: dict[str, str] = {}
    for option in options:
        word = option if isinstance(option, str) else json.dumps(option)
        words.setdefault(word.lower(), word)
    return list(words.values())


def _shown(value: Any) -> str:
    if isinstance(value, dict | list) and value:
        return _KINDS["object" if isinstance(value, dict) else "array"]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
