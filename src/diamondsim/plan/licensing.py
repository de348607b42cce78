"""Licensing rules: which selector of a control decides each value for a buyer, and the rules that result.

Buyers whose values all come from the same selectors share one rule of the plan. Its numbers are declared in
`diamondsim.scenario.controls.Licensing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from diamondsim.distributions import Distribution
from diamondsim.plan.entities import Entities, NodeRow, certain, number
from diamondsim.plan.structure import GeneralLicences, Input, LicensingRule, Validity, WatchList
from diamondsim.scenario import DEFAULT_LICENSING, LICENSING_NUMBERS, Path
from diamondsim.scenario import Control as WrittenControl
from diamondsim.scenario import Licensing as WrittenLicensing
from diamondsim.scenario import WatchList as WrittenWatchList

_FIELDS = {
    "dead_time": "dead_days",
    "recovery_time": "recovery_days",
    "extra_review": "review_days",
    "withdrawal_rate": "withdrawal_per_day",
    "batch": "batch_days",
}
"""Fields of the plan whose unit is in their name, by key; the others are called as their keys."""

LICENSING_KEYS = tuple(WrittenLicensing.model_fields)
_WATCH_LIST_KEYS = tuple(key for key in LICENSING_NUMBERS if key in WrittenWatchList.model_fields)


def choose_selectors(entities: Entities, control: WrittenControl, node: NodeRow) -> tuple[str | None, ...]:
    """Return, for each key of `licensing`, the selector from which a buyer has its value."""
    return tuple(next(iter(selectors_giving(entities, control, node, key)), None) for key in LICENSING_KEYS)


def selectors_giving(entities: Entities, control: WrittenControl, node: NodeRow, key: str) -> list[str]:
    """Return the selectors that give a buyer a value for a key of `licensing`; the first applies."""
    given = entities.selector_rules.given(
        control.licensing, node.buyer, lambda licensing: getattr(licensing, key)
    )
    return [selector for selector, _ in given]


def make_rule(entities: Entities, name: str, control: int, chosen: Sequence[str | None]) -> LicensingRule:
    """Return the rule of a control (its name, its number) for buyers whose values come from `chosen`."""
    selectors = sorted({s for s in chosen if s is not None}, key=entities.selector_rules.rank, reverse=True)
    licensing, path = entities.content.controls[name].licensing, ("controls", name, "licensing")
    selector_of = dict(zip(LICENSING_KEYS, chosen, strict=True))
    numbers = {}
    for key in LICENSING_NUMBERS:
        selector = selector_of[key]
        value = getattr(DEFAULT_LICENSING if selector is None else licensing[selector], key)
        numbers[key] = number((*path, selector or "default", key), value)
    return LicensingRule(
        name=f"{name}: {' + '.join(selectors) or 'default'}",
        control=control,
        general=_general(path, licensing, selector_of["general_licences"]),
        validity=_validity(path, licensing, selector_of["licence"]),
        watch_list=_watch_list(path, licensing, selector_of["watch_list"], numbers),
        **_by_field(numbers),
    )


def make_open_rule(name: str, control: int, path: Path) -> LicensingRule:
    """Return the rule of a control that limits nothing by itself: all its numbers are 0."""
    zero = certain(path, 0.0)
    return LicensingRule(name=name, control=control, **_by_field(dict.fromkeys(LICENSING_NUMBERS, zero)))


def _by_field(numbers: Mapping[str, Input]) -> dict[str, Any]:
    return {_FIELDS.get(key, key): value for key, value in numbers.items()}


def _general(
    path: Path, licensing: Mapping[str, WrittenLicensing], selector: str | None
) -> GeneralLicences | None:
    if selector is None:
        return None
    written, path = licensing[selector].general_licences, (*path, selector, "general_licences")
    assert written is not None, "the selector was chosen because it has them"
    return GeneralLicences(
        share=number((*path, "share"), written.share),
        after_days=number((*path, "after"), written.after),
        time_days=number((*path, "time"), written.time),
    )


def _validity(path: Path, licensing: Mapping[str, WrittenLicensing], selector: str | None) -> Validity | None:
    if selector is None:
        return None
    written, path = licensing[selector].licence, (*path, selector, "licence")
    assert written is not None, "the selector was chosen because it has one"
    return Validity(
        days=number((*path, "validity"), written.validity),
        renewal_days=number((*path, "renewal"), written.renewal),
    )


def _watch_list(
    path: Path,
    licensing: Mapping[str, WrittenLicensing],
    selector: str | None,
    rule_numbers: Mapping[str, Input],
) -> WatchList | None:
    """Return the watch list of a rule; what it leaves out is as for the other buyers."""
    if selector is None:
        return None
    written, path = licensing[selector].watch_list, (*path, selector, "watch_list")
    assert written is not None, "the selector was chosen because it has one"
    numbers = {}
    for key in _WATCH_LIST_KEYS:
        value: Distribution | None = getattr(written, key)
        numbers[key] = rule_numbers[key] if value is None else number((*path, key), value)
    return WatchList(share=number((*path, "share"), written.share), **_by_field(numbers))
