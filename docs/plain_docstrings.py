"""Show plain-text docstrings as they are meant, whatever reST would have made of them.

A docstring of this project is a summary line, then paragraphs, labelled lines ("Units:", "Law:", "Raises:",
...), lists, indented blocks and doctests. Two labels may share a line when two or more spaces part them.
This makes a field list of the labelled lines, keeps doctests, sets indented blocks verbatim, sets `code`
and *argument* as code, and escapes the rest, so no stray star or underscore is read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LABELS = (
    "Bounds|Cost|Default|Example|Law|Laws|Left out|Note|Order|Raises|Range|Returns|See|Shape|Source|Sources|Ties|Units"
)
LABEL = re.compile(rf"({LABELS}): +(?=\S)")
PARTING = re.compile(r"\s{2,}(?=[A-Z][a-z]+: )")  # only within a labelled line, so any word will do
ITEM = re.compile(r"([-*•]|\d+[.)]) +(?=\S)")
CODE = re.compile(r"``(?P<double>.+?)``|`(?P<single>[^`]+)`|\*(?P<star>\w[\w.]*)\*|(?P<url>https?://[^\s)>\]]*[\w/])")


def rest(lines: list[str]) -> list[str]:
    """Return the reST for a plain docstring, already dedented."""
    out: list[str] = []
    previous = ""
    for kind, block in blocks(lines):
        if not (kind == previous and kind in {"field", "item"}):
            out.append("")
        previous = kind
        match kind:
            case "doctest":
                out += block
            case "verbatim":
                out += ["::", "", *(f"    {line}" for line in block)]
            case "field":
                label = LABEL.match(block[0])
                assert label is not None
                text = " ".join([block[0][label.end() :], *block[1:]])
                out.append(f":{label[1]}: {inline(text)}")
            case "item":
                item = ITEM.match(block[0])
                assert item is not None
                text = " ".join([block[0][item.end() :], *block[1:]])
                out.append(f"- {inline(text)}")
            case _:
                out += guard([inline(line) for line in block])
    return [*out[1:], ""]


def blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (kind, lines): doctest, verbatim, field, item or prose."""
    kind, block = "", list[str]()
    for line in parted(lines):
        indented, text = line[:1] == " ", line.strip()
        if not text:
            starts = ""
        elif kind == "doctest":
            starts = kind
        elif text.startswith(">>>"):
            starts = "doctest"
        elif indented and kind in {"field", "item"}:
            starts = kind
        elif indented:
            starts = "verbatim"
        elif LABEL.match(text):
            starts = "field"
        elif ITEM.match(text):
            starts = "item"
        else:
            starts = kind if kind in {"field", "item"} else "prose"
        fresh = starts in {"field", "item"} and (LABEL.match(line) or ITEM.match(line))
        if block and (starts != kind or fresh):
            yield kind, block
            block = []
        kind = starts
        if text:
            block.append(text if kind in {"field", "item"} else line.rstrip())
    if block:
        yield kind, block


def parted(lines: list[str]) -> Iterator[str]:
    """Yield the lines, those with several labels in parts."""
    for line in lines:
        yield from PARTING.split(line) if LABEL.match(line) else [line]


def inline(text: str) -> str:
    """Escape *text* for reST, except for code, *arguments* and addresses."""
    out, at = "", 0
    for token in CODE.finditer(text):
        code = token["double"] or token["single"] or token["star"]
        shown = f"``{code.strip()}``" if code else token["url"]
        before, after = text[at : token.start()], text[token.end() :]
        glue = "\\ " if before[-1:].isalnum() else ""
        out += escape(before) + glue + shown + ("\\ " if after[:1].isalnum() else "")
        at = token.end()
    return out + escape(text[at:])


def escape(text: str) -> str:
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def guard(lines: list[str]) -> list[str]:
    """Escape what reST reads at the start or end of a line: titles, fields, directives, literal markers."""
    started = [re.sub(r"^([^\w\s\\`])", r"\\\1", line) for line in lines]
    return [re.sub(r"::$", r":\\:", line) for line in started]


def process(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    lines[:] = rest(lines)


def enum_without_call(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str, None] | None:
    """Show an enum by its members: nobody is meant to call it."""
    return ("", None) if isinstance(obj, type) and issubclass(obj, Enum) else None


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", process)
    app.connect("autodoc-process-signature", enum_without_call)
    return {"parallel_read_safe": True}
