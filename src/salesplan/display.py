"""Tables and small charts as text, HTML and SVG: what `.explain()` and notebooks show.

Pure functions from plain values to one string. Everything is escaped and nothing is fetched: no script, no
style sheet, no font. Text is aligned by display width: a Chinese character fills two columns of a monospace
screen, a combining accent none. What may not stand in an XML document (control characters, lone surrogates)
becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from numbers import Number
from typing import Any, Final

from .errors import InvalidType, InvalidValue, clip, require_instance, require_int
from .money import Money
from .rate import Rate

__all__ = ["Align", "bar_chart_svg", "html_table", "text_table"]

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS: Final = re.compile(r"[^\S ]+")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_MAX_BAR: Final = 10**30
_ROW, _GLYPH = 22, 7  # pixels: the height of one bar with its gap, the width of one column of 12 px text


class Align(Enum):
    """To which side the cells of a column go."""

    LEFT = "left"
    """As text reads."""
    RIGHT = "right"
    """As numbers are compared."""


def html_table(
    headers: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    align: Sequence[Align] | None = None,
    caption: str | None = None,
) -> str:
    """One HTML table, escaped and self-contained; None shows as a dash.

    *align* has one member per column; by default a column of numbers (int, Decimal, Rate, Money) goes right.
    Raises: InvalidValue if a row has not as many cells as *headers*.
    >>> html_table(["sku"], [["<b>"]]).partition("<tbody>")[2]
    '<tr><td style="text-align:left;padding:2px 8px">&lt;b&gt;</td></tr></tbody></table>'
    """
    head, *table = _rows([headers, *_several(rows, "rows")])
    sides = _sides(align, table, width=len(head))
    name = "" if caption is None else f"<caption>{_escaped(caption)}</caption>"
    body = "".join(f"<tr>{_cells('td', row, sides)}</tr>" for row in table)
    return (
        f'<table style="border-collapse:collapse">{name}'
        f"<thead><tr>{_cells('th', head, sides)}</tr></thead><tbody>{body}</tbody></table>"
    )


def text_table(rows: Iterable[Sequence[object]], *, align: Sequence[Align] | None = None) -> str:
    """Rows as lines of monospace text, columns two blanks apart; None shows as a dash.

    *align* as in `html_table`.      Law: all cells of a column start (RIGHT: end) at the same display column.
    Raises: InvalidValue if the rows differ in length.
    >>> print(text_table([["满减", 50], ["coupon", 120]]))
    满减     50
    coupon  120
    """
    table = _rows(_several(rows, "rows"))
    if not table:
        return ""
    sides = _sides(align, table, width=len(table[0]))
    texts = [[_aligned(cell) for cell in row] for row in table]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(_padded(text, width, side) for text, width, side in zip(row, widths, sides, strict=True)).rstrip()
        for row in texts
    )


def bar_chart_svg(
    labels: Sequence[object], values: Sequence[int], *, width: int = 480, caption: str | None = None
) -> str:
    """Horizontal bars as one SVG string, drawn in whole pixels; negative values go left of the zero line.

    Units: pixels for *width*, 240..4000.      Law: the bars are as long as their values, to the pixel.
    Raises: InvalidValue if labels and values differ in number; InvalidType for a value that is not an int.
    >>> bar_chart_svg(["Ann", "李"], [30, -10]).count("<rect")
    2
    """
    names = [_line(label) for label in _several(labels, "labels")]
    bars = [
        require_int(value, code="display.value", name="value", low=-_MAX_BAR, high=_MAX_BAR)
        for value in _several(values, "values")
    ]
    if len(names) != len(bars):
        raise InvalidValue(f"{len(names)} labels, {len(bars)} values", code="display.shape", value=len(bars))
    require_int(width, code="display.width", name="width", low=240, high=4000)
    left = min(_GLYPH * max(map(_width, names), default=0) + 8, width // 3)
    plot = width - left - min(_GLYPH * max((len(str(bar)) for bar in bars), default=0) + 8, width // 3)
    low, high = min([0, *bars]), max([0, *bars])
    span = max(high - low, 1)
    zero = left + -low * plot // span
    top = 0 if caption is None else _ROW
    lines = [] if caption is None else [f'<text x="0" y="{_ROW - 7}">{_escaped(_line(caption))}</text>']
    for at, (name, bar) in enumerate(zip(names, bars, strict=True)):
        y = top + at * _ROW
        end = left + (bar - low) * plot // span
        lines.append(
            f'<text x="{left - 4}" y="{y + 15}" text-anchor="end">{_escaped(name)}</text>'
            f'<rect x="{min(zero, end)}" y="{y + 3}" width="{abs(end - zero)}" height="16" fill="#4c78a8"/>'
            f'<text x="{max(zero, end) + 4}" y="{y + 15}">{bar}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + _ROW * len(names)}" '
        f'font-family="sans-serif" font-size="12">{"".join(lines)}</svg>'
    )


def _several(values: Iterable[Any], name: str) -> list[Any]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidType(f"{name} must be a list: {clip(values)}", code="display.shape", value=values)
    return list(values)


def _rows(rows: list[Any]) -> list[list[Any]]:
    """Rows of one length."""
    table = [_several(row, "a row") for row in rows]
    for row in table:
        if len(row) != len(table[0]):
            raise InvalidValue(
                f"a row of {len(row)} cells among rows of {len(table[0])}",
                code="display.shape",
                value=len(row),
            )
    return table


def _sides(align: Sequence[Align] | None, table: list[list[Any]], *, width: int) -> list[Align]:
    if align is None:
        return [Align.RIGHT if _numeric([row[at] for row in table]) else Align.LEFT for at in range(width)]
    sides = [require_instance(side, Align, code="display.align", name="align") for side in _several(align, "align")]
    if len(sides) != width:
        raise InvalidValue(f"{len(sides)} aligns for {width} columns", code="display.shape", value=len(sides))
    return sides


def _cells(tag: str, row: list[Any], sides: list[Align]) -> str:
    return "".join(
        f'<{tag} style="text-align:{side.value};padding:2px 8px">{_escaped(cell)}</{tag}>'
        for cell, side in zip(row, sides, strict=True)
    )


def _numeric(cells: list[Any]) -> bool:
    """Whether the known cells are numbers, and there are some."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    return bool(kinds) and all(issubclass(kind, Number | Money | Rate) and not issubclass(kind, bool) for kind in kinds)


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, list | tuple | dict | set | frozenset):  # a cell is one value; shared nesting would not end
        return clip(cell)
    try:
        return _NOT_XML.sub("\ufffd", str(cell))
    except Exception:  # an int past Python's limit for text, or a broken __str__
        return clip(cell)


def _escaped(cell: object) -> str:
    return _text(cell).translate(_ESCAPES)


def _line(cell: object) -> str:
    """The cell without line breaks."""
    return " ".join(_text(cell).split())


def _aligned(cell: object) -> str:
    """The cell without line breaks and tabs; blanks inside it stay, as they may align something."""
    return _BREAKS.sub(" ", _text(cell)).strip()


def _width(text: str) -> int:
    """How many columns of a monospace screen the text fills."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in {"Mn", "Me", "Cf"} else 2 if east_asian_width(char) in {"W", "F"} else 1 for char in text
    )


def _padded(text: str, width: int, side: Align) -> str:
    fill = " " * (width - _width(text))
    return text + fill if side is Align.LEFT else fill + text
