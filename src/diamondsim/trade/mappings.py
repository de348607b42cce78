"""Which country belongs to which region, and which commodity code to which grades.

Owns the defaults for the shipped scenarios, and the form of the two files in which a user states others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from diamondsim.errors import NotationError, Problem, ScenarioError, missing_file, nearest, shown
from diamondsim.scenario import Scenario
from diamondsim.trade.areas import Area, area_of, nearest_area
from diamondsim.trade.figures import digits_of
from diamondsim.units import Kind, parse_quantity

ALL_OTHERS: Final = "rest"
"""In a mapping of regions: every country that no other region names."""
HongKong = Literal["china", "apart"]

_EU = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL "
    "ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"
)
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {"EUE": tuple(_EU.split())}
"""Groups of countries that statistics name as one, and their members."""
_SHIPPED: Final[Mapping[str, Sequence[str] | str]] = {
    "CN": ["CHN", "HKG", "MAC"],
    "US": ["USA", "PRI", "VIR"],
    "JP": ["JPN"],
    "KR": ["KOR"],
    "OA": ["EUE", "TWN", "CHE", "LIE"],
    "RW": ALL_OTHERS,
}
"""The regions of the shipped scenarios; Hong Kong and Macao count with China unless they are kept apart."""
DEFAULT_CODES: Final[Mapping[str, Mapping[str, object] | None]] = {"7105.10": None}
"""Dust and powder of diamonds, in the grades of the scenario."""
POWDER: Final = ("micron", "mesh", "coarse")
"""The grades of the shipped scenarios that this code covers."""


@dataclass(frozen=True)
class RegionMap:
    """The region of each country.

    Attributes
    ----------
    by_area : mapping of str to str
        Region by the key of an area.
    rest : str or None
        Region of all other countries.
    """

    by_area: Mapping[str, str]
    rest: str | None

    def region_of(self, area: Area) -> str | None:
        """Return the region of an area; None if it has none.

        Only a country falls to the rest. A group has a region if all its members have the same.
        """
        if area.key in GROUPS:
            found = {self.by_area.get(key, self.rest) for key in GROUPS[area.key]}
            return found.pop() if len(found) == 1 else None
        named = self.by_area.get(area.key)
        return named if named is not None else self.rest if area.kind == "country" else None

    def stands_alone(self, area: Area) -> bool:
        """Return whether the figures of an area are those of its region, small dependencies aside."""
        region = self.region_of(area)
        members = {key for key, name in self.by_area.items() if name == region}
        return (
            region is not None
            and region != self.rest
            and members - {"HKG", "MAC", "PRI", "VIR"} == set(GROUPS.get(area.key, (area.key,)))
        )


@dataclass(frozen=True)
class CodeMap:
    """The grades of each commodity code.

    Attributes
    ----------
    splits : mapping of str to mapping or None
        Shares by grade, by the digits of a code; None: as the scenario has them.
    grades : tuple of str
        All grades that some code covers.
    known : tuple of str
        All grades of the scenario.
    """

    splits: Mapping[str, Mapping[str, float] | None]
    grades: tuple[str, ...]
    known: tuple[str, ...]

    def code_for(self, digits: str) -> str | None:
        """Return the longest code of the map that begins `digits`; None if none does."""
        found = [code for code in self.splits if digits.startswith(code)]
        return max(found, key=len) if found else None


def region_map(
    spec: Mapping[str, object] | str | Path | None, scenario: Scenario, hong_kong: HongKong
) -> RegionMap:
    """Read a mapping of regions.

    Parameters
    ----------
    spec
        Areas by region, or ``rest``; or the path of a YAML file of this form; None for the default.
    scenario
        Whose regions may be named.
    hong_kong
        ``apart`` moves Hong Kong and Macao to the rest, where the default mapping is used.

    Raises
    ------
    ScenarioError
        With all problems of the mapping.
    """
    if spec is not None and hong_kong == "apart":
        why = "a mapping of regions says itself where Hong Kong belongs; name HKG and MAC in it"
        raise ScenarioError([Problem(path="hong_kong", why=why)])
    name, content = _content(spec, "regions", _default_regions(scenario) if spec is None else {})
    problems: list[Problem] = []
    by_area: dict[str, str] = {}
    rest: str | None = None
    for region, members in content.items():
        if region not in scenario.regions:
            close = nearest(str(region), scenario.regions)
            why = f"the scenario has no region {shown(str(region))}"
            problems.append(
                Problem(
                    file=name,
                    path=str(region),
                    why=why,
                    suggestion=close,
                    allowed=", ".join(scenario.regions),
                )
            )
        elif members == ALL_OTHERS:
            if rest is not None:
                problems.append(Problem(file=name, path=region, why=f"both {rest} and {region} are the rest"))
            rest = region
        elif isinstance(members, list | tuple):
            for word in members:
                area = area_of(str(word))
                why = _why_no_member(str(word), area, by_area)
                if area is None or why:
                    close = None if area else nearest_area(str(word))
                    problems.append(Problem(file=name, path=region, why=why, suggestion=close))
                else:
                    by_area[area.key] = region
        else:
            problems.append(
                Problem(file=name, path=str(region), why="expected a list of areas, or the word rest")
            )
    if problems:
        raise ScenarioError(problems)
    for group in by_area.keys() & GROUPS.keys():
        region = by_area.pop(group)
        by_area = dict.fromkeys(GROUPS[group], region) | by_area
    if spec is None and hong_kong == "apart":
        by_area = {key: region for key, region in by_area.items() if key not in ("HKG", "MAC")}
    return RegionMap(by_area, rest)


def _why_no_member(word: str, area: Area | None, by_area: Mapping[str, str]) -> str:
    if area is None:
        return f"unknown area {shown(word)}"
    if area.kind == "group" and area.key not in GROUPS:
        return f"{area.name} is a group; name its members"
    return f"{area.name} is in {by_area[area.key]} already" if area.key in by_area else ""


def _default_regions(scenario: Scenario) -> Mapping[str, Sequence[str] | str]:
    """Return the countries of each region: as shipped, else the country that bears the region's name.

    Raises
    ------
    ScenarioError
        Where that leaves more than one region without countries.
    """
    own = {region: area_of(about.name or region) for region, about in scenario.regions.items()}
    named = {
        region: [area.key]
        for region, area in own.items()
        if region not in _SHIPPED and area is not None and (area.kind == "country" or area.key in GROUPS)
    }
    shipped = {region: members for region, members in _SHIPPED.items() if region in scenario.regions}
    unknown = [region for region in scenario.regions if region not in {*named, *shipped}]
    if len(unknown) > (0 if ALL_OTHERS in shipped.values() else 1):
        why = f"which countries belong to {', '.join(unknown)}? State the mapping (regions, --regions)"
        raise ScenarioError([Problem(path="regions", why=why)])
    taken = {key for keys in named.values() for word in keys for key in (word, *GROUPS.get(word, ()))}
    left = {
        region: members if isinstance(members, str) else [key for key in members if key not in taken]
        for region, members in shipped.items()
    }
    return {**left, **named, **dict.fromkeys(unknown, ALL_OTHERS)}


def code_map(spec: Mapping[str, object] | str | Path | None, scenario: Scenario) -> CodeMap:
    """Read a mapping of commodity codes to grades.

    Parameters
    ----------
    spec
        By code, shares by grade that add up to 100 %, or None for the proportions of the scenario; or the
        path of a YAML file of this form; None for the default.
    scenario
        Whose grades may be named.

    Raises
    ------
    ScenarioError
        With all problems of the mapping.
    """
    name, content = _content(spec, "grades", DEFAULT_CODES)
    problems: list[Problem] = []
    splits: dict[str, Mapping[str, float] | None] = {}
    powder = tuple(grade for grade in POWDER if grade in scenario.grades)
    for code, shares in content.items():
        digits = digits_of(str(code)) or ""
        if not 4 <= len(digits) <= 10:
            problems.append(
                Problem(file=name, path=str(code), why="expected a commodity code of 4 to 10 digits")
            )
        elif shares is None:
            splits[digits] = None
        elif isinstance(shares, dict):
            splits[digits] = _shares(name, str(code), shares, scenario, problems)
        else:
            problems.append(Problem(file=name, path=str(code), why="expected shares by grade, or nothing"))
    covered = [grade for split in splits.values() for grade in (powder if split is None else split)]
    if not covered and not problems:
        why = "the scenario has none of the grades micron, mesh, coarse; state the grades with --grades"
        problems.append(Problem(file=name, why=why))
    if problems:
        raise ScenarioError(problems)
    known = tuple(scenario.grades)
    return CodeMap(splits, tuple(grade for grade in known if grade in covered), known)


def _shares(
    name: str, code: str, shares: Mapping[object, object], scenario: Scenario, problems: list[Problem]
) -> Mapping[str, float]:
    made: dict[str, float] = {}
    carats = [grade for grade, about in scenario.grades.items() if about.unit == "ct"]
    for grade, share in shares.items():
        path = f"{code}.{grade}"
        if grade not in carats:
            close = nearest(str(grade), carats)
            why = f"the scenario has no grade {shown(str(grade))} that is counted in carats"
            problems.append(
                Problem(file=name, path=path, why=why, suggestion=close, allowed=", ".join(carats))
            )
            continue
        try:
            made[str(grade)] = parse_quantity(str(share), Kind.FRACTION)
        except NotationError as error:
            problems.append(Problem(file=name, path=path, why=error.why, allowed=error.allowed))
    total = sum(made.values())
    if len(made) == len(shares) and (abs(total - 1.0) > 1e-9 or min(made.values()) < 0):
        why = f"the shares add up to {100 * total:g} %, not to 100 %"
        problems.append(Problem(file=name, path=code, why=why))
    return made


def _content(
    spec: Mapping[str, object] | str | Path | None, what: str, default: Mapping[str, object]
) -> tuple[str, Mapping[str, object]]:
    if spec is None:
        return what, default
    if not isinstance(spec, str | Path):
        return what, spec
    name = str(spec)
    try:
        content = YAML(typ="safe", pure=True).load(Path(spec).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ScenarioError([missing_file(Path(spec), name, (".yaml", ".yml"))]) from error
    except OSError as error:
        raise ScenarioError([Problem(file=name, why=f"cannot be read: {error.strerror}")]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise ScenarioError(
            [Problem(file=name, line=line, column=column, why=f"not YAML: {error.problem}")]
        ) from error
    except (YAMLError, ValueError) as error:
        raise ScenarioError([Problem(file=name, why=f"not YAML: {error}")]) from error
    if not isinstance(content, dict) or not content:
        raise ScenarioError([Problem(file=name, why=f"expected a map for the {what}")])
    return name, content
