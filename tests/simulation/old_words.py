"""A scenario with ids of many kinds, each of which may be a word that was once a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from diamondsim.scenario.renamed import RENAMED

_TEXT = Path(__file__).with_name("ids-in-capitals.yaml").read_text(encoding="utf-8")
KINDS = sorted({*re.findall(r"\b[A-Z]{3,}\b", _TEXT)} - {"USD"})
WORDS = sorted({old for keys in RENAMED.values() for old in keys})


def with_ids(ids: Mapping[str, str]) -> str:
    """The text of the scenario with an id for each kind."""
    return re.sub("|".join(rf"\b{kind}\b" for kind in ids), lambda match: ids[match[0]], _TEXT)


def turned(turn: int) -> dict[str, str]:
    """An old word as the id of each kind; in as many turns as there are words, each word is each id once."""
    return {kind: WORDS[(turn + place) % len(WORDS)] for place, kind in enumerate(KINDS)}
