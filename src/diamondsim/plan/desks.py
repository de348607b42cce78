"""Licence desks: the cascade from the desks of a scenario to those of the plan.

Buyers for whom every value comes from the same desks of the file share one desk of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from diamondsim.distributions import Distribution
from diamondsim.plan.cast import Cast, NodeRow, Path, number
from diamondsim.plan.structure import Desk, GeneralLicences, Input, Validity, Watched
from diamondsim.scenario.controls import DEFAULT_DESK, DESK_NUMBERS
from diamondsim.scenario.controls import Control as WrittenControl
from diamondsim.scenario.controls import Desk as WrittenDesk

_KEYS = tuple(WrittenDesk.model_fields)


def choose_desks(cast: Cast, control: WrittenControl, node: NodeRow) -> tuple[str | None, ...]:
    """Return, for each key of a desk, the selector from which a buyer has its value."""

    def selector(key: str) -> str | None:
        found = cast.words.first(control.desks, node.buyer, lambda desk: getattr(desk, key))
        return None if found is None else found[0]

    return tuple(selector(key) for key in _KEYS)


def make_desk(cast: Cast, name: str, control: int, chosen: Sequence[str | None]) -> Desk:
    """Return the desk of a control (its name, its number) for buyers who have their values as chosen."""
    of = " + ".join(sorted({s for s in chosen if s is not None}, key=cast.words.rank, reverse=True))
    written, path = cast.content.controls[name].desks, ("controls", name, "desks")
    from_desk = dict(zip(_KEYS, chosen, strict=True))
    numbers = {}
    for key in DESK_NUMBERS:
        selector = from_desk[key]
        value = getattr(DEFAULT_DESK if selector is None else written[selector], key)
        numbers[key] = number((*path, selector or "default", key), value)
    return Desk(
        name=f"{name}: {of or 'default'}",
        control=control,
        trough=numbers["trough"],
        long_run=numbers["long_run"],
        dead_days=numbers["dead_time"],
        recovery_days=numbers["recovery_time"],
        ban=numbers["ban"],
        barred=numbers["barred"],
        review_days=numbers["extra_review"],
        withdrawal_per_day=numbers["withdrawal"],
        general=_general(path, written, from_desk["general_licences"]),
        validity=_validity(path, written, from_desk["licence"]),
        watched=_watched(path, written, from_desk["watched"], numbers),
    )


def _general(path: Path, desks: Mapping[str, WrittenDesk], selector: str | None) -> GeneralLicences | None:
    if selector is None:
        return None
    about, here = desks[selector].general_licences, (*path, selector, "general_licences")
    assert about is not None, "a desk was chosen because it has them"
    return GeneralLicences(
        share=number((*here, "share"), about.share),
        after_days=number((*here, "after"), about.after),
        time_days=number((*here, "time"), about.time),
    )


def _validity(path: Path, desks: Mapping[str, WrittenDesk], selector: str | None) -> Validity | None:
    if selector is None:
        return None
    about, here = desks[selector].licence, (*path, selector, "licence")
    assert about is not None, "a desk was chosen because it says so"
    return Validity(
        days=number((*here, "validity"), about.validity),
        renewal_days=number((*here, "renewal"), about.renewal),
    )


def _watched(
    path: Path, desks: Mapping[str, WrittenDesk], selector: str | None, of_desk: Mapping[str, Input]
) -> Watched | None:
    if selector is None:
        return None
    about, here = desks[selector].watched, (*path, selector, "watched")
    assert about is not None, "a desk was chosen because it has some"

    def given(key: str) -> Input:
        value: Distribution | None = getattr(about, key)
        return of_desk[key] if value is None else number((*here, key), value)

    return Watched(
        share=number((*here, "share"), about.share),
        trough=given("trough"),
        long_run=given("long_run"),
        dead_days=given("dead_time"),
        recovery_days=given("recovery_time"),
    )
