"""Commission: what a rate table pays, slice by slice, and what sale earns a pay."""

from __future__ import annotations

from .backwards import Breakpoint, NoSale, Threshold, WhyNot, breakpoints, marginal_rate, next_threshold, sales_for
from .rate_table import Application, Key, RateTable, Slice, TableError

__all__ = [
    "Application",
    "Breakpoint",
    "Key",
    "NoSale",
    "RateTable",
    "Slice",
    "TableError",
    "Threshold",
    "WhyNot",
    "breakpoints",
    "marginal_rate",
    "next_threshold",
    "sales_for",
]
