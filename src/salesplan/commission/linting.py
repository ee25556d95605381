"""Check a plan before it costs money: what pays nothing, what pays too much, and what does nothing at all.

Everything is decided by exact arithmetic on the tables themselves; nothing is simulated. A cliff comes with what it
rewards: a retroactive table that pays 5 % of all, and 8 % of all from 100,000 on, jumps by 3,000 there. Whoever stands
at 96,842.11 gains by buying the missing 3,157.89 out of their own pocket, and a cent below the threshold by one false
sale of a cent. What building the plan refuses already, such as weights that do not sum to one, is no finding.

Left out: what a gate on a KPI withholds, multipliers that depend on a KPI (but for accelerators that never add
anything), and caps and floors against tiers that accumulate over quarters or years: pay is capped period by period, so
a later period may pay what an earlier one could not. A quota of a payee may differ from that of the component.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from ..errors import InvalidType, InvalidValue, clip, listed
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ._keys import Key, number
from ._lint_case import Case, Limits, case_of_table, cases_of, known_quota, number_of_best
from ._lint_limits import caps, floors, most, void_multipliers, void_rates
from ._lint_tiers import cliffs, dead_tiers, falls, unreachable
from .component import Component
from .coverage import coverage
from .credits import Credit
from .draws import DrawKind
from .findings import Finding, FindingCode, LintReport, in_order
from .measures import Credited
from .plan import CompPlan
from .printed import Gaps, PrintedTable, SharedBound
from .rate_table import RateTable, TableError

__all__ = ["lint"]


def lint(
    subject: RateTable | PrintedTable | Component | CompPlan,
    *,
    credits: Iterable[Credit] = (),
    best: Money | Rate | int | None = None,
) -> LintReport:
    """What is wrong with *subject*; a clean one has no findings.

    *credits* are looked through for deals credited above 100 %. *best* is the most anybody sold, in the unit of the
    tiers or, where these are by attainment, as one: what begins above it is out of reach.
    Law: a MARGINAL table of rates has neither cliffs nor falling pay; where none falls, `pay` never does.
    Raises: InvalidType where *best* is in a unit that no tier has; what `coverage` raises.
    >>> from salesplan.commission import Application
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "5%"), ("100000", "8%")], currency="CNY", application=Application.WHOLE,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> cliff, = lint(table).findings
    >>> [str(cliff.numbers[name]) for name in ("jump", "gains_from", "rest")]
    ['CNY 3000.00', 'CNY 96842.11', 'CNY 3157.89']
    """
    if best is not None and type(best) not in {Money, Rate, int}:
        raise InvalidType(f"best is Money, a Rate or units: {clip(best)}", code="commission.best", value=best)
    found: list[Finding] = []
    match subject:
        case RateTable():
            name, cases = "rate table", [case_of_table(subject)]
        case PrintedTable():
            name, cases = "printed table", _continued(subject)
            found += _printed(subject)
        case Component():
            name, cases = subject.id, [*cases_of(subject, _limits(subject, None))]
            found += _component(subject)
        case CompPlan():
            name = subject.id
            cases = [case for each in subject.components for case in cases_of(each, _limits(each, subject))]
            found += [one for each in subject.components for one in _component(each)]
        case _:
            raise InvalidType(
                f"a table, a component or a plan is checked: {clip(subject)}", code="commission.lint", value=subject
            )
    for case, most_sold in zip(cases, _in_units(best, cases), strict=True):
        found += _tiers(case, most_sold)
    places = {case.component: at for at, case in enumerate(cases)}
    found = sorted(in_order(found), key=lambda each: (places.get(each.component, -1), str(each.first or "")))
    if isinstance(subject, CompPlan):
        found += _whole_plan(subject, cases)
    given = listed(credits, code="commission.credits", name="credits")
    for deal, share in coverage(given).above:
        found.append(Finding(FindingCode.CREDIT_ABOVE_WHOLE, {"share": share}, name=deal))
    return LintReport(name, tuple(found))


def _printed(table: PrintedTable) -> Iterator[Finding]:
    for hole in table.holes:
        if hole.before is None or hole.missing is None:
            yield Finding(FindingCode.ENDS, {"after": hole.after}, tier=hole.row)
            continue
        numbers = {"after": hole.after, "before": hole.before, "missing": hole.missing}
        yield Finding(FindingCode.GAP, numbers, tier=hole.row)
    for each in table.overlaps:
        known = {"lower": each.lower, "upper": each.upper, "twice": each.twice}
        numbers = {name: number for name, number in known.items() if number is not None}
        yield Finding(FindingCode.OVERLAP, numbers, tier=each.row)


def _continued(table: PrintedTable) -> list[Case]:
    """The table without its holes; none where rows overlap, since no tier is what it says then."""
    try:
        return [case_of_table(table.to_table(gaps=Gaps.CLOSE_UP, shared=SharedBound.HIGHER))]
    except TableError:
        return []


def _component(component: Component) -> Iterator[Finding]:
    if isinstance(component.measure, Credited) and component.table.kind is Rate and known_quota(component) is None:
        yield Finding(FindingCode.QUOTA_MISSING, component=component.id)
    floor, cap = component.floor, component.cap
    if floor is not None and cap is not None and floor.minor == cap.minor:
        yield Finding(
            FindingCode.GUARANTEE_ABOVE_CAP, {"guarantee": floor, "cap": cap}, component=component.id, name="floor"
        )


def _limits(component: Component, plan: CompPlan | None) -> Limits:
    """What holds for a component in a plan. A cap of the plan holds for it even if nothing else is sold.

    A guarantee of the plan is one of the component only where nothing else is in the plan.
    """
    cap, name = component.cap, None
    floor = 0 if component.floor is None else component.floor.minor
    on_target = None
    if plan is not None:
        if plan.cap is not None and (cap is None or plan.cap < cap):
            cap, name = plan.cap, "the plan's cap"
        if _is_all(component, plan):
            guarantees = [] if plan.floor is None else [plan.floor.minor]
            if plan.draw is not None and plan.draw.recovery is DrawKind.NON_RECOVERABLE:
                guarantees.append(plan.draw.amount.minor)
            floor = max(floor, *guarantees, 0)
        if plan.on_target_pay is not None and component.weight is not None:
            on_target = plan.on_target_pay.minor * component.weight.to_fraction()
    return Limits(cap=None if cap is None else cap.minor, cap_name=name, floor=floor or None, on_target=on_target)


def _is_all(component: Component, plan: CompPlan) -> bool:
    return plan.components == (component,) and not plan.spiffs and not plan.overrides


def _in_units(best: Key | None, cases: list[Case]) -> list[Fraction | None]:
    """*best* in the unit of every table, None where that is another."""
    if best is None:
        return [None] * len(cases)
    if number(best) < 0:
        raise InvalidValue(f"the best is 0 or more: {clip(best)}", code="commission.best", value=best)
    for case in cases:
        if isinstance(best, Money):
            Money.zero(case.table.currency).same(best)
    found = [number_of_best(case, best) for case in cases]
    if cases and not any(each is not None for each in found):
        raise InvalidType(
            f"no tiers are reached by {type(best).__name__}: {clip(best)}", code="commission.best", value=best
        )
    return found


def _tiers(case: Case, best: Fraction | None) -> list[Finding]:
    """What is wrong with one table, each tier named for one reason why it does nothing."""
    found = [*unreachable(case, best)]
    gone = {each.tier for each in found}
    void: dict[FindingCode, set[int]] = {}
    for check in (caps, floors, dead_tiers):
        more = [each for each in check(case) if each.tier not in gone]
        gone |= {each.tier for each in more}
        found += more
    for each in found:
        if each.tier is not None:
            void.setdefault(each.code, set()).add(each.tier)
    return [*found, *falls(case), *cliffs(case), *void_rates(case, void), *void_multipliers(case)]


def _whole_plan(plan: CompPlan, cases: list[Case]) -> Iterator[Finding]:
    """What holds for all components together."""
    if plan.cap is not None and plan.on_target_pay is not None and plan.cap < plan.on_target_pay:
        yield Finding(FindingCode.CAP_BELOW_TARGET, {"cap": plan.cap, "on_target": plan.on_target_pay})
    cap = plan.cap if plan.cap is not None else _most(plan, cases)
    if cap is None:
        return
    guarantees = [("floor", plan.floor), ("draw", None if plan.draw is None else plan.draw.amount)]
    if plan.cap is not None:
        guarantees += [(f"floor of {each.id}", each.floor) for each in plan.components]
        floors = [each.floor for each in plan.components if each.floor is not None]
        if len(floors) > 1 and max(floor.minor for floor in floors) < cap.minor:
            guarantees.append(("the components' floors", Money.sum(floors, currency=plan.currency)))
    for name, amount in guarantees:
        if amount is not None and amount.minor > 0 and amount >= cap:
            yield Finding(FindingCode.GUARANTEE_ABOVE_CAP, {"guarantee": amount, "cap": cap}, name=name)


def _most(plan: CompPlan, cases: list[Case]) -> Money | None:
    """The most that the plan can pay a period; None where there is no most."""
    if plan.spiffs or plan.overrides or not plan.components:
        return None
    total = 0
    for component in plan.components:
        tops = [most(case) for case in cases if case.component == component.id]
        if component.cap is not None:
            total += component.cap.minor
        elif None in tops:
            return None
        else:
            exact = max(top for top in tops if top is not None)
            total += component.table.rounding.divide(exact.numerator, exact.denominator)
    return Money(total, plan.currency) if total <= MAX_MINOR else None
