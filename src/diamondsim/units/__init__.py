"""Quantities as written in a scenario, and the canonical units in which they are stored."""

from diamondsim.units.commas import without_commas
from diamondsim.units.kinds import Kind, canonical_unit
from diamondsim.units.metric_units import number_in_unit, share_within
from diamondsim.units.reading import NUMBER, UnitMissingError, convert, number_text, parse_quantity
from diamondsim.units.table import UNITS, parse_unit

__all__ = [
    "NUMBER",
    "UNITS",
    "Kind",
    "UnitMissingError",
    "canonical_unit",
    "convert",
    "number_in_unit",
    "number_text",
    "parse_quantity",
    "parse_unit",
    "share_within",
    "without_commas",
]
