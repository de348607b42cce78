"""Controls on equipment: presses and reactors instead of diamond."""

from typing import Literal

from pydantic import Field

from diamondsim.scenario.fields import ZERO, Entity, Fraction, Names

ANYWHERE: Literal["any"] = "any"


class PressLicence(Entity):
    """Whether a facility gets presses from the control's regions while licences are needed."""

    granted: Fraction = ZERO
    """Probability that the licence of a facility is granted; default 0%"""


class Expansion(Entity):
    """The part of their growth that producers of some grades keep while the control is in force."""

    grades: Names
    """Grades of the affected producers"""
    kept: Fraction
    """Part of their growth that they keep while the control is in force"""


class Equipment(Entity):
    """Machines from some regions, needed in others."""

    makers: Names = Field(alias="from")
    """Regions where the machines are made"""
    to: Names = (ANYWHERE,)
    """Regions that need them; default any"""
    presses: PressLicence | None = None
    """Presses for facilities"""
    expansion: Expansion | None = None
    """Machines with which producers expand"""
