"""Licensing rules: the cascade from the desks of a scenario to those of the plan.

Buyers for whom every value comes from the same desks of the file share one desk of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diamondsim.distributions import Distribution
from diamondsim.plan.cast import Entities, NodeRow, Path, number
from diamondsim.plan.structure import GeneralLicences, Input, LicensingRule, Validity, WatchList
from diamondsim.scenario.controls import DEFAULT_LICENSING, LICENSING_NUMBERS
from diamondsim.scenario.controls import Control as WrittenControl
from diamondsim.scenario.controls import Licensing as WrittenLicensing

_KEYS = tuple(WrittenLicensing.model_fields)


def choose_desks(cast: Entities, control: WrittenControl, node: NodeRow) -> tuple[str | None, ...]:
    """Return, for each key of a desk, the selector from which a buyer has its value."""

    def selector(key: str) -> str | None:
        found = cast.words.first(control.licensing, node.buyer, lambda desk: getattr(desk, key))
        return None if found is None else found[0]

    return tuple(selector(key) for key in _KEYS)


def make_desk(cast: Entities, name: str, control: int, chosen: Sequence[str | None]) -> LicensingRule:
    """Return the desk of a control (its name, its number) for buyers who have their values as chosen."""
    of = " + ".join(sorted({s for s in chosen if s is not None}, key=cast.words.rank, reverse=True))
    written, path = cast.content.controls[name].licensing, ("controls", name, "licensing")
    from_desk = dict(zip(_KEYS, chosen, strict=True))
    numbers = {}
    for key in LICENSING_NUMBERS:
        selector = from_desk[key]
        value = getattr(DEFAULT_LICENSING if selector is None else written[selector], key)
        numbers[key] = number((*path, selector or "default", key), value)
    return LicensingRule(
        name=f"{name}: {of or 'default'}",
        control=control,
        initial_rate=numbers["initial_rate"],
        long_run_rate=numbers["long_run_rate"],
        dead_days=numbers["dead_time"],
        recovery_days=numbers["recovery_time"],
        ban=numbers["ban"],
        denied_parties=numbers["denied_parties"],
        review_days=numbers["extra_review"],
        withdrawal_per_day=numbers["withdrawal_rate"],
        general=_general(path, written, from_desk["general_licences"]),
        validity=_validity(path, written, from_desk["licence"]),
        watch_list=_watched(path, written, from_desk["watch_list"], numbers),
    )


def _general(
    path: Path, desks: Mapping[str, WrittenLicensing], selector: str | None
) -> GeneralLicences | None:
    if selector is None:
        return None
    about, here = desks[selector].general_licences, (*path, selector, "general_licences")
    assert about is not None, "a desk was chosen because it has them"
    return GeneralLicences(
        share=number((*here, "share"), about.share),
        after_days=number((*here, "after"), about.after),
        time_days=number((*here, "time"), about.time),
    )


def _validity(path: Path, desks: Mapping[str, WrittenLicensing], selector: str | None) -> Validity | None:
    if selector is None:
        return None
    about, here = desks[selector].licence, (*path, selector, "licence")
    assert about is not None, "a desk was chosen because it says so"
    return Validity(
        days=number((*here, "validity"), about.validity),
        renewal_days=number((*here, "renewal"), about.renewal),
    )


def _watched(
    path: Path, desks: Mapping[str, WrittenLicensing], selector: str | None, of_desk: Mapping[str, Input]
) -> WatchList | None:
    if selector is None:
        return None
    about, here = desks[selector].watch_list, (*path, selector, "watch_list")
    assert about is not None, "a desk was chosen because it has some"

    def given(key: str) -> Input:
        value: Distribution | None = getattr(about, key)
        return of_desk[key] if value is None else number((*here, key), value)

    return WatchList(
        share=number((*here, "share"), about.share),
        initial_rate=given("initial_rate"),
        long_run_rate=given("long_run_rate"),
        dead_days=given("dead_time"),
        recovery_days=given("recovery_time"),
    )
