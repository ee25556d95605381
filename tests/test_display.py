"""Tables and charts: aligned by display width, escaped, and the same string every time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesplan.display import Align, bar_chart_svg, html_table, text_table
from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import Money
from salesplan.rate import Rate
from tests.strategies import HOSTILE, Broken, anything, moneys, rates, refusal

SVG = "{http://www.w3.org/2000/svg}"
LEFT, RIGHT = Align.LEFT, Align.RIGHT
INJECTION = "</td></text><script>alert('1\"&amp;')</script><img src=x onerror=alert(1)>"

texts = st.one_of(
    st.sampled_from(["", "a", "满减", "Ｗ", "e\u0301", "ｶﾞ", "한글", "a b", "<b>", "&amp;", "'\"", "\u200b", "👍"]),
    st.text(max_size=6),
)
cells = st.one_of(texts, st.none(), st.booleans(), st.integers(), st.decimals(), rates, moneys())


def legal(text: str) -> bool:
    """Say whether XML 1.0 can hold the text: its production Char, less the carriage return, which readers change."""
    ranges = (("\t", "\n"), (" ", "\ud7ff"), ("\ue000", "\ufffd"), ("\U00010000", "\U0010ffff"))
    return all(any(low <= char <= high for low, high in ranges) for char in text)


class Reader(HTMLParser):
    """The cells, tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str | None]] = set()
        self.cells: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= set(attrs)
        if tag in {"td", "th", "caption"}:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.cells[-1] += data


# --- HTML ------------------------------------------------------------------------------------------------


def test_html_table_by_hand() -> None:
    got = html_table(["sku", "price"], [["a", Money.of(5, "EUR")], ["b", None]], caption="Prices")
    left, right = 'style="text-align:left;padding:2px 8px"', 'style="text-align:right;padding:2px 8px"'
    assert got == (
        '<table style="border-collapse:collapse"><caption>Prices</caption>'
        f"<thead><tr><th {left}>sku</th><th {right}>price</th></tr></thead>"
        f"<tbody><tr><td {left}>a</td><td {right}>EUR 5.00</td></tr>"
        f"<tr><td {left}>b</td><td {right}>-</td></tr></tbody></table>"
    )


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=4), texts)
def test_html_table_reads_back_cell_by_cell(rows: list[list[str]], caption: str) -> None:
    everything = [caption, *(cell for row in rows for cell in row)]
    assume(all(map(legal, everything)))
    head, *body = rows
    assert Reader(html_table(head, body, caption=caption)).cells == everything


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=4), texts)
def test_html_table_is_well_formed_and_has_no_tag_of_its_cells(rows: list[list[Any]], caption: str) -> None:
    text = html_table(["a", "b"], rows, caption=caption)
    root = ET.fromstring(text)
    assert {element.tag for element in root.iter()} <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert len(list(root.iter("td"))) == 2 * len(rows)
    assert {name for element in root.iter() for name in element.attrib} == {"style"}


@pytest.mark.parametrize("where", ["header", "cell", "caption"])
def test_html_table_escapes_a_script_everywhere(where: str) -> None:
    parts = {"header": "a", "cell": "a", "caption": "a"} | {where: INJECTION}
    got = html_table([parts["header"]], [[parts["cell"]]], caption=parts["caption"])
    reader = Reader(got)
    assert reader.tags == ["table", "caption", "thead", "tr", "th", "tbody", "tr", "td"]
    assert {name for name, _ in reader.attributes} == {"style"}
    assert reader.cells == [parts["caption"], parts["header"], parts["cell"]]


def test_html_table_escapes_what_an_object_says_of_itself() -> None:
    class Sly(int):
        def __str__(self) -> str:
            return INJECTION

    for text in (html_table(["a"], [[Sly(1)]]), bar_chart_svg([Sly(1)], [Sly(1)])):
        assert "<script" not in text
        assert "<img" not in text


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_what_no_document_can_hold_is_replaced(char: str) -> None:
    assert Reader(html_table([f"a{char}b"], [])).cells == ["a\ufffdb"]
    assert text_table([[f"a{char}b"]]) == "a\ufffdb"
    assert "a\ufffdb" in bar_chart_svg([f"a{char}b"], [1])


# --- alignment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "side"),
    [
        ([1, 2], RIGHT),
        ([1, None], RIGHT),
        ([Decimal(1), Fraction(1, 2), 1.5, Rate(1, 2), Money.of(1, "EUR"), np.int64(3), np.float64(1)], RIGHT),
        ([1, "a"], LEFT),
        (["1", "2"], LEFT),  # text that looks like a number is a name: an order number, a post code
        ([True, False], LEFT),
        ([1, True], LEFT),
        ([None, None], LEFT),
        ([], LEFT),
        ([""], LEFT),
    ],
)
def test_columns_of_numbers_go_right(column: list[Any], side: Align) -> None:
    text = html_table(["h"], [[cell] for cell in column])
    assert text.count(f"text-align:{side.value}") == len(column) + 1
    assert text.count("text-align:") == len(column) + 1


