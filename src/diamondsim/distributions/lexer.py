"""Split the text of a distribution into tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diamondsim.errors import NotationError, shown
from diamondsim.units import NUMBER

MAX_CHARS = 2000

_TOKEN = re.compile(
    rf"\s*(?:(?P<joined>(?>{NUMBER})[0-9_.+\-]+)|(?P<number>{NUMBER})|(?P<word>[A-Za-z]+\^?[2²]?|\$)|(?P<mark>[()|*/%+-])|(?P<bad>\S))"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `kind` is ``number``, ``word``, ``mark`` or ``end``."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, the last of which is an ``end``.

    Raises
    ------
    NotationError
        At the first character that belongs to no token.
    """
    if len(text) > MAX_CHARS:
        raise NotationError(f"{shown(text)} is longer than {MAX_CHARS} characters", found=text)
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match[match.lastgroup or 0]
        assert kind is not None, "every alternative has a name"
        if kind in ("bad", "joined"):
            raise _stray(word, text)
        yield Token(kind, word, match.start(kind))
    yield Token("end", "", len(text))


def _stray(found: str, text: str) -> NotationError:
    if found == ",":
        why = f"{shown(text)} has a comma; use spaces, because YAML splits values inside {{...}} at commas"
        return NotationError(why, found=text, allowed="a value such as 'tri(10 30 60) %'")
    if len(found) > 1:
        return NotationError(f"{shown(found)} is not a number; separate numbers with spaces", found=found)
    return NotationError(f"unexpected {shown(found)}", found=found)
