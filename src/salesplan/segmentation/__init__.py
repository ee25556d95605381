"""Segmentation: who buys, how often and for how much; in groups, in moves between them, and in numbers."""

from __future__ import annotations

from .assignment import Assignment
from .association import Association, associate
from .attributes import AnyOf, Attribute, ChoiceAttribute, IsUnknown, NumberAttribute, Presence, Value, Where
from .axes import Axis, Between, Choice, ChoiceAxis, NumberAxis, Unknown
from .baskets import PairCounts, count_pairs
from .bgnbd import BgNbd, BgNbdFit, FitStatus, Limit, NoModel, Runaway
from .churn import ChurnReason, ChurnRule, ChurnWarning, ChurnWarnings, churn_warnings
from .cohorts import CohortCell, CohortMean, CohortMeasure, CohortState, CohortTable, DaySpans, Grain, Observation
from .concentration import CustomerConcentration, NegativeTotals, TopCustomers, customer_concentration
from .cuts import Cuts
from .daily import DailyTotals
from .drift import Drift, drift
from .gamma_gamma import GammaGamma, GammaGammaFit
from .levels import (
    Amount,
    CalendarYear,
    Fall,
    KeepAlways,
    KeepDays,
    KeepTerm,
    KeepUntil,
    Level,
    Lifetime,
    MembershipPolicy,
    RollingDays,
)
from .lifecycle import LifecyclePolicy, Stage
from .lifetime import HoldoutCheck, historic_value, holdout_check, lifetime_value, simple_value
from .lifetime_values import LifetimeValues
from .membership import LevelChange, Membership, Reason, membership
from .migration import Migration, migrate, movers
from .nested_cuts import NestedCuts
from .next_purchase import NextPurchase
from .offers import Bundle, OfferOrder, bundle_candidates, cross_sell
from .personas import PersonaAssignment, PersonaMap, PersonaRule
from .point_events import Earning, Lapsed, PointsEvent, PointsPolicy, Refund, Shortfall, Spending, SpendReversal
from .points import PointsLedger
from .points_state import Lot, PointsState, PointsUse
from .presets import EIGHT_SEGMENTS, AbsoluteCuts, Cut, EightCells, high_value_and_dormant
from .purchase_days import PurchaseDays, purchase_days
from .repurchase import Repeat, RepurchaseBase, RepurchaseRate, RepurchaseState, RepurchaseTable, WithinDays
from .score_maps import HalfPoints, eleven_names, four_tiers, shopify_groups
from .scores import RfmScore, RfmScores
from .scoring_rules import CutMethod, Frequency, Nesting
from .segment_map import Overlap, SegmentMap, SegmentMapError
from .segments import Action, ActionKind, End, Range, RfmValues, Rule, ScoreRule, Segment
from .sequences import SequenceCounts, count_sequences, next_purchases
from .share_tiers import ShareOf, ShareTiers, abc_tiers, heavy_medium_light
from .stages import Lifecycle, StageStanding, lifecycle
from .standing import AxisStanding, CustomerStanding
from .summarize import summarize
from .summary import CustomerSummary, Detail, Refunds, SummaryError, ZeroOrders
from .tags import TagAssignment, TagRule, Tags
from .thresholds import RfmThresholds
from .wake_up import WakeUpCandidate, WakeUpList, wake_up_candidates

__all__ = [
    "EIGHT_SEGMENTS",
    "AbsoluteCuts",
    "Action",
    "ActionKind",
    "Amount",
    "AnyOf",
    "Assignment",
    "Association",
    "Attribute",
    "Axis",
    "AxisStanding",
    "Between",
    "BgNbd",
    "BgNbdFit",
    "Bundle",
    "CalendarYear",
    "Choice",
    "ChoiceAttribute",
    "ChoiceAxis",
    "ChurnReason",
    "ChurnRule",
    "ChurnWarning",
    "ChurnWarnings",
    "CohortCell",
    "CohortMean",
    "CohortMeasure",
    "CohortState",
    "CohortTable",
    "CustomerConcentration",
    "CustomerStanding",
    "CustomerSummary",
    "Cut",
    "CutMethod",
    "Cuts",
    "DailyTotals",
    "DaySpans",
    "Detail",
    "Drift",
    "Earning",
    "EightCells",
    "End",
    "Fall",
    "FitStatus",
    "Frequency",
    "GammaGamma",
    "GammaGammaFit",
    "Grain",
    "HalfPoints",
    "HoldoutCheck",
    "IsUnknown",
    "KeepAlways",
    "KeepDays",
    "KeepTerm",
    "KeepUntil",
    "Lapsed",
    "Level",
    "LevelChange",
    "Lifecycle",
    "LifecyclePolicy",
    "Lifetime",
    "LifetimeValues",
    "Limit",
    "Lot",
    "Membership",
    "MembershipPolicy",
    "Migration",
    "NegativeTotals",
    "NestedCuts",
    "Nesting",
    "NextPurchase",
    "NoModel",
    "NumberAttribute",
    "NumberAxis",
    "Observation",
    "OfferOrder",
    "Overlap",
    "PairCounts",
    "PersonaAssignment",
    "PersonaMap",
    "PersonaRule",
    "PointsEvent",
    "PointsLedger",
    "PointsPolicy",
    "PointsState",
    "PointsUse",
    "Presence",
    "PurchaseDays",
    "Range",
    "Reason",
    "Refund",
    "Refunds",
    "Repeat",
    "RepurchaseBase",
    "RepurchaseRate",
    "RepurchaseState",
    "RepurchaseTable",
    "RfmScore",
    "RfmScores",
    "RfmThresholds",
    "RfmValues",
    "RollingDays",
    "Rule",
    "Runaway",
    "ScoreRule",
    "Segment",
    "SegmentMap",
    "SegmentMapError",
    "SequenceCounts",
    "ShareOf",
    "ShareTiers",
    "Shortfall",
    "SpendReversal",
    "Spending",
    "Stage",
    "StageStanding",
    "SummaryError",
    "TagAssignment",
    "TagRule",
    "Tags",
    "TopCustomers",
    "Unknown",
    "Value",
    "WakeUpCandidate",
    "WakeUpList",
    "Where",
    "WithinDays",
    "ZeroOrders",
    "abc_tiers",
    "associate",
    "bundle_candidates",
    "churn_warnings",
    "count_pairs",
    "count_sequences",
    "cross_sell",
    "customer_concentration",
    "drift",
    "eleven_names",
    "four_tiers",
    "heavy_medium_light",
    "high_value_and_dormant",
    "historic_value",
    "holdout_check",
    "lifecycle",
    "lifetime_value",
    "membership",
    "migrate",
    "movers",
    "next_purchases",
    "purchase_days",
    "shopify_groups",
    "simple_value",
    "summarize",
    "wake_up_candidates",
]
