"""Checks of what weighs in the rationing of short supply."""

from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.schema import Content

_NAMED = 3


def check_allocation(content: Content, findings: Findings) -> None:
    """Check that weights are above 0, and that the uses of a grade all give their value added, or none.

    Whoever buys goods that a processor makes of a grade counts as a use of it: the feed has the value of what
    is made from it.
    """
    for key in ("contract_weight", "home_preference"):
        if getattr(content.allocation, key).support()[1] <= 0:
            findings.note(("allocation", key), f"the {key.replace('_', ' ')} must be above 0")
    reported: set[str] = set()
    for name, use in content.uses.items():
        if use.value_added is None:
            continue
        path = ("uses", name, "value_added")
        if use.value_added.support()[1] <= 0:
            findings.note(path, "the value added must be above 0")
        own = _grades(content, name)
        others = [other for other, that in content.uses.items() if that.value_added is None]
        missing = [x for x in others if own & _grades(content, x) and findings.is_whole(("uses", x))]
        if not reported.issuperset(missing):
            reported.update(missing)
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            which = ", ".join(missing[:_NAMED]) + more
            why = f"sellers of its grades compare uses by value, and 'value_added' is missing in {which}"
            findings.note(path, why, on_key=True)


def _grades(content: Content, use: str) -> set[str]:
    """Return the grades of a use, in whichever region, and those from which processors make them."""
    by_region = (uses[use].grades for uses in content.demand.values() if use in uses)
    grades = set(content.uses[use].grades).union(*(grades or () for grades in by_region))
    feeds = [seller.feed for seller in content.producers.values()]
    feeds += [seller.feed for seller in content.facilities.values()]
    made_from = [(made, feed.grade) for feed_of in feeds for made, feed in feed_of.items()]
    while more := {feed for made, feed in made_from if made in grades} - grades:
        grades |= more
    return grades
