"""The Plan: a scenario in which every name has become an index.

Owns the frozen structures that sampling and both engines read. They hold no random number and nothing that
changes during a run. `diamondsim.plan.compile` builds them from a scenario.
"""

from diamondsim.plan.structure.capacity import CapacityRow, Outages, ScheduledOutage, Slowing, Swing
from diamondsim.plan.structure.control import (
    Branch,
    Control,
    Diversion,
    GeneralLicences,
    Hazard,
    LicensingRule,
    Spillover,
    TimelineEntry,
    Validity,
    WatchList,
)
from diamondsim.plan.structure.demand import GrowthGroup, LaneQualification, NoiseRow, PreBuy, SubstitutionRow
from diamondsim.plan.structure.elements import (
    NO_CEILING,
    ControlState,
    Input,
    Node,
    NodeKind,
    Rationing,
    Reserve,
    Source,
    inputs,
)
from diamondsim.plan.structure.facility import (
    Facility,
    Financing,
    Milestone,
    OwnershipChange,
    PressSource,
    Tranche,
    UnitCost,
)
from diamondsim.plan.structure.plan import Correlated, Plan
from diamondsim.plan.structure.price import AskCost, Prices, Steps, Surcharge

__all__ = [
    "NO_CEILING",
    "AskCost",
    "Branch",
    "CapacityRow",
    "Control",
    "ControlState",
    "Correlated",
    "Diversion",
    "Facility",
    "Financing",
    "GeneralLicences",
    "GrowthGroup",
    "Hazard",
    "Input",
    "LaneQualification",
    "LicensingRule",
    "Milestone",
    "Node",
    "NodeKind",
    "NoiseRow",
    "Outages",
    "OwnershipChange",
    "Plan",
    "PreBuy",
    "PressSource",
    "Prices",
    "Rationing",
    "Reserve",
    "ScheduledOutage",
    "Slowing",
    "Source",
    "Spillover",
    "Steps",
    "SubstitutionRow",
    "Surcharge",
    "Swing",
    "TimelineEntry",
    "Tranche",
    "UnitCost",
    "Validity",
    "WatchList",
    "inputs",
]
