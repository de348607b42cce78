"""`diamondsim schema`: what an editor needs to complete and to check scenario files."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("schema")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to a file instead."
)
def schema_command(output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of a scenario file."""
    from diamondsim.scenario import scenario_schema

    text = json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        why = f"cannot write {output}: {error.strerror or error}"
        raise click.BadParameter(why, param_hint="'-o'") from None
    click.echo(
        f"wrote {output}; a scenario uses it by its first line: # yaml-language-server: $schema={output}"
    )
