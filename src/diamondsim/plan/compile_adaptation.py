"""Conversion between grades, and projects that add capacity (model.md, eq. 11a-11b, 46a-46e)."""

from __future__ import annotations

from diamondsim.plan.compile_sellers import slowings
from diamondsim.plan.entities import Entities, SourceRow, number, path_name
from diamondsim.plan.structure import CapacityProject, GradeConversion, Slowing
from diamondsim.scenario import Path, Producer


def grade_conversions(entities: Entities) -> tuple[GradeConversion, ...]:
    """Return the conversions between the sources of each seller.

    What a facility has promised to some buyers is converted for the same buyers: the two sources have the
    same offtake.
    """
    by_part = {
        (row.source.producer, row.offtake, row.source.grade): s for s, row in enumerate(entities.sources)
    }
    return tuple(
        conversion
        for s, row in enumerate(entities.sources)
        for conversion in _conversions_from(s, row, by_part)
    )


def _conversions_from(
    s: int, row: SourceRow, by_part: dict[tuple[str, str | None, str], int]
) -> list[GradeConversion]:
    conversions = []
    for name, conversion in row.seller.conversion.items():
        if conversion.from_grade != row.source.grade:
            continue
        path: Path = (*row.path, "conversion", name)
        conversions.append(
            GradeConversion(
                name=path_name(path[1:]),
                from_source=s,
                to_source=by_part[row.source.producer, row.offtake, conversion.to_grade],
                limit=number((*path, "limit"), conversion.limit),
                conversion_yield=number((*path, "yield"), conversion.conversion_yield),
                days=number((*path, "time"), conversion.time),
                qualification_days=number((*path, "qualification"), conversion.qualification),
                cost_usd=number((*path, "cost"), conversion.cost),
            )
        )
    return conversions


def capacity_projects(
    entities: Entities,
) -> tuple[tuple[CapacityProject, ...], tuple[tuple[Slowing, ...], ...]]:
    """Return the projects of each source, and the sets of equipment controls that reduce their size."""
    reducing: list[tuple[Slowing, ...]] = []
    projects = []
    for s, row in enumerate(entities.sources):
        if not isinstance(row.seller, Producer) or not row.seller.expansion:
            continue
        controls = slowings(row.seller, entities)
        if controls and controls not in reducing:
            reducing.append(controls)
        for name, project in row.seller.expansion.items():
            path: Path = (*row.path, "expansion", name)
            projects.append(
                CapacityProject(
                    name=f"{row.source.name}.{name}",
                    source=s,
                    trigger=number((*path, "trigger"), project.trigger),
                    lasting_days=number((*path, "lasting"), project.lasting),
                    delay_days=number((*path, "delay"), project.delay),
                    ramp_days=number((*path, "ramp"), project.ramp),
                    size=number((*path, "size"), project.size),
                    times=project.times,
                    kept_row=reducing.index(controls) if controls else -1,
                )
            )
    return tuple(projects), tuple(reducing)
