"""What a command does with the Dataset that it computed: keep it, and print it as a table or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from diamondsim.arguments import ArgumentError
from diamondsim.cli.options import keep, kept_line, say_json
from diamondsim.cli.python_script import finish, script
from diamondsim.cli.streams import complain, say


def answer(
    found: Any,
    output: str | None,
    *,
    as_json: bool,
    document: Callable[[Any], dict[str, Any]],
    shown: Callable[[Any], Any],
    kind: str = "Dataset",
) -> None:
    """Write a Dataset or DataTree to the file of `--output`, if there is one, and print it.

    Parameters
    ----------
    found : xarray.Dataset or xarray.DataTree
    output : str or None
    as_json : bool
        Print the document and nothing else.
    document : callable
        Returns the JSON document; the path of the file is added as `dataset`.
    shown : callable
        Returns what people read: an iterator of lines, or what a rich console renders.
    kind : str
        What the file holds, for people.

    Raises
    ------
    click.ClickException
        If the file cannot be written.
    click.exceptions.Exit
        After the script of `--show-python`, which is printed instead.
    """
    if script() is not None:
        finish(found, output)
    written = None if output is None else keep(found, output)
    if as_json:
        say_json({**document(found), "dataset": written})
        return
    from diamondsim.cli.console import page, show

    with page():
        text = shown(found)
        if isinstance(text, Iterator):
            for line in text:
                say(line)
        else:
            show(text)
    if written:
        say(kept_line(written, kind))


def leave_if_failed(failures: Mapping[str, str]) -> None:
    """Leave with exit code 1 if something failed beside the answer that has been printed.

    Parameters
    ----------
    failures : mapping of str to str
        Why each scenario or run failed, by name.

    Raises
    ------
    click.exceptions.Exit
    """
    for name, why in failures.items():
        complain(f"diamondsim: failed: '{name}': {why}. Please report this, with the command.")
    if failures:
        raise click.exceptions.Exit(1)


@contextmanager
def mistakes_of_usage() -> Iterator[None]:
    """Report a ValueError of a library call, whose argument an option gave, as a mistake of usage.

    An ArgumentError goes on to where its argument is replaced by the option.
    """
    try:
        yield
    except ArgumentError:
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
