"""Formulas of the pages can be set by what shows them, and an equation that code cites is on a page.

Three programs set them: MathJax on the site, MathJax or KaTeX on a git host. What these rules refuse, one of
them shows in red or leaves out; which commands all of them know was tried in a browser.
"""

import re

import pytest

from tests.documentation.pages import PAGES, ROOT, blocks, inline_math

COMMANDS = frozenset(
    re.findall(
        r"\\(?:[a-zA-Z]+|.)",
        r"\begin\end\cr\substack\tag\text\mathrm\textstyle\quad\qquad\,\;\_\ "
        r"\left\right\bigl\bigr\Biggl\Biggr\lfloor\rfloor\lceil\rceil\frac\dfrac\sqrt\sum\prod\int"
        r"\min\max\exp\ln\sin\in\le\ge\ne\sim\mid\pm\mp\cdot\dots\leftarrow"
        r"\beta\theta\lambda\mu\pi\rho\sigma\tau\phi\chi\Phi",
    )
)
ENVIRONMENTS = frozenset({"aligned", "cases"})
PAGES_WITH_FORMULAS = sorted(
    page for page in PAGES if any(block.language == "math" for block in blocks(page))
)
NUMBER = r"[A-Z]?\d+[a-z]?'?"
CITED = re.compile(rf"(?:\beq\. |\.md, )({NUMBER}(?:(?:, | and |-){NUMBER})*)")
"""A citation of equations. Those of the model have no letter before the number, those of other pages have."""
CITING = sorted(path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


def mistakes(formula: str) -> list[str]:
    """Return what keeps a program from setting a formula as it is meant."""
    commands = re.findall(r"\\(?:[A-Za-z]+|.|\Z)", formula, flags=re.DOTALL)
    found = [f"unknown command {command}" for command in commands if command not in COMMANDS]
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(.*?)\}", formula):
        if name not in ENVIRONMENTS:
            found.append(f"unknown environment {name}")
        elif kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            found.append(f"{name} is ended, but not open")
    found += [f"{name} is not ended" for name in opened]
    if formula.count("{") != formula.count("}"):
        found.append("{ and } do not pair")
    if commands.count(r"\left") != commands.count(r"\right"):
        found.append(r"\left and \right do not pair")
    if formula.count(r"\tag{") > 1:
        found.append("more than one number")
    return found


@pytest.mark.parametrize(
    "formula, mistake",
    [
        (r"x \tag{1} \tag{2}", "more than one number"),
        (r"\mathm{cap}_s", r"unknown command \mathm"),
        (r"\begin{aligned} a \\ b \end{aligned}", r"unknown command \\"),
        (r"\begin{align} a \end{align}", "unknown environment align"),
        (r"\begin{cases} a", "cases is not ended"),
        (r"a \end{cases}", "cases is ended, but not open"),
        (r"\frac{a}{b", "{ and } do not pair"),
        (r"\left( a )", r"\left and \right do not pair"),
    ],
)
def test_a_formula_that_cannot_be_set_is_found(formula, mistake):
    assert mistake in mistakes(formula)


@pytest.mark.parametrize("page", PAGES_WITH_FORMULAS)
def test_the_formulas_of_a_page_can_be_set(page):
    formulas = [block for block in blocks(page) if block.language == "math"]
    assert {str(block): found for block in formulas if (found := mistakes(block.text))} == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_formula_in_a_sentence_reaches_a_git_host_as_it_is_written(page):
    """A git host may read Markdown before mathematics: `}_s` begins emphasis, and `\\,` becomes a comma."""
    for line, formula, read in inline_math(page):
        assert formula in read, f"{page}:{line}"
        assert mistakes(formula) == [], f"{page}:{line}"


def equations(page: str) -> list[str]:
    """Return the numbers of the equations of a page, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [a or b for a, b in re.findall(rf"\\tag\{{(.+?)\}}|\*\*\(({NUMBER})\)\*\*", text)]


def test_each_equation_has_a_number_of_its_own():
    numbers = [number for page in PAGES for number in equations(page)]
    assert {number for number in numbers if numbers.count(number) > 1} == set()


def test_an_equation_that_code_cites_is_on_a_page():
    cited = {
        (path.relative_to(ROOT).as_posix(), number)
        for path in CITING
        for words in CITED.findall(re.sub(r"\s+", " ", path.read_text(encoding="utf-8")))
        for number in re.findall(NUMBER, words)
    }
    assert len(cited) > 400
    there = {number for page in PAGES for number in equations(page)}
    assert {(path, number) for path, number in cited if number not in there} == set()
