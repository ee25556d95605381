"""The currency table against the published one."""

from __future__ import annotations

import iso4217
import pytest

from salesplan._iso4217 import ISO_4217, PUBLISHED

PUBLISHED_TABLE = {c.code: (c.exponent, c.currency_name) for c in iso4217.Currency}


@pytest.mark.parametrize(
    ("code", "exponent"),
    [("EUR", 2), ("CNY", 2), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("CLF", 4), ("XAU", None), ("XXX", None)],
)
def test_exponent_is_the_standards(code: str, exponent: int | None) -> None:
    assert ISO_4217[code][0] == exponent


def test_table_is_sorted_and_well_formed() -> None:
    assert list(ISO_4217) == sorted(ISO_4217)
    for code, (exponent, name) in ISO_4217.items():
        assert len(code) == 3
        assert code.isascii()
        assert code.isupper()
        assert exponent in {None, 0, 2, 3, 4}
        assert name == name.strip() != ""


def test_table_equals_the_published_one() -> None:
    if iso4217.__published__.isoformat() == PUBLISHED:
        assert dict(ISO_4217) == PUBLISHED_TABLE
    else:  # the installed package is of another date: currencies come and go, an exponent does not change
        common = ISO_4217.keys() & PUBLISHED_TABLE.keys()
        assert len(common) > 150
        assert {code: ISO_4217[code][0] for code in common} == {code: PUBLISHED_TABLE[code][0] for code in common}


def test_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ISO_4217["ABC"] = (2, "Invented")  # type: ignore[index]
