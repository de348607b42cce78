"""A buyer registry for an invented scenario."""

from __future__ import annotations

from tests.invented.outline import Outline
from tests.invented.selecting import Mapping


def add_registry(scenario: Mapping, outline: Outline) -> None:
    """Let the buyers of some regions share information through a registry."""
    dice = outline.dice("registry")
    keys: Mapping = {
        "queue_weight": dice.share(0.0, 1.0),
        "fill_rate_memory": dice.one_of("0 days", dice.time(0.5, 6)),
        "max_order": dice.one_of("none", dice.factor(0.7, 2.0)),
    }
    regions = dice.one_or_more(list(scenario["regions"]), 0.6)
    scenario["registry"] = {
        "regions": regions,
        **{key: keys[key] for key in dice.one_or_more(list(keys), 0.6)},
    }
