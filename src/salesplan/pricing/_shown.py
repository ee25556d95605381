"""One `__repr__` for all rule types: generating thirty of them took a tenth of the import."""

from __future__ import annotations

from typing import Any

import attrs


class Shown:
    """Shows the fields as attrs would: `FixedUnitPrice(price=..., limit=None)`."""

    __slots__ = ()

    def __repr__(self) -> str:
        kind: Any = type(self)
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(kind) if field.repr]
        return f"{kind.__name__}({', '.join(shown)})"
