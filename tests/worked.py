"""The tables of docs/worked-examples, read as the reader sees them."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "docs" / "worked-examples"


def table(page: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of the first table under *heading* of *page*, keyed by the heads of the columns."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    at = lines.index(f"## {heading}") + 1
    while not lines[at].startswith("|"):
        assert not lines[at].startswith("#"), f"no table under {heading!r} of {page}"
        at += 1
    rows = []
    while at < len(lines) and lines[at].startswith("|"):
        rows.append([cell.strip() for cell in lines[at].strip().strip("|").split("|")])
        at += 1
    head, rule, *body = rows
    assert body, f"an empty table under {heading!r}"
    assert set("".join(rule)) == {"-", ":"} or set("".join(rule)) == {"-"}, f"a broken table under {heading!r}"
    return [dict(zip(head, row, strict=True)) for row in body]
