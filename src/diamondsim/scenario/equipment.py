"""Controls on equipment: presses and reactors instead of diamond."""

from typing import Literal

from pydantic import Field

from diamondsim.scenario.fields import ZERO, Entity, Fraction, Names

ANYWHERE: Literal["any"] = "any"


class PressLicence(Entity):
    """Whether a facility may have presses from the control's regions while licences are needed."""

    granted: Fraction = ZERO


class Expansion(Entity):
    """The part of its growth that a producer of some grades keeps while the control is in force."""

    grades: Names
    kept: Fraction


class Equipment(Entity):
    """Machines from some regions, wanted in others."""

    makers: Names = Field(alias="from")
    to: Names = (ANYWHERE,)
    presses: PressLicence | None = None
    expansion: Expansion | None = None