def test_align_overrides_what_the_cells_suggest() -> None:
    assert text_table([["a", 1], ["bcd", 22]], align=[RIGHT, LEFT]) == "  a  1\nbcd  22"
    assert text_table([["a", 1], ["bcd", 22]]) == "a     1\nbcd  22"
    assert "text-align:right" in html_table(["h"], [["a"]], align=[RIGHT])


def columns_of(text: str) -> int:
    """Return the display width from the standard's tables, character by character."""
    width = 0
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            continue
        width += 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
    return width


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("满减", 4), ("Ｗ", 2), ("ｶ", 1), ("e\u0301", 1), ("한", 2), ("a满b", 4), ("\u200b", 0), ("é", 1)],
)
def test_wide_characters_fill_two_columns(text: str, width: int) -> None:
    # the mark after the cell shows where it ends
    lines = text_table([[text, "|"], ["x" * 6, "|"]]).splitlines()
    assert lines[0] == text + " " * (6 - width) + "  |"
    assert text_table([[text, "|"], ["x" * 6, "|"]], align=[RIGHT, LEFT]).splitlines()[0] == (
        " " * (6 - width) + text + "  |"
    )


@given(
    st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5),
    st.lists(st.sampled_from(Align), min_size=3, max_size=3),
)
def test_cells_of_a_column_meet_at_one_edge(rows: list[list[str]], sides: list[Align]) -> None:
    marked = [[f"[{cell}]" for cell in row] for row in rows]
    shown = [[re.sub(r"[^\S ]+", " ", cell) for cell in row] for row in marked]
    assume(all(map(legal, (cell for row in rows for cell in row))))
    lines = text_table(marked, align=sides).split("\n")
    assert len(lines) == len(rows)
    widths = [max(columns_of(row[at]) for row in shown) for at in range(3)]
    for line, row in zip(lines, shown, strict=True):
        at, start = 0, 0
        for cell, width, side in zip(row, widths, sides, strict=True):
            found = line.index(cell, at)
            edge = columns_of(line[:found]) + (0 if side is LEFT else columns_of(cell))
            assert edge == start + (0 if side is LEFT else width)
            at, start = found + len(cell), start + width + 2


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_text_table_has_a_line_for_each_row(rows: list[list[Any]]) -> None:
    lines = text_table(rows).split("\n")
    assert len(lines) == max(1, len(rows))
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\t", "\u2028", "\x85", "\v"])
def test_a_line_break_in_a_cell_breaks_no_line(breaker: str) -> None:
    assert len(text_table([[f"a{breaker}b", 1]]).splitlines()) == 1


# --- charts ----------------------------------------------------------------------------------------------


def bars(svg: str) -> list[tuple[int, int]]:
    """Return the (left, right) pixels of every bar."""
    rects = ET.fromstring(svg).iter(f"{SVG}rect")
    return [(int(rect.attrib["x"]), int(rect.attrib["x"]) + int(rect.attrib["width"])) for rect in rects]


