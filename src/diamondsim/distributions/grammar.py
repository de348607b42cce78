"""The grammar of distributions, and its parser.

::

    sum     = product { ("+" | "-") product }
    product = factor { "*" factor }
    factor  = (number | call) [unit]
    call    = name "(" argument { argument } ")"
            | "mix" "(" weight sum { "|" weight sum } ")"
            | "truncated" "(" factor bound [bound] ")"
    argument, bound = [name] number [unit]
    weight  = number ["%"]

A unit after a bracket, or after the last number in it, applies to every number inside that has none: ``tri(10
30 60) days``, ``tri(10 30 60 days)``, ``mix(50% 0 | 50% tri(0 6 15)) months``. A unit that starts with a
slash is appended to the units inside: ``truncated(normal(5% 2%) min 0%) /yr``. Each term of a sum has a unit
of its own. Only a number can be subtracted, and a sign may be joined to it: ``tri(1 2 3) days +4 days``.
"""

from diamondsim.distributions.lexer import Token, tokens
from diamondsim.distributions.signatures import NAMES, PARAMETERS, suggest_name
from diamondsim.distributions.syntax import Argument, Call, Cut, FactorTerm, Figure, Mix, Term, Total
from diamondsim.errors import NotationError, shown

_MAX_DEPTH = 12


def read(text: str) -> Total:
    """Parse text by the grammar above.

    Raises
    ------
    NotationError
        If the text does not follow the grammar, or nests brackets too deeply.
    """
    reader = _Reader(text)
    term = reader.sum(0)
    if not reader.at("end"):
        raise reader.unexpected("the end")
    return term


class _Reader:
    """Recursive descent: one method per rule, each of which moves `_place` past what it has read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._place = 0

    def at(self, *texts: str) -> bool:
        """Return whether the next token is one of these marks or kinds."""
        token = self._tokens[self._place]
        return token.text in texts or token.kind in texts

    def _take(self, expected: str) -> Token:
        if not self.at(expected):
            raise self.unexpected({"number": "a number", "word": "a name"}.get(expected, f"'{expected}'"))
        self._place += 1
        return self._tokens[self._place - 1]

    def unexpected(self, expected: str) -> NotationError:
        token = self._tokens[self._place]
        found = shown(token.text) if token.text else "the end"
        return NotationError(f"expected {expected} before {found}", found=token.text)

    def sum(self, depth: int) -> Total:
        terms = [self.product(depth)]
        while self.at("+", "-", "number"):
            if self.at("number") and self._tokens[self._place].text[0] not in "+-":
                break
            if self.at("-"):
                self._take("-")
                if not self.at("number") or self._tokens[self._place].text[0] in "+-":
                    raise self.unexpected("a number, since nothing else can be subtracted,")
                figure = self._figure()
                terms.append(Term((Figure(f"-{figure.number}", figure.unit),)))
                continue
            if self.at("+"):
                self._take("+")
            terms.append(self.product(depth))
        return Total(tuple(terms))

    def product(self, depth: int) -> Term:
        factors = [self._factor(depth)]
        while self.at("*"):
            self._take("*")
            factors.append(self._factor(depth))
        return Term(tuple(factors))

    def _factor(self, depth: int) -> FactorTerm:
        if depth > _MAX_DEPTH:
            raise NotationError(f"brackets are nested more than {_MAX_DEPTH} deep", found=self._text)
        if self.at("number"):
            return self._figure()
        if not self.at("word"):
            raise self.unexpected("a number or the name of a distribution")
        name = self._take("word").text
        if name not in NAMES:
            why = f"unknown distribution {shown(name)}"
            raise NotationError(why, found=name, allowed=", ".join(NAMES), suggestion=suggest_name(name))
        self._take("(")
        if name == "mix":
            return self._mix(depth)
        if name == "truncated":
            part = self._factor(depth + 1)
            return Cut(part, self._arguments(), self._unit())
        return Call(name, self._arguments(), self._unit())

    def _mix(self, depth: int) -> Mix:
        weights, parts = [], []
        while True:
            number = self._take("number").text
            weights.append(Figure(number, self._take("%").text if self.at("%") else ""))
            parts.append(self.sum(depth + 1))
            if not self.at("|"):
                break
            self._take("|")
        self._take(")")
        return Mix(tuple(weights), tuple(parts), self._unit())

    def _arguments(self) -> tuple[Argument, ...]:
        arguments = []
        while not self.at(")"):
            name = self._take("word").text if self.at("word") else ""
            if not self.at("number"):
                raise self.unexpected("')'" if self.at("end") else "a number")
            arguments.append(Argument(name, self._figure()))
        self._take(")")
        return tuple(arguments)

    def _figure(self) -> Figure:
        return Figure(self._take("number").text, self._unit())

    def _unit(self) -> str:
        unit = self._unit_name() if not self.at("/", "per") else ""
        while self.at("/", "per"):
            self._place += 1
            name = self._unit_name()
            if not name:
                raise self.unexpected("a unit")
            unit += f"/{name}"
        return unit

    def _unit_name(self) -> str:
        if self.at("%"):
            return self._take("%").text
        if not self.at("word") or self.at(*PARAMETERS):
            return ""
        name = self._take("word").text
        return f"{name} {self._take('word').text}" if name == "working" else name
