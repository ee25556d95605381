"""Receipts: the same calculation again, or which part of it is not as it was."""

from __future__ import annotations

import pickle
from datetime import timedelta, timezone

import attrs
import pytest

from salesplan.errors import InvalidType
from salesplan.money import Money, Rounding
from salesplan.pricing import (
    ENGINE,
    AmountOff,
    Policy,
    Promotion,
    PromotionSet,
    Receipt,
    ReplayError,
    Selection,
    Shopper,
    Usage,
    price,
    replay,
)
from salesplan.rulebook import from_data, to_data
from tests.pricing.notation import cart_of
from tests.pricing.outcome import NOW

CART = cart_of("CNY: A 2 x 10.00, B 5.00")
OFFER = Promotion("x", AmountOff(Money.of("3", "CNY")))
OTHER = Promotion("y", AmountOff(Money.of("4", "CNY")), code="never")
PRICED = price(CART, [OFFER, OTHER], at=NOW)
RECEIPT = PRICED.receipt()


def test_a_receipt_names_everything_and_replays() -> None:
    assert (RECEIPT.engine, RECEIPT.total) == (ENGINE, Money.of("22", "CNY"))
    assert RECEIPT.rules == PromotionSet([OTHER, OFFER]).fingerprint
    again = replay(RECEIPT, CART, [OTHER, OFFER], at=NOW)
    assert again == PRICED
    assert again.explain() == PRICED.explain()
    assert replay(RECEIPT, CART, PromotionSet([OFFER, OTHER]), at=NOW) == PRICED
    assert from_data(to_data(RECEIPT), Receipt) == RECEIPT
    assert pickle.loads(pickle.dumps(RECEIPT)) == RECEIPT


def test_the_same_instant_on_another_clock_is_the_same() -> None:
    assert replay(RECEIPT, CART, [OFFER, OTHER], at=NOW.astimezone(timezone(timedelta(hours=8)))).total == RECEIPT.total


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"receipt": attrs.evolve(RECEIPT, engine="salesplan.pricing/0")}, "replay.engine"),
        ({"receipt": attrs.evolve(RECEIPT, rules="sha256:0")}, "replay.rules"),
        ({"receipt": attrs.evolve(RECEIPT, inputs="sha256:0")}, "replay.inputs"),
        ({"receipt": attrs.evolve(RECEIPT, total=Money.of("21.99", "CNY"))}, "replay.total"),
        ({"promotions": [OFFER]}, "replay.rules"),
        ({"promotions": [OFFER, attrs.evolve(OTHER, priority=1)]}, "replay.rules"),
        ({"cart": cart_of("CNY: A 2 x 10.00, B 5.01")}, "replay.inputs"),
        ({"at": NOW + timedelta(microseconds=1)}, "replay.inputs"),
        ({"shopper": Shopper(orders=0)}, "replay.inputs"),
        ({"usage": Usage(uses={"x": 1})}, "replay.inputs"),
        ({"policy": Policy(rounding=Rounding.DOWN)}, "replay.inputs"),
        ({"policy": Policy(selection=Selection.BEST_STACK)}, "replay.inputs"),
    ],
)
def test_a_replay_of_anything_else_is_refused(changed: dict[str, object], code: str) -> None:
    given: dict[str, object] = {"receipt": RECEIPT, "cart": CART, "promotions": [OFFER, OTHER], "at": NOW, **changed}
    receipt, cart, promotions = given.pop("receipt"), given.pop("cart"), given.pop("promotions")
    with pytest.raises(ReplayError) as refused:
        replay(receipt, cart, promotions, **given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_only_a_receipt_is_replayed() -> None:
    with pytest.raises(InvalidType) as refused:
        replay("receipt", CART, [OFFER], at=NOW)  # type: ignore[arg-type]
    assert refused.value.code == "replay.type"


def test_a_priced_cart_survives_pickling_with_its_proof() -> None:
    again = pickle.loads(pickle.dumps(PRICED))
    assert again == PRICED
    assert (again.total, again.applied, again.refused) == (PRICED.total, PRICED.applied, PRICED.refused)
    assert again.receipt() == RECEIPT
