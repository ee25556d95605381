"""Runs the Python blocks of the Markdown pages: `pytest README.md docs`. Other blocks are left alone."""

from __future__ import annotations

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()],
    pattern="*.md",
    excludes=["docs/_build/*"],
).pytest()
