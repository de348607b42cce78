"""Selectors of buyers and the cascade of values."""

import pytest

from diamondsim.plan.selectors import BuyerProfile, SelectorRules

WORDS = SelectorRules(regions=frozenset({"US", "JP"}), uses=frozenset({"polishing", "munitions"}))
POLISHING = BuyerProfile("US", "polishing", "chip")
MUNITIONS = BuyerProfile("US", "munitions", "military")
FEED = BuyerProfile("US", None)


@pytest.mark.parametrize(
    "selector", ["any", "any.any", "US", "US.any", "polishing", "any.polishing", "chip", "US.chip"]
)
def test_a_selector_fits_by_region_use_class_or_any(selector):
    assert WORDS.fits(selector, POLISHING)


@pytest.mark.parametrize(
    "selector", ["JP", "JP.any", "munitions", "any.military", "JP.polishing", "civil", "US.civil"]
)
def test_a_selector_of_another_region_use_or_class_does_not_fit(selector):
    assert not WORDS.fits(selector, POLISHING)


@pytest.mark.parametrize("selector", ["any", "US", "US.any", "civil", "US.civil"])
def test_a_buyer_that_is_no_use_is_civil(selector):
    assert WORDS.fits(selector, FEED)


def test_a_buyer_that_is_no_use_is_not_met_by_uses():
    assert WORDS.fitting(["US.polishing", "military", "any.any"], FEED) == ("any.any",)


def test_a_use_goes_before_a_class_before_any_and_then_a_region_before_any():
    written = ["any", "US.any", "any.chip", "US.polishing", "US.chip", "any.polishing"]
    best_first = ("US.polishing", "any.polishing", "US.chip", "any.chip", "US.any", "any")
    assert WORDS.fitting(written, POLISHING) == best_first


def test_each_value_comes_from_the_most_specific_selector_that_gives_it():
    policies: dict[str, dict[str, float]] = {
        "any": {"cover": 60, "queue_weight": 0.5},
        "US.any": {"cover": 75},
        "US.military": {"queue_weight": 0.9},
    }

    def value(key, buyer):
        return next(iter(WORDS.given(policies, buyer, lambda given: given.get(key))), None)

    assert value("cover", MUNITIONS) == ("US.any", 75)
    assert value("queue_weight", MUNITIONS) == ("US.military", 0.9)
    assert value("queue_weight", POLISHING) == ("any", 0.5)
    assert value("lead", POLISHING) is None


def test_all_values_come_the_most_specific_first():
    table = {"any": 1, "US.polishing": 2, "US": 3, "US.military": 4}
    assert WORDS.given(table, POLISHING, lambda value: value) == [("US.polishing", 2), ("US", 3), ("any", 1)]


def test_a_value_of_nothing_counts_as_given():
    table = {"any": {"backorder_share": 0.5}, "US": {"backorder_share": 0.0}}
    assert WORDS.given(table, POLISHING, lambda given: given.get("backorder_share")) == [
        ("US", 0.0),
        ("any", 0.5),
    ]
