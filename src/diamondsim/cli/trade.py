"""The subcommand trade: from files of trade statistics to a scenario file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from diamondsim.cli.options import json_option, say_json
from diamondsim.cli.python_script import ask, finish, leave, script
from diamondsim.cli.python_text import text_of
from diamondsim.cli.streams import say


@click.command("trade")
@click.argument("files", nargs=-1, required=True, metavar="FILE.csv...")
@click.option(
    "--base", metavar="SCENARIO", default="baseline-2026", show_default=True, help="Scenario to change."
)
@click.option(
    "--years", metavar="YEARS", help="Years to average, such as 2024 or 2022-2024; default the newest."
)
@click.option(
    "--regions", metavar="FILE.yaml", help="Countries by region; default those of the shipped scenarios."
)
@click.option("--grades", metavar="FILE.yaml", help="Shares of grades by commodity code; default 7105.10.")
@click.option(
    "--mirror",
    type=click.Choice(["importer", "exporter", "larger"]),
    default="importer",
    show_default=True,
    help="Whose figure is used where both report a flow.",
)
@click.option(
    "--hong-kong",
    type=click.Choice(["china", "apart"]),
    default="china",
    show_default=True,
    help="Count Hong Kong and Macao with China, or with the rest of the world.",
)
@click.option(
    "--imputed",
    type=click.Choice(["leave-out", "use"]),
    default="leave-out",
    show_default=True,
    help="Quantities that the statistical office computed from values.",
)
@click.option(
    "--unallocated",
    type=click.Choice(["leave-out", "spread"]),
    default="leave-out",
    show_default=True,
    help="Partners that are no country, such as 'Areas, nes'.",
)
@click.option(
    "--re-exports",
    type=click.Choice(["keep", "subtract"]),
    default="keep",
    show_default=True,
    help="Whether re-exports are subtracted from exports.",
)
@click.option("-o", "--output", metavar="FILE.yaml", help="Write the scenario file.")
@click.option("--force", is_flag=True, help="Replace FILE.yaml if it exists.")
@json_option
def trade_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    files: tuple[str, ...],
    base: str,
    years: str | None,
    regions: str | None,
    grades: str | None,
    mirror: str,
    hong_kong: str,
    imputed: str,
    unallocated: str,
    re_exports: str,
    output: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Make the trade and demand of a scenario from trade statistics in FILE.csv...

    Reads exports of UN Comtrade in the old and the new columns, data releases of USGS, and a plain layout;
    see docs/trade-data.md.

    For example: diamondsim trade customs.csv --base reinstated-2027 -o customs.yaml
    """
    if output is not None:
        _refuse(output, force=force)
    from diamondsim.reporting import json_trade_figures, trade_renderable
    from diamondsim.trade import read_trade

    dataset = ask(
        read_trade,
        *files,
        base=base,
        years=years,
        regions=regions,
        grades=grades,
        mirror=mirror,  # type: ignore[arg-type]
        hong_kong=hong_kong,  # type: ignore[arg-type]
        imputed=imputed,  # type: ignore[arg-type]
        unallocated=unallocated,  # type: ignore[arg-type]
        re_exports=re_exports,  # type: ignore[arg-type]
    )
    writing = script()
    if writing is not None:
        if output is None:
            finish(dataset, None)
        name = writing.source_of(dataset).text
        writing.add(f'Path({text_of(output)}).write_text({name}.attrs["overlay"], encoding="utf-8")')
        leave()
    if output is not None:
        _write(output, dataset.attrs["overlay"], force=force)
    if as_json:
        say_json({**json_trade_figures(dataset), "written": output})
        return
    from diamondsim.cli.console import show

    show(trade_renderable(dataset))
    if output is not None:
        say(f"\nScenario: {output}; run it with: diamondsim run {_runnable(output)}")


def _refuse(output: str, *, force: bool) -> None:
    """Refuse a file that cannot be written, before any work is done."""
    target = Path(output)
    try:
        if target.is_dir():
            raise click.BadParameter(f"'{output}' is a folder; name a file in it")
        if target.exists() and not force:
            raise click.BadParameter(f"'{output}' exists; --force replaces it")
        if not target.parent.is_dir():
            raise click.BadParameter(f"the folder '{target.parent}' does not exist")
    except OSError as error:  # The name is too long, or a folder above it may not be read.
        raise click.BadParameter(f"cannot write '{output}': {error.strerror or error}") from None


def _write(output: str, text: str, *, force: bool) -> None:
    """Write the file; without `force` only if it still does not exist."""
    try:
        with Path(output).open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.BadParameter(f"'{output}' exists; --force replaces it") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror or error}") from None


def _runnable(output: str) -> str:
    """Return the path as the command line takes it for a file, not for the name of a shipped scenario."""
    return output if os.sep in output or output.lower().endswith((".yaml", ".yml")) else f"./{output}"
