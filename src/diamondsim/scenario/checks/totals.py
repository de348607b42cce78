"""Checks of the published totals."""

from diamondsim.errors import shown
from diamondsim.scenario.checks.findings import Findings
from diamondsim.scenario.schema import Content
from diamondsim.units import Kind

_ONE = {"grades": "grade", "producers": "producer", "origin": "region"}


def check_published_totals(content: Content, findings: Findings) -> None:
    """Check that totals name known regions, grades and producers, and that narrowing keys fit the kind."""
    for name, total in content.published_totals.items():
        path = ("published_totals", name)
        findings.known((*path, "region"), total.region, "region")
        for index, grade in enumerate(total.grades):
            findings.known((*path, "grades", index), grade, "grade")
        unit = findings.one_unit((*path, "grades"), total.grades)
        findings.at_least_one((*path, "years"), total.years, "the figure of at least one year", on_key=True)
        for key in ("grades", "producers", "origin"):
            if getattr(total, key) is not None:
                findings.at_least_one(
                    (*path, key), getattr(total, key), f"at least one {_ONE[key]}", on_key=True
                )
        for year in total.years:
            findings.unit((*path, "years", str(year)), Kind.FLOW, unit)
        for key, kind in (("producers", "output"), ("origin", "imports")):
            if getattr(total, key) is not None and total.total != kind:
                why = f"only a total of {kind} has {shown(key)}; this one is of {total.total}"
                findings.note((*path, key), why, on_key=True)
        for index, producer in enumerate(total.producers or ()):
            place = (*path, "producers", index)
            if findings.known(place, producer, "producer"):
                made_in = content.producers[producer].region if producer in content.producers else None
                if made_in not in (None, total.region):
                    why = (
                        f"{shown(producer)} is in {shown(made_in)}, and the total is of {shown(total.region)}"
                    )
                    findings.note(place, why)
        for index, region in enumerate(total.origin or ()):
            place = (*path, "origin", index)
            if findings.known(place, region, "region") and region == total.region:
                findings.note(place, f"{shown(region)} does not import from itself")
