"""Concentration: the exact measures against the slow definitions, pair by pair and slice by slice."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets.concentration import Concentration, concentration, pareto_alpha
from tests.strategies import anything, refusal, shares
from tests.worked import table


def fraction(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


@pytest.mark.parametrize("row", table("drivers-and-capacity.md", "Concentration"))
def test_concentration_as_worked(row: dict[str, str]) -> None:
    result = concentration([int(word) for word in row["amounts"].split()])
    assert result.top_share(Rate.percent(row["top"])) == Rate.percent(row["share"])
    assert (result.gini, result.hhi) == (Rate.of(row["Gini"]), Rate.of(row["HHI"]))


amounts = st.lists(st.one_of(st.sampled_from([0, 1, 100]), st.integers(0, 10**12)), min_size=1, max_size=9).filter(any)
small_shares = st.integers(1, 40).flatmap(lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole)))


@given(amounts)
def test_gini_is_the_mean_difference_of_all_pairs(values: list[int]) -> None:
    differences = sum(abs(one - other) for one in values for other in values)
    assert fraction(concentration(values).gini) == Fraction(differences, 2 * len(values) * sum(values))


@given(amounts)
def test_hhi_is_the_sum_of_squared_shares(values: list[int]) -> None:
    squares = sum((Fraction(value, sum(values)) ** 2 for value in values), Fraction(0))
    assert fraction(concentration(values).hhi) == squares
    assert Fraction(1, len(values)) <= squares <= 1


@given(amounts, small_shares)
def test_top_share_is_that_of_the_largest_slices(values: list[int], top: Rate) -> None:
    # everybody cut into as many slices as make the top a whole number of slices
    slices = sorted(
        (Fraction(value, top.denominator) for value in values for _ in range(top.denominator)), reverse=True
    )
    held = sum(slices[: top.numerator * len(values)], Fraction(0))
    share = concentration(values).top_share(top)
    assert fraction(share) == held / sum(values)
    assert top <= share <= Rate(1)


@given(st.data(), amounts, st.integers(1, 10**6))
def test_names_order_and_scale_change_nothing(data: st.DataObject, values: list[int], factor: int) -> None:
    result = concentration(values)
    mixed = data.draw(st.permutations(values))
    assert concentration({str(at): value for at, value in enumerate(mixed)}) == result
    scaled = concentration([Money.from_minor(value * factor, "EUR") for value in mixed])
    assert (scaled.gini, scaled.hhi) == (result.gini, result.hhi)
    assert scaled.top_share(Rate(1, 5)) == result.top_share(Rate(1, 5))


def test_pareto_shape_of_sixty_to_twenty() -> None:
    # 0.2 ** (1 - 1/a) = 0.6: 1 - 1/a = ln 0.6 / ln 0.2 = 0.51083 / 1.60944 = 0.31740, so a = 1 / 0.68260 = 1.4650
    alpha = pareto_alpha(top=Rate.percent("20"), share=Rate.percent("60"))
    assert f"{alpha:.4f}" == "1.4650"
    assert f"{1 / (2 * alpha - 1):.4f}" == "0.5181"
    # the 80/20 rule: ln 5 / ln 4 = 1.60944 / 1.38629
    assert f"{pareto_alpha(top=Rate.percent('20'), share=Rate.percent('80')):.4f}" == "1.1610"


@given(shares, shares)
def test_pareto_shape_gives_the_share_back(top: Rate, share: Rate) -> None:
    error = refusal(pareto_alpha, top=top, share=share)
    if error is not None:
        assert error.code == "targets.concentration.pareto"
        assert not Rate(0) < top < share < Rate(1)
        return
    alpha = pareto_alpha(top=top, share=share)
    assert alpha >= 1
    exact = float(fraction(share))
    assert abs(float(fraction(top)) ** (1 - 1 / alpha) - exact) <= 1e-6 * exact


def test_pareto_shape_near_its_ends_is_a_number() -> None:
    hair = Rate(1, 10**30)
    assert pareto_alpha(top=Rate(1, 3), share=Rate(1, 3) + hair) > 10**28
    assert pareto_alpha(top=Rate(1, 3), share=Rate(1) - hair) == 1
    assert pareto_alpha(top=hair, share=hair * 2) > 90  # ln 10**30 / ln 2 = 99.66


def test_edges_of_concentration_are_refused() -> None:
    cases: list[tuple[Any, str]] = [
        (lambda: concentration([]), "targets.concentration.zero"),
        (lambda: concentration({}), "targets.concentration.zero"),
        (lambda: concentration([0, 0]), "targets.concentration.zero"),
        (lambda: concentration([5, -1]), "targets.concentration.negative"),
        (lambda: concentration([0.5]), "targets.amount"),  # type: ignore[list-item]
        (lambda: concentration([1, Money.of(1, "EUR")]), "targets.amount"),
        (lambda: concentration(7), "targets.concentration.amounts"),  # type: ignore[arg-type]
        (lambda: concentration({1: 7}), "targets.concentration.amounts"),  # type: ignore[dict-item]
        (lambda: concentration([2**63 - 1] * 110_000), "targets.concentration.total"),
        (lambda: Concentration((2, 1)), "targets.concentration.amounts"),
        (lambda: concentration([1]).top_share(Rate(-1, 5)), "targets.concentration.share"),
        (lambda: concentration([1]).top_share(Rate(6, 5)), "targets.concentration.share"),
        (lambda: concentration([1]).top_share(0.2), "targets.concentration.share"),  # type: ignore[arg-type]
        (lambda: pareto_alpha(top=Rate(1, 5), share=Rate(1, 5)), "targets.concentration.pareto"),
        (lambda: pareto_alpha(top=Rate(1, 5), share=Rate(1)), "targets.concentration.pareto"),
        (lambda: pareto_alpha(top=Rate(0), share=Rate(1, 2)), "targets.concentration.pareto"),
    ]
    for call, code in cases:
        error = refusal(call)
        assert getattr(error, "code", None) == code
        assert len(str(error)) < 200
    assert isinstance(refusal(concentration, [Money.of(1, "EUR"), Money.of(1, "JPY")]), CurrencyMismatch)


@given(anything, anything)
def test_concentration_answers_or_refuses(first: Any, second: Any) -> None:
    refusal(concentration, first)
    refusal(concentration, [first, second])
    refusal(Concentration, (first,))
    refusal(concentration([1]).top_share, first)
    refusal(pareto_alpha, top=first, share=second)


def test_concentration_explains_itself() -> None:
    # of 4: 10 % is 0.4 of the first, 50 % the first two
    assert concentration([50, 30, 10, 10]).explain().splitlines() == [
        "top 1 %    2 %",
        "top 5 %   10 %",
        "top 10 %  20 %",
        "top 20 %  40 %",
        "top 50 %  80 %",
        "Gini      0.35",
        "HHI       0.36",
    ]
    assert "of 4" in concentration([50, 30, 10, 10])._repr_html_()
