"""The short subcommands: scenarios, dump, check, trace, admitted, backtest and schema."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from diamondsim.cli.answers import answer
from diamondsim.cli.options import (
    LARGEST_NUMBER,
    OptionOfLargeNumbers,
    engine_option,
    json_option,
    load,
    output_option,
    quiet_option,
    replications_option,
    say_json,
    scenario_argument,
    seed_option,
    set_option,
)
from diamondsim.cli.python_script import ask, leave, script
from diamondsim.cli.streams import say, say_as_file

_ONE_LINE = 10_000
"""Columns in which any title has room, so that another program reads a line for each scenario."""


@click.command("scenarios")
@json_option
def scenarios_command(as_json: bool) -> None:
    """List the shipped scenarios.

    For example: diamondsim scenarios
    """
    from diamondsim.scenario import shipped_scenarios

    listings = [listing for listing in shipped_scenarios() if not listing.component]
    if as_json:
        say_json([{"name": listing.name, "title": listing.title} for listing in listings])
        return
    # Not by the console of other commands, whose libraries take longer to load than the list.
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _ONE_LINE
    formatter = click.HelpFormatter(width=columns)
    formatter.write_dl([(listing.name, listing.title) for listing in listings])
    say(formatter.getvalue(), nl=False)


@click.command("dump")
@scenario_argument
@set_option
@json_option
def dump_command(scenario: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Print SCENARIO with everything it extends, as one YAML file, or with --json as JSON.

    For example: diamondsim dump lapse-2027 --set horizon.length='4 years'
    """
    loaded = load(scenario, changes)
    if loaded.sampling.method == "sobol":  # otherwise the compiler need not be loaded
        from diamondsim.plan import with_dimensions

        loaded = with_dimensions(loaded)
    if as_json:
        say_json(loaded.to_dict())
        return
    say_as_file(loaded.dump())


@click.command("check")
@scenario_argument
@set_option
@click.option("--lanes", is_flag=True, help="List every derived lane.")
@json_option
def check_command(scenario: str, changes: tuple[str, ...], lanes: bool, as_json: bool) -> None:
    """Check SCENARIO: show the opening balance, the residuals of the fit, and the derived lanes.

    For example: diamondsim check lapse-2027 --lanes
    """
    loaded = load(scenario, changes)
    from diamondsim.plan.check import check
    from diamondsim.reporting import check_renderable, json_value

    report = ask(check, loaded)
    writing = script()
    if writing is not None:
        writing.add("print(report.as_dict())")
        leave()
    if as_json:
        say_json(json_value(report.as_dict()))
        return
    from diamondsim.cli.console import page, show

    with page():
        show(check_renderable(report, lanes=lanes))


@click.command("trace")
@scenario_argument
@click.option(
    "--replication",
    cls=OptionOfLargeNumbers,
    type=click.IntRange(0, LARGEST_NUMBER),
    default=0,
    show_default=True,
    metavar="K",
    help="Number of the replication, as in a run with the same seed.",
)
@seed_option
@set_option
@output_option
@json_option
def trace_command(
    scenario: str, replication: int, seed: int, changes: tuple[str, ...], output: str | None, as_json: bool
) -> None:
    """Trace one replication of SCENARIO: what happens when, and why.

    For example: diamondsim trace lapse-2027 --replication 7
    """
    loaded = load(scenario, changes)
    from diamondsim.reporting import json_trace, trace_lines
    from diamondsim.simulation import simulate

    trace = ask(simulate, loaded, seed=seed, replication=replication)
    answer(
        trace,
        output,
        as_json=as_json,
        document=lambda found: json_trace(found.dataset, found.events),
        shown=lambda found: trace_lines(found.dataset, found.events),
    )


@click.command("admitted")
@scenario_argument
@click.option(
    "--control",
    metavar="ID",
    help="Id of the control; by default the only one under which goods ever need a licence.",
)
@replications_option(1024, "Number of replications.", most=100_000)
@seed_option
@engine_option
@set_option
@json_option
@quiet_option
def admitted_command(
    scenario: str,
    control: str | None,
    replications: int,
    seed: int,
    changes: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Show the flow that a control of SCENARIO admits by month, beside that after earlier controls.

    For example: diamondsim admitted lapse-2027
    """
    loaded = load(scenario, changes)
    from diamondsim.cli.console import page, progress
    from diamondsim.reporting import admitted_lines, head_lines, json_admitted
    from diamondsim.simulation import admitted_flow

    with progress(quiet) as report_progress:
        flow = ask(
            admitted_flow,
            loaded,
            control=control,
            replications=replications,
            seed=seed,
            progress=report_progress,
        )
    writing = script()
    if writing is not None:
        writing.add('print(flow.to_series().unstack("quantile"))')
        leave()
    if as_json:
        say_json(json_admitted(flow))
        return
    with page():
        head = head_lines(loaded.title, loaded.as_of, loaded.legal_state, loaded.outdated, loaded.changes)
        for line in (*head, *admitted_lines(flow)):
            say(line)


@click.command("backtest")
@replications_option(8192, "Number of draws behind a forecast.", most=100_000)
@seed_option
@output_option
@json_option
@quiet_option
def backtest_command(replications: int, seed: int, output: str | None, as_json: bool, quiet: bool) -> None:
    """Forecast exports after each earlier control from the other controls, and score the forecasts.

    For example: diamondsim backtest -o backtest.nc
    """
    from diamondsim.backtesting import backtest
    from diamondsim.cli.console import progress
    from diamondsim.reporting import backtest_lines, json_backtest

    with progress(quiet, "steps") as report_progress:
        found = ask(backtest, replications=replications, seed=seed, progress=report_progress)
    answer(found, output, as_json=as_json, document=json_backtest, shown=backtest_lines)


@click.command("schema")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file."
)
def schema_command(output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of a scenario file.

    For example: diamondsim schema -o scenario.json
    """
    from diamondsim.scenario import scenario_schema

    text = json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        say_as_file(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        why = f"cannot write {output}: {error.strerror or error}"
        raise click.BadParameter(why, param_hint="'-o'") from None
    say(f"wrote {output}; to use it, begin a scenario file with: # yaml-language-server: $schema={output}")
