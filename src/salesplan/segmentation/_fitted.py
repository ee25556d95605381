"""What a fit by maximum likelihood leaves behind, whatever the model."""

from __future__ import annotations

from math import isnan
from typing import Generic, Protocol, TypeVar, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, SalesplanError, clip, listed, require_instance, require_int
from ._fit import FitStatus, Runaway

__all__ = ["Fitted", "NoModel", "check_parameters"]

_ALIGN = (Align.LEFT, Align.RIGHT, Align.RIGHT)


class NoModel(SalesplanError, ValueError):
    """A model was asked of a fit that has none."""


class Parametric(Protocol):
    """A model that names its parameters."""

    @property
    def parameters(self) -> dict[str, float]:
        """By name."""
        ...


M = TypeVar("M", bound=Parametric)


def check_parameters(model: object, names: tuple[str, ...], *, code: str, far: float) -> None:
    """Make floats of the parameters of a new model.

    Raises: InvalidType for anything but numbers; InvalidValue outside 1/far .. far.
    """
    for name in names:
        value = getattr(model, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidType(f"{name} must be a number: {clip(value)}", code=code, value=value)
        if not 1 / far <= value <= far:
            raise InvalidValue(f"{name} must lie in {1 / far}..{far}: {clip(value)}", code=code, value=value)
        object.__setattr__(model, name, float(value))


@attrs.frozen(kw_only=True)
class Fitted(Generic[M]):
    """How a fit ended. There is a *model* exactly when it CONVERGED.

    *runaways* are the parameters that will not stay, and *edge* where the search left them: not an estimate. The
    *gradient_norm* is the largest derivative of the log-likelihood by the logarithm of a parameter; the
    *standard_errors*, in the order of the parameters, come from its curvature.
    """

    status: FitStatus
    model: M | None = None
    edge: M | None = None
    runaways: tuple[Runaway, ...] = ()
    log_likelihood: float | None = None
    gradient_norm: float | None = None
    iterations: int = 0
    standard_errors: tuple[float, ...] = ()
    customers: int
    notes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        require_instance(self.status, FitStatus, code="segmentation.fit", name="status")
        require_int(self.customers, code="segmentation.fit", name="customers", low=0)
        if (self.model is None) == (self.status is FitStatus.CONVERGED):
            raise InvalidValue(
                "a fit has a model when it converged, and only then", code="segmentation.fit", value=self.status
            )
        require_int(self.iterations, code="segmentation.fit", name="iterations", low=0)
        for name in ("runaways", "standard_errors", "notes"):
            object.__setattr__(self, name, listed(getattr(self, name), code="segmentation.fit", name=name))
        for note in self.notes:
            require_instance(note, str, code="segmentation.fit", name="a note")
        for number in (self.log_likelihood, self.gradient_norm, *self.standard_errors):
            if number is not None and not isinstance(number, float):
                raise InvalidType(f"a fit is told in floats: {clip(number)}", code="segmentation.fit", value=number)
            if number is not None and isnan(number):
                raise InvalidValue("a fit is told in numbers, not nan", code="segmentation.fit", value=number)
        for each in (self.model, self.edge):
            if each is not None and not isinstance(each, self._kind()):
                raise InvalidType(f"that is no such model: {clip(each)}", code="segmentation.fit", value=each)
        parameters = {} if self.model is None else self.model.parameters
        if self.model is not None and len(self.standard_errors) != len(parameters):
            raise InvalidValue(
                f"a fit has a standard error for each parameter: {clip(self.standard_errors)}",
                code="segmentation.fit",
                value=self.standard_errors,
            )

    def _kind(self) -> type[object]:
        """The model that this is the fit of."""
        raise NotImplementedError

    def require_model(self) -> M:
        """The model, where there is one.

        Raises: NoModel, saying why there is none.
        """
        if self.model is None:
            raise NoModel(f"there is no model: {clip(self._end())}", code="segmentation.no_model", value=self.status)
        return self.model

    def to_columns(self) -> dict[str, NDArray[np.str_] | Reals]:
        """The names, estimates and standard errors of the parameters as columns; no rows without a model."""
        parameters = {} if self.model is None else self.model.parameters
        return {
            "parameter": np.array([*parameters], dtype=np.str_),
            "estimate": np.array([*parameters.values()], dtype=np.float64),
            "standard_error": np.array(self.standard_errors if parameters else (), dtype=np.float64),
        }

    def explain(self) -> str:
        """How it ended, the parameters with their standard errors, and what to know about them."""
        rows = self._rows()
        return "\n".join([*([text_table(rows, align=_ALIGN)] if len(rows) > 1 else []), self._summary(), *self.notes])

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_ALIGN, caption="; ".join([self._summary(), *self.notes]))

    def _rows(self) -> list[tuple[str, str, str]]:
        parameters = {} if self.model is None else self.model.parameters
        return [
            ("parameter", "estimate", "standard error"),
            *(
                (name, f"{value:.6g}", f"{error:.3g}")
                for (name, value), error in zip(parameters.items(), self.standard_errors, strict=bool(parameters))
            ),
        ]

    def _summary(self) -> str:
        reached = "" if self.log_likelihood is None else f"; log-likelihood {self.log_likelihood:.4f}"
        return f"{self._end()}: {self.customers:,} customers, {self.iterations} steps{reached}"

    def _end(self) -> str:
        match self.status:
            case FitStatus.CONVERGED:
                return "converged"
            case FitStatus.DEGENERATE:
                return f"degenerate, {', '.join(map(str, self.runaways))}"
            case FitStatus.TOO_FEW:
                return "too few customers"
            case _:
                assert_never(self.status)
