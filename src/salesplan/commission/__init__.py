"""Commission: what a plan pays, line by line, and what sale earns a pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._keys import Key, TierValue
from .additions import Addition, Conversion
from .awards import Award, CashAward, NonCashAward, PotShare
from .backwards import Breakpoint, NoSale, Threshold, WhyNot, breakpoints, marginal_rate, next_threshold, sales_for
from .component import Component, DatedTable
from .contest import Contest, ContestError, Prize, Ranking, Ties, Unmet
from .coverage import Coverage, coverage
from .credits import Credit, CreditError, CreditRole, split_credit
from .draw_periods import DrawLedger, draw_ledger
from .draws import Draw, DrawEntry, DrawKind, draw_once
from .entry import Better, Entry, Score
from .exact import ExactNumber
from .findings import Finding, FindingCode, LintReport, Severity
from .gates import ComponentError, DeadZone, FirstUnit, Gate, KpiGate, KpiRange, Multiplier, Multiplies
from .judging import TieError, judge
from .ledger import Balance, DealRecord, Earned, GateState, Ledger
from .line import Exact, LineKind, StatementLine
from .linting import lint
from .measures import Accumulation, Composite, Credited, Measure, Part, PayBase, RoundingPoint
from .override_rules import ChainBase, Differential, LevelChain, OverrideError, OverrideRule, TeamBasis, TeamOverride
from .overrides import OverrideLine, Overrides, settle_overrides
from .payee import Payee, Presence, Proration, Quota, presence_of
from .plan import BelowZero, Clawback, CompPlan, PlanError, Spiff, SpiffPer, on_target_rate
from .plan_diff import ComponentChange, PayeeChange, PlanDiff, diff_plans
from .pool import PoolError, PoolPart, PoolResult, PoolRule, TeamPool, distribute, pool_of, share_pool
from .printed import Doubled, Gaps, Hole, PrintedRow, PrintedTable, SharedBound
from .rate_table import Application, RateTable, Slice, TableError
from .releases import Release, release
from .scope import Scope
from .settlement import Settlement, settle_all
from .settling import settle
from .spans import DayCount, PayPeriod, ResetDay, Span
from .standings import Standing, Standings, Vacancy
from .statement import ComponentSummary, NextTier, Statement
from .uplines import UplineError, Uplines

__all__ = [
    "Accumulation",
    "Addition",
    "Application",
    "AttainmentModel",
    "AttainmentShape",
    "Award",
    "Balance",
    "BelowZero",
    "Better",
    "Breakpoint",
    "CashAward",
    "ChainBase",
    "Clawback",
    "CompPlan",
    "Component",
    "ComponentChange",
    "ComponentError",
    "ComponentSummary",
    "Composite",
    "Contest",
    "ContestError",
    "Conversion",
    "Coverage",
    "Credit",
    "CreditError",
    "CreditRole",
    "Credited",
    "DatedTable",
    "DayCount",
    "DeadZone",
    "DealRecord",
    "Differential",
    "Doubled",
    "Draw",
    "DrawEntry",
    "DrawKind",
    "DrawLedger",
    "Earned",
    "Entry",
    "Exact",
    "ExactNumber",
    "Finding",
    "FindingCode",
    "FirstUnit",
    "Gaps",
    "Gate",
    "GateState",
    "Hole",
    "Key",
    "KpiGate",
    "KpiRange",
    "Ledger",
    "LevelChain",
    "LineKind",
    "LintReport",
    "Measure",
    "Multiplier",
    "Multiplies",
    "NextTier",
    "NoSale",
    "NonCashAward",
    "OverrideError",
    "OverrideLine",
    "OverrideRule",
    "Overrides",
    "Part",
    "PayBase",
    "PayPeriod",
    "Payee",
    "PayeeChange",
    "PlanCost",
    "PlanDiff",
    "PlanError",
    "PoolError",
    "PoolPart",
    "PoolResult",
    "PoolRule",
    "PotShare",
    "Presence",
    "PrintedRow",
    "PrintedTable",
    "Prize",
    "Proration",
    "Quota",
    "Ranking",
    "RateTable",
    "Release",
    "ResetDay",
    "RoundingPoint",
    "Scope",
    "Score",
    "Sensitivity",
    "Settlement",
    "Severity",
    "SharedBound",
    "Slice",
    "Span",
    "Spiff",
    "SpiffPer",
    "Standing",
    "Standings",
    "Statement",
    "StatementLine",
    "TableError",
    "TeamBasis",
    "TeamOverride",
    "TeamPool",
    "Threshold",
    "TieError",
    "TierValue",
    "Ties",
    "Unmet",
    "UplineError",
    "Uplines",
    "Vacancy",
    "WhyNot",
    "breakpoints",
    "coverage",
    "diff_plans",
    "distribute",
    "draw_ledger",
    "draw_once",
    "judge",
    "lint",
    "marginal_rate",
    "next_threshold",
    "on_target_rate",
    "pay_columns",
    "pool_of",
    "presence_of",
    "release",
    "sales_for",
    "settle",
    "settle_all",
    "settle_overrides",
    "share_pool",
    "simulate",
    "split_credit",
]

if TYPE_CHECKING:
    from .simulation import AttainmentModel, AttainmentShape, PlanCost, Sensitivity, pay_columns, simulate
else:
    # What needs numpy loads when it is first touched.
    def __getattr__(name):
        from importlib import import_module

        home = {
            "AttainmentModel": "simulation",
            "AttainmentShape": "simulation",
            "PlanCost": "simulation",
            "Sensitivity": "simulation",
            "pay_columns": "simulation",
            "simulate": "simulation",
        }
        if name in home:
            return getattr(import_module(f".{home[name]}", __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *__all__})
