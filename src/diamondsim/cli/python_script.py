"""The option --show-python: the library calls of a command as a script, in place of its answer.

A command reads its options as ever, and makes each call of the library through `ask`. With the option `ask`
writes the call down instead, with the very arguments that it would have had, so that the script can ask for
nothing else than the command. Objects that are given to a call, such as scenarios, are made by `made`, which
notes where they come from.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

import click

from diamondsim.cli.python_text import CallText, NameText, text_of
from diamondsim.cli.streams import say_as_file

P = ParamSpec("P")
T = TypeVar("T")

_KEY = "diamondsim.cli.python_script"
_UNSEEN = ("progress", "failed")
"""Arguments that only tell people how far a call is."""
_ALWAYS = ("replications", "seed")
"""Arguments that are written also where they are the default."""
_RESULTS = {
    "monte_carlo": "run",
    "condition": "run",
    "simulate": "trace",
    "check": "report",
    "compare": "comparison",
    "admitted_flow": "flow",
}
"""What the result of a call is called; that of others is `answer`, and that of a picture `axes`."""
_IMPORTS = {"dt.": "import datetime as dt", "Path(": "from pathlib import Path", "xr.": "import xarray as xr"}


class Script:
    """The lines of a script so far, and where the objects come from that its calls are given."""

    def __init__(self) -> None:
        self.engine = "auto"
        self._lines: list[str] = []
        self._sources: list[tuple[object, Any]] = []
        self._names: dict[str, int] = {}

    def note(self, value: object, source: Any) -> None:
        """Note where an object comes from."""
        self._sources.append((value, source))

    def source_of(self, value: object) -> Any:
        """Return where a value comes from, also inside maps and lists; the value itself if it is plain."""
        for known, source in reversed(self._sources):
            if known is value:
                return source
        if isinstance(value, Mapping):
            return {key: self.source_of(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.source_of(item) for item in value)
        return value

    def call_of(
        self, function: Callable[..., Any], args: tuple[Any, ...], named: Mapping[str, Any]
    ) -> CallText:
        """Return the call of a public function, without arguments that are the default."""
        parameters = inspect.signature(function).parameters
        positional = [each.default for each in parameters.values()][: len(args)]
        while args and _is(args[-1], positional[len(args) - 1]):
            args = args[:-1]
        written = {
            name: self.source_of(value)
            for name, value in named.items()
            if name not in _UNSEEN and (name in _ALWAYS or not _is(value, parameters[name].default))
        }
        return CallText(_public_name(function), tuple(map(self.source_of, args)), written)

    def ask(
        self, name: str, function: Callable[..., Any], args: tuple[Any, ...], named: Mapping[str, Any]
    ) -> object:
        """Add the call of a public function; return what stands for its result, which gets a name."""
        for value in args:  # scenarios, which people look at too, get names of their own
            source = self.source_of(value)
            if isinstance(source, CallText):
                self.assign("scenario", value)
            elif isinstance(source, dict) and any(isinstance(item, CallText) for item in source.values()):
                self.assign("scenarios", value)
        result = object()
        self.note(result, self.call_of(function, args, named))
        self.assign(name, result)
        return result

    def assign(self, name: str, value: object) -> NameText:
        """Add a line that gives what a value comes from a name; a second one gets a number."""
        count = self._names[name] = self._names.get(name, 0) + 1
        target = NameText(name if count == 1 else f"{name}_{count}")
        self._lines.append(f"{target.text} = {text_of(self.source_of(value), used=len(target.text) + 3)}")
        self.note(value, target)
        return target

    def add(self, *lines: str) -> None:
        """Add lines as they are."""
        self._lines += lines

    @contextmanager
    def with_engine_of(self, run: object) -> Iterator[None]:
        """Have what is added meanwhile simulated by the engine of a run, unless one is named for all."""
        begin = len(self._lines)
        yield
        if self.engine == "auto":
            body = [line for each in self._lines[begin:] for line in each.splitlines()]
            engine = f'{self.source_of(run).text}.attrs["engine"]'
            self._lines[begin:] = [f"with ds.use_engine({engine}):", *(f"    {line}" for line in body)]

    def text(self) -> str:
        """Return the script."""
        body = [line for each in self._lines for line in each.splitlines()]
        if self.engine != "auto":
            body = [f"with ds.use_engine({text_of(self.engine)}):", *(f"    {line}" for line in body)]
        text = "\n".join(body)
        imports = sorted(line for sign, line in _IMPORTS.items() if sign in text)
        of_others = [line for line in imports if "xarray" in line]
        of_python = [line for line in imports if line not in of_others]
        return "\n".join(
            [*of_python, *([""] if of_python else []), *of_others, "import diamondsim as ds", "", text]
        )


def python_option() -> click.Option:
    """Return the option; it is read before all others, of which some act when they are read."""
    return click.Option(
        ["--show-python"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_begin,
        help="Print a script with the library calls that do the same, and run nothing.",
    )


def _begin(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.meta[_KEY] = Script()


def script() -> Script | None:
    """Return the script that the current command writes; None if it is to answer."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_KEY)


def made(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call a public function whose result is given to other calls, and note the call."""
    value, writing = function(*args, **named), script()
    if writing is not None:
        writing.note(value, writing.call_of(function, args, named))
    return value


def overridden(scenario: T, changes: Mapping[str, object], *, name: str = "override") -> T:
    """Return a scenario with single values changed, and note how it is made of the other."""
    changed = cast(Any, scenario).override(changes, name=name)
    writing = script()
    if writing is not None:
        writing.note(changed, CallText("override", (dict(changes),), of=writing.source_of(scenario)))
    return cast(T, changed)


def ask(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call a public function; or write the call, and return what stands for its result.

    What a command does with the result must be left to further calls of `ask`, and to `answer` in the end.
    """
    writing = script()
    if writing is None:
        return function(*args, **named)
    default = "axes" if _public_name(function).startswith("ds.plot.") else "answer"
    return cast(T, writing.ask(_RESULTS.get(function.__name__, default), function, args, named))


def finish(found: object, output: str | None) -> NoReturn:
    """Print the script, which keeps its answer in a file or prints it, and leave the command.

    Raises
    ------
    click.exceptions.Exit
    """
    writing = script()
    assert writing is not None, "a command that answers has no script"
    name = writing.source_of(found).text
    table = _MAIN_TABLES.get(name.partition("_")[0])
    if output is not None:
        writing.add(f"ds.save({name}, {text_of(output)})")
    elif table is not None:
        writing.add(f"print(ds.tables({name})[{text_of(table)}])")
    else:
        writing.add(f"for name, table in ds.tables({name}).items():", '    print(f"\\n{name}\\n{table}")')
    leave()


_MAIN_TABLES = {"run": "uses", "trace": "events"}
"""The table to print of a result that has many, or long ones."""


def leave() -> NoReturn:
    """Print the script as it is, and leave the command.

    Raises
    ------
    click.exceptions.Exit
    """
    writing = script()
    assert writing is not None, "a command that answers has no script"
    say_as_file(writing.text() + "\n")
    raise click.exceptions.Exit(0)


def _is(value: object, default: object) -> bool:
    return value is default or (type(value) is type(default) and value == default)


def _public_name(function: Callable[..., Any]) -> str:
    """Return how a script calls a function."""
    is_picture = function.__module__.startswith("diamondsim.plot")
    return f"ds.plot.{function.__name__}" if is_picture else f"ds.{function.__name__}"
