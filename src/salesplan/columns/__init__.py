"""The gate of columns: array-likes in, checked read-only numpy arrays out.

A column is a list, a numpy array, or whatever offers itself as one through the array protocol: columns of pandas,
polars and pyarrow do. Money enters as whole minor units in int64, the range that `Money` has, and is never a float: a
column that was read with holes has become floats, and is refused with the first row that is missing. A measurement, as
an attainment, is a finite float64. An id is a whole number from 0 on, and `encode` makes ids of names. A day is what a
calendar on the wall shows, in one time zone that the caller has chosen: no time of day, no zone, no bare number. What
comes out is a plain array that cannot be written to. It shares the memory of the column where nothing had to be
converted, so whoever keeps it takes a copy.

Left out: masks for what is missing; nothing here fills a hole.
"""

from __future__ import annotations

from ._amounts import minor_units
from ._days import Days, EpochDays, day_number, day_numbers
from ._names import Encoded, encode
from ._numbers import Codes, Reals, Whole, codes, real_numbers, whole_numbers

__all__ = [
    "Codes",
    "Days",
    "Encoded",
    "EpochDays",
    "Reals",
    "Whole",
    "codes",
    "day_number",
    "day_numbers",
    "encode",
    "minor_units",
    "real_numbers",
    "whole_numbers",
]
