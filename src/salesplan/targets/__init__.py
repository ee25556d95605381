"""Targets: state an objective, split it over people and calendar to the unit, follow it and re-spread it.

Start at `decompose`; a plan answers `plan["north"].total` and `plan["north", "2026-Q1"]`.
"""

from __future__ import annotations

from ._amounts import Amount
from .actuals import Base, Growth, growth, roll_up, tally
from .balance import Balance, Territories, balance_territories
from .benchmarking import denton
from .capacity import CapacityPeriod, HeadcountPlan, Hire, plan_headcount
from .concentration import Concentration, concentration, pareto_alpha
from .constraints import Infeasible, Limit, Pin
from .decompose import decompose
from .differentiated import DifferentiatedPlan, Lever, SellerFunnel, SellerGoal, UnreachableGoal, differentiate
from .drivers import Driver, DriverGrowth, DriverTree, Form, SharedGrowth
from .hierarchy import Hierarchy, HierarchyError
from .leads import LeadAssignment, LeadState, assign_leads
from .node_plan import NodePlan
from .nodes import Node, Ramp
from .objective import Absolute, ChangeBy, Direction, Level, Objective, Target
from .pace import Pace, pace
from .plan import TargetPlan
from .plan_diff import Move, PlanDiff
from .respread import Capped, Respread, RespreadPolicy, Surplus, respread
from .revise import Revision, revise
from .smart import DEFAULT_LIMITS, SmartReport, smart_check
from .smart_attain import History, LeadCapacity
from .smart_findings import Finding, FindingCode, Letter, Number, Severity, SmartLimits, Verdict
from .weights import Proportions, Seasonality, Weight, blend, period_weights, seasonal_shares

__all__ = [
    "DEFAULT_LIMITS",
    "Absolute",
    "Amount",
    "Balance",
    "Base",
    "CapacityPeriod",
    "Capped",
    "ChangeBy",
    "Concentration",
    "DifferentiatedPlan",
    "Direction",
    "Driver",
    "DriverGrowth",
    "DriverTree",
    "Finding",
    "FindingCode",
    "Form",
    "Growth",
    "HeadcountPlan",
    "Hierarchy",
    "HierarchyError",
    "Hire",
    "History",
    "Infeasible",
    "LeadAssignment",
    "LeadCapacity",
    "LeadState",
    "Letter",
    "Level",
    "Lever",
    "Limit",
    "Move",
    "Node",
    "NodePlan",
    "Number",
    "Objective",
    "Pace",
    "Pin",
    "PlanDiff",
    "Proportions",
    "Ramp",
    "Respread",
    "RespreadPolicy",
    "Revision",
    "Seasonality",
    "SellerFunnel",
    "SellerGoal",
    "Severity",
    "SharedGrowth",
    "SmartLimits",
    "SmartReport",
    "Surplus",
    "Target",
    "TargetPlan",
    "Territories",
    "UnreachableGoal",
    "Verdict",
    "Weight",
    "assign_leads",
    "balance_territories",
    "blend",
    "concentration",
    "decompose",
    "denton",
    "differentiate",
    "growth",
    "pace",
    "pareto_alpha",
    "period_weights",
    "plan_headcount",
    "respread",
    "revise",
    "roll_up",
    "seasonal_shares",
    "smart_check",
    "tally",
]
