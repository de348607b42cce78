"""Completion in a shell: the script that switches it on, and the names that are offered for a parameter.

click completes commands and options by itself. What it cannot know are the names of scenarios and of uses:
they are offered where the metavar of a parameter asks for them.
"""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from diamondsim.cli.streams import say_as_file

PROGRAM = "diamondsim"
_VARIABLE = "_DIAMONDSIM_COMPLETE"


class _ScenarioName(click.types.StringParamType):
    """The name of a shipped scenario, or a file."""

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer files, then the scenarios that are shipped."""
        from diamondsim.scenario import shipped_scenarios

        # Files first: bash forgets what it has been offered before it is told to offer files.
        return [
            CompletionItem(incomplete, type="file"),
            *(
                CompletionItem(listing.name, help=listing.title)
                for listing in shipped_scenarios()
                if not listing.component and listing.name.startswith(incomplete)
            ),
        ]


class _Place(click.types.StringParamType):
    """A use in a region of the scenario that the line names."""

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer the uses of the scenario; none where the line names no scenario yet."""
        return [CompletionItem(place) for place in _places(_words(ctx)) if place.startswith(incomplete)]


def _words(context: click.Context) -> list[str]:
    """Return the arguments of a line so far; click has not sorted them while an option is incomplete."""
    sorted_in = (
        context.params.get(p.name or "") for p in context.command.params if p.param_type_name == "argument"
    )
    words = [word for value in sorted_in for word in ([value] if isinstance(value, str) else value or ())]
    return [*words, *context.args]


def _places(words: list[str]) -> list[str]:
    """Return the uses, as REGION.USE, of the first of some words that names a scenario."""
    from diamondsim.errors import ScenarioError
    from diamondsim.plan import NodeKind, compile_plan
    from diamondsim.scenario import load_scenario

    for word in words:
        try:
            nodes = compile_plan(load_scenario(word)).nodes
        except ScenarioError:  # A half-written line is no place for an error message.
            continue
        return sorted({f"{node.region}.{node.use}" for node in nodes if node.kind == NodeKind.USE})
    return []


def offer_names(command: click.Command) -> None:
    """Have the parameters of a command that take scenarios or uses offer them in a shell."""
    for parameter in command.params:
        if "SCENARIO" in (parameter.metavar or ""):
            parameter.type = _ScenarioName()
        elif parameter.metavar == "REGION.USE":
            parameter.type = _Place()


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish")
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, scenarios and uses in a shell.

    \b
    bash, in ~/.bashrc:                   eval "$(diamondsim completion bash)"
    zsh, in ~/.zshrc:                     eval "$(diamondsim completion zsh)"
    fish, in ~/.config/fish/config.fish:  diamondsim completion fish | source

    The shell must find the command: pip install . puts it there.
    """  # noqa: D301 - click reads the backspace
    kind = get_completion_class(shell)
    assert kind is not None, "click has a class for each of the shells that are offered"
    say_as_file(kind(context.find_root().command, {}, PROGRAM, _VARIABLE).source())
