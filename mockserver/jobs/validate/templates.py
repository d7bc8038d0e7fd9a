"""Rules of templates."""

from typing import Any

from mockserver.jobs.validate.paths import escapes
from mockserver.jobs.validate.problems import Problems, nested


def templates_problems(templates: list[dict[str, Any]]) -> Problems:
    """List the problems of a task's templates."""
    first_place: dict[str, int] = {}
    for place, template in enumerate(templates, 1):
        yield from nested(f"Template {place} validation failed: ", _template_problems(template))
        other = first_place.setdefault(template["DestPath"], place)
        if other != place:
            yield f"Template {place} has same destination as {other}"


def _template_problems(template: dict[str, Any]) -> Problems:
    if not template["SourcePath"] and not template["EmbeddedTmpl"]:
        yield "Must specify a source path or have an embedded template"
    if not template["DestPath"]:
        yield "Must specify a destination for the template"
    if escapes("task", template["DestPath"]):
        yield "destination escapes allocation directory"
    if template["ChangeMode"] not in ("noop", "restart", "signal"):
        yield "Invalid change mode. Must be one of the following: noop, signal, restart"
    if template["ChangeMode"] == "signal" and not template["ChangeSignal"]:
        yield "Must specify signal value when change mode is signal"
    if template["Splay"] < 0:
        yield "Must specify positive splay value"
