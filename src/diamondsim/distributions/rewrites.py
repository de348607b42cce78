"""How a text that cannot be read would be written in the notation of the format.

People write ranges as ``30-60 days``, separate numbers by commas and mark decimals by commas. This module
knows such habits; whether a text that it offers is allowed in its place is for the caller to try.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain

from diamondsim.distributions.signatures import NAMES, SIGNATURES
from diamondsim.units import NUMBER, number_text, without_commas

_MAX_CHARS = 200
_MINUS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " "})
_UNIT = r"(?:[A-Za-z%$/][^0-9()\[\]|*,;]*?)?"
_DASH = r"[-\u2010-\u2015]"
_TO = rf"(?:\s*{_DASH}\s*|\s*\.{{2,3}}\s*|\s*\u2026\s*|\s+to\s+|\s+and\s+)"
_RANGE = re.compile(
    rf"(?:(?:between|from)\s+)?({NUMBER})\s*({_UNIT}){_TO}({NUMBER})\s*({_UNIT})", re.IGNORECASE
)
_THREE = re.compile(rf"({NUMBER}){_TO}({NUMBER}){_TO}({NUMBER})\s*({_UNIT})")
_INTERVAL = re.compile(rf"[(\[]\s*({NUMBER})\s*[,;\s]\s*({NUMBER})\s*[)\]]\s*({_UNIT})")
_MARGIN = re.compile(rf"({NUMBER})\s*(?:\u00b1|\+/?-)\s*({NUMBER})\s*({_UNIT})")
_THOUSANDS = re.compile(r"([+-]?[1-9][0-9]{0,2}(?:['\u2019 ][0-9]{3})+(?:\.[0-9]+)?)(?![0-9])(.*)")
_OPEN = re.compile(rf"({'|'.join(NAMES)})\s+(?!\()([^()\[\]]*[0-9])\s*({_UNIT})")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_SEPARATOR = re.compile(r"\s*[,;]\s*")
# A dash that stands before a number alone is its sign.
_RANGE_INSIDE = re.compile(rf"(?<=[0-9])(?:{_DASH}|\s{_DASH}\s|\.{{2,3}}|\s+to\s+)(?=[0-9.])")
_LEADING_ZERO = re.compile("[+-]?0[0-9]")


def rewrites(text: str) -> list[str]:
    """Return what a text may mean, likeliest first, each in the notation of the format; often nothing.

    Nothing is returned of a text of more than 200 characters.

    Examples
    --------
    >>> rewrites("30-60 days"), rewrites("tri(30, 60, 120) days"), rewrites("45 days")
    (['uniform(30 60) days'], ['tri(30 60 120) days'], [])
    """
    if len(text) > _MAX_CHARS:
        return []
    plain = " ".join(text.translate(_MINUS).split())
    offers = chain.from_iterable(rule(plain) for rule in _RULES)
    # Several rules may apply to one text: "0,5-1,5 %" is a range of decimals.
    found = [offer for offer in offers if offer != text]
    found += [plain] if plain != " ".join(text.split()) else []
    return [*dict.fromkeys(found)]


def _numbers(text: str) -> Iterator[str]:
    yield from without_commas(text)
    if match := _THOUSANDS.fullmatch(text):
        yield re.sub("['\u2019 ]", "", match[1]) + match[2]


def _ranges(text: str) -> Iterator[str]:
    for written in dict.fromkeys((text, _DECIMAL_COMMA.sub(".", text))):
        if match := _RANGE.fullmatch(written):
            low, first, high, last = match.groups()
            first, last = first.strip(), last.strip()
            if first in ("", last):
                yield _distribution("uniform", _ascending(low, high), last)
            else:
                yield f"uniform({low} {first} {high} {last})"
        # A date is not three numbers.
        if (match := _THREE.fullmatch(written)) and not any(map(_LEADING_ZERO.match, match.groups()[:3])):
            yield _distribution("tri", _ascending(*match.groups()[:3]), match[4])
        if match := _INTERVAL.fullmatch(written):
            yield _distribution("uniform", _ascending(match[1], match[2]), match[3])
        if match := _MARGIN.fullmatch(written):
            # Exact, so that 0.3 - 0.1 is written 0.2.
            middle, margin = Fraction(match[1]), abs(Fraction(match[2]))
            ends = (number_text(float(end)) for end in (middle - margin, middle + margin))
            yield _distribution("uniform", [*ends], match[3])


def _calls(text: str) -> Iterator[str]:
    if text.count("(") != text.count(")"):
        return
    round_ = text.replace("[", "(").replace("]", ")")
    if not any(f"{name}(" in round_.replace(" (", "(") for name in NAMES):
        match = _OPEN.fullmatch(text)
        if match is None:
            return
        round_ = f"{match[1]}({match[2]}) {match[3]}".strip()
    for decimals in (False, True):
        written = _DECIMAL_COMMA.sub(".", round_) if decimals else round_
        spaced = _SEPARATOR.sub(" ", written)
        yield spaced
        yield _RANGE_INSIDE.sub(" ", spaced)


_RULES: tuple[Callable[[str], Iterator[str]], ...] = (_numbers, _ranges, _calls)


def _ascending(*numbers: str) -> list[str]:
    return sorted(numbers, key=lambda number: float(number.replace("_", "")))


def _distribution(name: str, numbers: list[str], unit: str) -> str:
    assert len(numbers) == len(SIGNATURES[name].parameters), "one number for each parameter"
    # A unit that begins with a slash is joined, as in "uniform(1 2)/yr".
    return f"{name}({' '.join(numbers)}) {unit.strip()}".strip()
