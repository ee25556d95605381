"""Sphinx settings. Docstrings are plain text (see CONTRIBUTING.md); plain_docstrings.py makes them reST."""

from __future__ import annotations

import sys
from pathlib import Path

import salesplan

sys.path.insert(0, str(Path(__file__).parent))  # for plain_docstrings

project = "salesplan"
author = "salesplan contributors"
copyright = author
version = release = salesplan.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "plain_docstrings"]
exclude_patterns = ["_build"]
smartquotes = False
html_theme = "furo"
html_title = f"salesplan {release}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
