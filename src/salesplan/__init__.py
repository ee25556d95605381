"""Typed domain objects and pure functions for the people who plan and run sales.

Importing this package loads nothing else. Its rooms and ground-floor modules load when they are first touched
(`salesplan.pricing`, `salesplan.rate`), and so do the few words every room speaks (`salesplan.Money`).
A function that shares its module's name stays in the module: `from salesplan.apportion import apportion`.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Currency",
    "Money",
    "PayRate",
    "Rate",
    "Rounding",
    "__version__",
    "apportion",
    "calendar",
    "columns",
    "commission",
    "display",
    "errors",
    "ladder",
    "money",
    "pricing",
    "rate",
    "rulebook",
    "segmentation",
    "targets",
    "window",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import (
        apportion,
        calendar,
        columns,
        commission,
        display,
        errors,
        ladder,
        money,
        pricing,
        rate,
        rulebook,
        segmentation,
        targets,
        window,
    )
    from .money import Currency, Money, Rounding
    from .rate import PayRate, Rate
else:
    # Hidden from type checkers, which would otherwise take every misspelt name for an object.
    def __getattr__(name):
        from importlib import import_module

        home = {"Currency": "money", "Money": "money", "Rounding": "money", "PayRate": "rate", "Rate": "rate"}
        if name in home:
            return getattr(import_module(f".{home[name]}", __name__), name)
        if name in __all__:
            return import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
