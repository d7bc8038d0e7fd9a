"""The measurements as a picture: a bar for each ratio, on a logarithmic scale, as SVG."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from benchmarks.measurement import Measurement

_WIDTH, _LABELS, _VALUES, _ROW, _TOP = 900, 400, 70, 22, 56
_BAR = 12
_LEAST, _MOST = 0.05, 20.0
"""The ends of the scale; what lies beyond is drawn to the end, and its number says how far it goes."""

_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .bar { fill: #4c78a8 } .bad { fill: #e45756 }
  .line { stroke: #888; stroke-width: 1 } .aim { stroke: #333; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .aim { stroke: #eee } }
"""


def svg(measurements: Iterable[Measurement], caption: str) -> str:
    """Return a picture of the ratios of all measurements with a peer, with ``caption`` above them."""
    rows = [one for one in measurements if one.ratio > 0]
    height = _TOP + _ROW * len(rows) + 30
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(caption)}</title><style>{_STYLE}</style>",
        f'<text x="8" y="18">{escape(caption)}</text>',
        '<text x="8" y="36">The value, of the value beside it. The short line is the aim; red misses it.</text>',
        *_scale(height),
    ]
    for number, one in enumerate(rows):
        lines += _row(one, _TOP + _ROW * number)
    return "\n".join([*lines, "</svg>", ""])


def _scale(height: int) -> Sequence[str]:
    marks = (0.1, 0.2, 0.5, 1, 2, 5, 10)
    return [
        f'<line class="line" x1="{_x(mark):.1f}" x2="{_x(mark):.1f}" y1="{_TOP - 8}" y2="{height - 26}"'
        f' stroke-dasharray="{"none" if mark == 1 else "2 4"}"/>'
        f'<text x="{_x(mark):.1f}" y="{height - 10}" text-anchor="middle">{mark:g}</text>'
        for mark in marks
    ]


def _row(one: Measurement, top: int) -> Sequence[str]:
    end, style = _x(one.ratio), "bad" if one.reached is False else "bar"
    label = f"{one.name} / {one.peer}"
    lines = [
        f'<text x="{_LABELS - 8}" y="{top + _BAR - 1}" text-anchor="end" textLength="{_fitted(label)}"'
        f' lengthAdjust="spacingAndGlyphs">{escape(label)}</text>',
        f'<rect class="{style}" x="{_LABELS}" y="{top}" width="{end - _LABELS:.1f}" height="{_BAR}"/>',
        f'<text x="{end + 6:.1f}" y="{top + _BAR - 1}">{one.ratio:.2g}</text>',
    ]
    if one.aim:
        aim = _x(float(one.aim.split()[1]))
        lines.append(f'<line class="aim" x1="{aim:.1f}" x2="{aim:.1f}" y1="{top - 3}" y2="{top + _BAR + 3}"/>')
    return lines


def _x(ratio: float) -> float:
    """Return where a ratio stands."""
    bounded = min(max(ratio, _LEAST), _MOST)
    share = math.log(bounded / _LEAST) / math.log(_MOST / _LEAST)
    return _LABELS + share * (_WIDTH - _LABELS - _VALUES)


def _fitted(label: str) -> int:
    """Return the width of a label: about that of its letters, but no more than there is room for."""
    return min(_LABELS - 16, 6 * len(label))
