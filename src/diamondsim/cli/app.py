"""The command `diamondsim`: its subcommands, its exit codes, and its error messages.

Exit codes: 0; 2 for a mistake in the user's input; 1 for a failure of diamondsim or of the machine; 130 when
interrupted.
"""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import NoReturn

import click

from diamondsim._version import __version__
from diamondsim.arguments import ArgumentError
from diamondsim.cli.argument_names import with_options
from diamondsim.cli.blank_values import refuse_blanks
from diamondsim.cli.commands import (
    admitted_command,
    backtest_command,
    check_command,
    dump_command,
    scenarios_command,
    schema_command,
    trace_command,
)
from diamondsim.cli.compare import compare_command
from diamondsim.cli.completion import completion_command, offer_names
from diamondsim.cli.discover import discover_command
from diamondsim.cli.flip import flip_command
from diamondsim.cli.independence import independence_command
from diamondsim.cli.information import information_command
from diamondsim.cli.kept_inputs import keep_inputs
from diamondsim.cli.marginal import marginal_command
from diamondsim.cli.mixture import mixture_command
from diamondsim.cli.new import new_command
from diamondsim.cli.plot import plot_command
from diamondsim.cli.python_script import python_option
from diamondsim.cli.report_command import report_command
from diamondsim.cli.run import run_command
from diamondsim.cli.select import select_command
from diamondsim.cli.sensitivity import sensitivity_command
from diamondsim.cli.size import size_reserve_command, size_stock_command
from diamondsim.cli.streams import (
    complain,
    discard,
    is_of_the_machine,
    prepare_streams,
    python_warnings,
)
from diamondsim.cli.stress import reverse_stress_command, worst_start_command
from diamondsim.cli.trade import trade_command
from diamondsim.errors import EngineError, ScenarioError, StoreError

_MESSAGE_CHARS = 300
_SENTENCE = 1000
"""Characters in which the first sentence of any help has room."""


class _Commands(click.Group):
    """The subcommands, and what they have in common when they end early.

    Interruptions are handled here, before click handles them in its own way.
    """

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by section, each with the whole first sentence of its help."""
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(each.name or "", each.get_short_help_str(_SENTENCE)) for each in commands]
                )

    def invoke(self, ctx: click.Context) -> object:
        """Call a subcommand."""
        try:
            return super().invoke(ctx)
        except (ArgumentError, ScenarioError) as error:
            command = self.commands[ctx.invoked_subcommand or ""]
            refused = with_options(error, command)
            if refused is None:
                raise
            if isinstance(refused, click.UsageError):
                refused.ctx = click.Context(command, parent=ctx, info_name=command.name)
            raise refused from None
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError:
            discard(sys.stdout)
            return 0


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="diamondsim")
@click.option("--debug", is_flag=True, help="Show the traceback when diamondsim itself fails.")
def app(debug: bool) -> None:
    """Simulate the supply of synthetic diamond under export restrictions and estimate shortages by use.

    Begin with: diamondsim run lapse-2027

    diamondsim COMMAND --help explains a command, with an example.
    """
    if not debug:
        sys.excepthook = _one_line


_WITHOUT_PYTHON = (scenarios_command, dump_command, schema_command, new_command, completion_command)
"""Commands without `--show-python`."""

_SECTIONS = {
    "Scenarios": (scenarios_command, new_command, trade_command, check_command, dump_command, schema_command),
    "Runs": (run_command, trace_command, admitted_command, backtest_command, plot_command, report_command),
    "Comparisons and sizes": (
        *(compare_command, select_command, marginal_command, information_command, mixture_command),
        *(independence_command, size_reserve_command, size_stock_command),
    ),
    "What an answer rests on": (
        *(sensitivity_command, discover_command, flip_command, worst_start_command, reverse_stress_command),
    ),
    "Shell": (completion_command,),
}
"""The commands in the order of the help, by its headings."""

for command in (each for commands in _SECTIONS.values() for each in commands):
    offer_names(command)
    refuse_blanks(command)
    keep_inputs(command)
    if command not in _WITHOUT_PYTHON:
        command.params.append(python_option())
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments after `diamondsim`; default those of the process.
    """
    prepare_streams()
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        command = shlex.join(["diamondsim", *words])
        with python_warnings():
            code = app.main(words, "diamondsim", standalone_mode=False, obj=command)
        sys.stdout.flush()
    except click.ClickException as error:
        return _refused(error)
    except (ScenarioError, StoreError) as error:
        complain(f"diamondsim: {error}")
        return 2
    except EngineError as error:
        complain(f"diamondsim: {error}")
        return 1
    except BrokenPipeError:
        discard(sys.stdout)
        return 0
    except click.Abort:
        newline = "\n" if sys.stderr.isatty() else ""
        complain(f"{newline}diamondsim: interrupted")
        return 130
    except OSError as error:
        if not is_of_the_machine(error):
            raise
        discard(sys.stdout)
        what = "the output" if error.filename is None else f"'{error.filename}'"
        complain(f"diamondsim: cannot write {what}: {error.strerror}")
        return 1
    return code if isinstance(code, int) else 0


def _refused(error: click.ClickException) -> int:
    """Print a mistake in the command and return the exit code."""
    text = io.StringIO()
    error.show(text)
    complain(text.getvalue().rstrip("\n"))
    return error.exit_code


def _one_line(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Report in one line that diamondsim failed; Python then exits with code 1."""
    message = " ".join(str(error).split())[:_MESSAGE_CHARS] or "no message"
    complain(
        f"diamondsim: failed: {kind.__name__}: {message}. Please report this, with the command and "
        f"the output of 'diamondsim --debug ...'."
    )
