"""The command `diamondsim`: its subcommands, its exit codes, and what is said when something goes wrong.

Exit codes: 0; 2 for a mistake in what the user gave; 1 for a failure of ours or of the machine; 130 when
interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import NoReturn

import click

from diamondsim._version import __version__
from diamondsim.cli.admitted import admitted_command
from diamondsim.cli.check import check_command
from diamondsim.cli.run import run_command
from diamondsim.cli.scenarios import dump_command, scenarios_command
from diamondsim.cli.schema import schema_command
from diamondsim.cli.trace import trace_command
from diamondsim.errors import ScenarioError, StoreError

_SAID_CHARS = 300


class _Commands(click.Group):
    """The subcommands; what interrupts them is answered here, since click would answer otherwise."""

    def invoke(self, ctx: click.Context) -> object:
        """Call a subcommand."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError:
            _let_go_of_output()
            return 0


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="diamondsim")
@click.option("--debug", is_flag=True, help="Show the traceback when diamondsim itself fails.")
def app(debug: bool) -> None:
    """Simulate the supply of synthetic diamond under export restrictions and estimate shortages by use."""
    if not debug:
        sys.excepthook = _one_line


for command in (
    *(scenarios_command, check_command, run_command, trace_command, admitted_command, dump_command),
    schema_command,
):
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after `diamondsim`; those of the process by default.
    """
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: Sequence[str] | None) -> int:
    try:
        done = app.main(None if arguments is None else list(arguments), "diamondsim", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ScenarioError, StoreError) as error:
        click.echo(f"diamondsim: {error}", err=True)
        return 2
    except BrokenPipeError:
        _let_go_of_output()
        return 0
    except click.Abort:
        after_the_echoed_keys = "\n" if sys.stderr.isatty() else ""
        click.echo(f"{after_the_echoed_keys}diamondsim: interrupted", err=True)
        return 130
    return done if isinstance(done, int) else 0


def _let_go_of_output() -> None:
    """Let what is still to be written go nowhere: who read it, such as `head`, has read enough."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _one_line(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Say in one line that diamondsim failed; Python then leaves with exit code 1."""
    said = " ".join(str(error).split())[:_SAID_CHARS] or "no further words"
    click.echo(
        f"diamondsim: failed: {kind.__name__}: {said}. Please report this with the command and what "
        f"'diamondsim --debug ...' shows.",
        err=True,
    )
