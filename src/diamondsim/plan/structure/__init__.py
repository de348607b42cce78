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
    Relay,
    Reserve,
    Source,
    inputs,
)
from diamondsim.plan.structure.facility import (
    Facility,
    Financing,
    Milestone,
    OwnershipChange,
    PowerProject,
    PowerSupply,
    PressSource,
    Tranche,
    TrancheFailure,
    TrancheKind,
    TrancheTerms,
    UnitCost,
)
from diamondsim.plan.structure.plan import Correlated, Plan
from diamondsim.plan.structure.price import Prices, Steps, Surcharge, SurchargeStart

__all__ = [
    "NO_CEILING",
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
    "PowerProject",
    "PowerSupply",
    "PreBuy",
    "PressSource",
    "Prices",
    "Rationing",
    "Relay",
    "Reserve",
    "ScheduledOutage",
    "Slowing",
    "Source",
    "Spillover",
    "Steps",
    "SubstitutionRow",
    "Surcharge",
    "SurchargeStart",
    "Swing",
    "TimelineEntry",
    "Tranche",
    "TrancheFailure",
    "TrancheKind",
    "TrancheTerms",
    "UnitCost",
    "Validity",
    "WatchList",
    "inputs",
]
