"""Price a cart under stacked promotions, prove it, and refund parts of it. Start at `price`.

What only looks at a finished calculation (explanations, hints, receipts, refunds) loads when it is first touched.
"""

from __future__ import annotations

from ..window import Weekday
from .benefits import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    Charge,
    CheapestFree,
    EverySpendSave,
    FixedUnitPrice,
    FreeGift,
    NthUnitOff,
    Per,
    PercentOff,
    Pick,
    QuantityPercent,
    ShippingAmountOff,
    ShippingOff,
    SpendAndPercent,
    SpendAndSave,
    UnitAmountOff,
)
from .cart import NOBODY, UNUSED, Cart, CartLine, Discountable, Shopper, Usage
from .conditions import (
    AllOf,
    AnyOf,
    Basis,
    CodeEntered,
    Condition,
    DuringHours,
    FirstOrder,
    InSegment,
    MemberLevelAtLeast,
    Not,
    NotAlreadyDiscounted,
    OnChannel,
    QuantityAtLeast,
    SpendAtLeast,
)
from .engine import price
from .outcomes import Capped, RefusalCode
from .policy import STANDARD, Exclusives, Overflow, Policy, Rounded, Selection, Weights
from .priced import ENGINE, Certificate, PricedCart
from .promotion import NO_LIMITS, Exclusive, Funder, Limits, Phase, Promotion, PromotionSet
from .scope import EVERYTHING, Discounted, Scope

__all__ = [
    "ENGINE",
    "EVERYTHING",
    "NOBODY",
    "NO_LIMITS",
    "STANDARD",
    "UNUSED",
    "Adjustment",
    "AllOf",
    "AmountOff",
    "AnyOf",
    "Applied",
    "Basis",
    "Benefit",
    "BundlePrice",
    "BuyXGetY",
    "Capped",
    "Cart",
    "CartLine",
    "Certificate",
    "Charge",
    "CheapestFree",
    "CodeEntered",
    "Condition",
    "Discountable",
    "Discounted",
    "DuringHours",
    "EverySpendSave",
    "Exclusive",
    "Exclusives",
    "FirstOrder",
    "FixedUnitPrice",
    "FreeGift",
    "Funder",
    "Gift",
    "GiftReturn",
    "Hint",
    "InSegment",
    "Limits",
    "LostThreshold",
    "MemberLevelAtLeast",
    "Not",
    "NotAlreadyDiscounted",
    "NotChosen",
    "NthUnitOff",
    "OnChannel",
    "Overflow",
    "Per",
    "PercentOff",
    "Phase",
    "Pick",
    "Policy",
    "PricedCart",
    "PricedLine",
    "Promotion",
    "PromotionSet",
    "QuantityAtLeast",
    "QuantityPercent",
    "Receipt",
    "Refund",
    "RefundLine",
    "RefusalCode",
    "Refused",
    "ReplayError",
    "Rounded",
    "Scope",
    "Selection",
    "ShippingAmountOff",
    "ShippingOff",
    "ShippingRefund",
    "Shopper",
    "SpendAndPercent",
    "SpendAndSave",
    "SpendAtLeast",
    "UnitAmountOff",
    "Usage",
    "Weekday",
    "Weights",
    "describe",
    "price",
    "refund",
    "refusal_text",
    "replay",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .explain import describe, refusal_text
    from .hints import Hint
    from .proof import Adjustment, Applied, Gift, NotChosen, PricedLine, Refused
    from .receipts import Receipt, ReplayError, replay
    from .refunds import GiftReturn, LostThreshold, Refund, RefundLine, ShippingRefund, refund
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for an object.
    def __getattr__(name):
        from importlib import import_module

        homes = {
            "explain": {"describe", "refusal_text"},
            "hints": {"Hint"},
            "proof": {"Adjustment", "Applied", "Gift", "NotChosen", "PricedLine", "Refused"},
            "receipts": {"Receipt", "ReplayError", "replay"},
            "refunds": {"GiftReturn", "LostThreshold", "Refund", "RefundLine", "ShippingRefund", "refund"},
        }
        for home, names in homes.items():
            if name in names:
                return getattr(import_module(f".{home}", __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
