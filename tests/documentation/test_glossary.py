"""The glossary names every field of Draws and Ledger, and no key or field that does not exist."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from diamondsim.draws import NESTED, AdaptationDraws, Draws, PriceDraws
from diamondsim.ledger import FIELDS
from diamondsim.scenario import scenario_schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| term |")]
TERMS = [[cell.strip() for cell in line[1:-1].split("|")] for line in LINES]
CODE = re.compile(r"`([^`]+)`")


def keys_of(schema: object) -> set[str]:
    """Return every key that a schema knows, at any depth."""
    if isinstance(schema, dict):
        own = set(schema.get("properties", {})) if isinstance(schema.get("properties"), dict) else set()
        return own.union(*map(keys_of, schema.values()))
    return set().union(*map(keys_of, schema)) if isinstance(schema, list) else set()


KEYS = keys_of(scenario_schema())
VALUES = {"none", "announced", "licensing", "banned", "suspended", "proportional", "weighted", "max_min"}


def test_each_row_has_a_term_a_meaning_a_symbol_a_key_and_a_field():
    assert len(TERMS) > 150
    assert {len(row) for row in TERMS} == {5}


def test_terms_stand_in_alphabetical_order_and_each_once():
    terms = [row[0].casefold() for row in TERMS]
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(
    "name",
    sorted(
        {f.name for kind in (Draws, PriceDraws, AdaptationDraws) for f in fields(kind)} - {*NESTED}
        | set(FIELDS)
    ),
)
def test_a_field_of_draws_or_ledger_is_in_the_glossary(name):
    named = {code.rpartition(".")[2] for row in TERMS for code in CODE.findall(row[4])}
    assert name in named


def test_a_key_of_the_glossary_is_a_key_of_the_format():
    named = {step for row in TERMS for code in CODE.findall(row[3]) for step in re.split(r"[.\s]+", code)}
    unknown = {step for step in named if re.fullmatch(r"[a-z][a-z_]+", step)} - KEYS - VALUES
    assert unknown == set()