def words(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


values = st.lists(st.one_of(st.integers(-5, 5), st.integers(-(10**30), 10**30)), min_size=1, max_size=6)


def test_bars_by_hand() -> None:
    # Labels of one column: 7 + 8 pixels; values of three: 21 + 8; the plot is 240 - 15 - 29 = 196 pixels wide.
    svg = bar_chart_svg(["a", "b", "c"], [100, 50, 0], width=240)
    assert bars(svg) == [(15, 15 + 196), (15, 15 + 98), (15, 15)]
    assert words(svg) == ["a", "100", "b", "50", "c", "0"]
    assert ET.fromstring(svg).attrib["height"] == "66"


def test_negative_bars_go_left_of_the_zero_line() -> None:
    # Values of two columns: 14 + 8; plot 240 - 15 - 22 = 203 pixels for 4 units, zero at 15 + 203 // 4 = 65.
    svg = bar_chart_svg(["a", "b", "c"], [-1, 3, 0], width=240)
    assert bars(svg) == [(15, 65), (65, 15 + 203), (65, 65)]


@given(values, st.integers(240, 4000))
def test_bars_are_as_long_as_their_values_to_the_pixel(several: list[int], width: int) -> None:
    drawn = bars(bar_chart_svg(range(len(several)), several, width=width))
    left, right = min(x for x, _ in drawn), max(x for _, x in drawn)
    assert 0 <= left <= right <= width
    span = max(0, *several) - min(0, *several)
    for value, (start, end) in zip(several, drawn, strict=True):
        if span:
            assert abs(Fraction(abs(value) * (right - left), span) - (end - start)) < 2
        else:
            assert start == end


@given(values)
def test_every_bar_starts_or_ends_at_one_zero_line(several: list[int]) -> None:
    drawn = bars(bar_chart_svg(range(len(several)), several))
    zeros = {end if value < 0 else start for value, (start, end) in zip(several, drawn, strict=True)}
    assert len(zeros) == 1


@given(st.lists(st.tuples(texts, st.integers(-9, 9)), max_size=5), st.none() | texts)
def test_chart_is_well_formed_and_says_labels_and_values(pairs: list[tuple[str, int]], caption: str | None) -> None:
    assume(all(legal(label) for label, _ in pairs) and (caption is None or legal(caption)))
    svg = bar_chart_svg([label for label, _ in pairs], [value for _, value in pairs], caption=caption)
    said = [word for label, value in pairs for word in (" ".join(label.split()), str(value))]
    assert words(svg) == ([] if caption is None else [" ".join(caption.split())]) + said
    assert {element.tag for element in ET.fromstring(svg).iter()} <= {f"{SVG}svg", f"{SVG}rect", f"{SVG}text"}


def test_chart_escapes_a_script_everywhere() -> None:
    svg = bar_chart_svg([INJECTION], [1], caption=INJECTION)
    assert words(svg) == [INJECTION, INJECTION, "1"]
    assert "<script" not in svg
    assert "<img" not in svg


@pytest.mark.parametrize("value", [1.5, True, "1", None, Decimal(1), Rate(1), Money.of(1, "EUR"), np.int64(1)])
def test_bars_are_ints(value: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        bar_chart_svg(["a"], [value])
    assert caught.value.code == "display.value"


@pytest.mark.parametrize(
    ("value", "fits"), [(10**30, True), (10**30 + 1, False), (-(10**30), True), (-(10**30) - 1, False)]
)
def test_bars_have_thirty_digits_at_most(value: int, fits: bool) -> None:
    assert (refusal(bar_chart_svg, ["a"], [value]) is None) is fits


@pytest.mark.parametrize(("width", "fits"), [(239, False), (240, True), (4000, True), (4001, False)])
def test_chart_width_has_two_ends(width: int, fits: bool) -> None:
    assert (refusal(bar_chart_svg, ["a"], [1], width=width) is None) is fits


# --- shapes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: html_table(["a", "b"], [["x"]]),
        lambda: html_table(["a"], [["x"], ["y", "z"]]),
        lambda: html_table(["a"], [], align=[LEFT, LEFT]),
        lambda: text_table([["a"], ["b", "c"]]),
        lambda: text_table([["a"]], align=[]),
        lambda: bar_chart_svg(["a"], []),
        lambda: bar_chart_svg([], [1]),
    ],
)
def test_shapes_that_do_not_fit_are_refused(call: Callable[[], str]) -> None:
    with pytest.raises(InvalidValue) as caught:
        call()
    assert caught.value.code == "display.shape"


def test_empty_tables_and_charts_are_empty() -> None:
    assert text_table([]) == ""
    assert Reader(html_table(["a"], [])).cells == ["a"]
    assert words(bar_chart_svg([], [])) == []


@pytest.mark.parametrize("align", ["left", [LEFT, "right"], [0, 1], LEFT])
def test_align_is_a_list_of_align(align: Any) -> None:
    with pytest.raises(InvalidType):
        html_table(["a", "b"], [], align=align)
    with pytest.raises(InvalidType):
        text_table([[1, 2]], align=align)


def test_a_cell_that_will_not_be_shown_is_named() -> None:
    assert text_table([[Broken(), 10**5000, [1, "a"]]]) == "<Broken>  <int of 16610 bits>  [1, 'a']"


CALLS: list[Callable[[Any], object]] = [
    lambda value: html_table(value, []),
    lambda value: html_table(["a"], value),
    lambda value: html_table(["a"], [value]),
    lambda value: html_table([value], [[value]], caption=value),
    lambda value: html_table(["a"], [], align=value),
    lambda value: text_table(value),
    lambda value: text_table([value]),
    lambda value: text_table([[value], [1]], align=[value]),
    lambda value: bar_chart_svg(value, [1]),
    lambda value: bar_chart_svg(["a"], value),
    lambda value: bar_chart_svg([value], [value]),
    lambda value: bar_chart_svg([], [], width=value),
    lambda value: bar_chart_svg([value], [1], caption=value),
]


@pytest.mark.parametrize("at", [at for at, value in enumerate(HOSTILE) if not isinstance(value, str | bytes)])
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for call in CALLS:
        error = refusal(call, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(CALLS), anything)
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    error = refusal(call, value)
    assert error is None or error.code.startswith("display.")
