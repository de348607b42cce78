"""What a number with a comma in it may mean.

A comma marks decimals in some languages and groups of three digits in others. The format has none, because
YAML splits values inside {...} at commas.
"""

import re

_WITH_COMMA = re.compile(r"\s*([+-]?)([0-9][0-9.]*(?:\s?,\s?[0-9.]+)+)(.*)", re.DOTALL)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_DECIMAL = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+),[0-9]+")


def without_commas(text: str) -> list[str]:
    """Return a text that begins with a number as it would be written without commas, in each possible sense.

    Examples
    --------
    >>> without_commas("30,5 days"), without_commas("1,050 Mct/yr"), without_commas("1.050,5 ct")
    (['30.5 days'], ['1050 Mct/yr', '1.050 Mct/yr'], ['1050.5 ct'])
    """
    match = _WITH_COMMA.fullmatch(text)
    if match is None:
        return []
    sign, number, rest = match[1], re.sub(r"\s", "", match[2]), match[3].rstrip()
    senses = []
    if _GROUPED.fullmatch(number):
        senses.append(number.replace(",", ""))
    if _DECIMAL.fullmatch(number):
        senses.append(number.replace(".", "").replace(",", "."))
    return [f"{sign}{sense}{rest}" for sense in senses]
