"""The entry point: puts the command groups together, one file each."""

from __future__ import annotations

from typing import Annotated

import typer

from firstprint.cli import (
    audit,
    batch,
    bom,
    catalogue,
    catalogue_changes,
    catalogue_sources,
    doctor,
    estimate,
    evaluation,
    export,
    index,
    match,
    mcp,
    options,
    references,
    rerun,
    review,
    review_queue,
    serve,
    train,
    user,
)
from firstprint.cli.errors import CommandGroup
from firstprint.version import __version__

app = typer.Typer(
    name="firstprint",
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if asked:
        typer.echo(f"firstprint {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
]


@app.callback()
def root(
    home: options.Home = None,
    version: Version = False,  # noqa: FBT002
) -> None:
    """A first, honest carbon footprint for a product, from a plain description.

    Exit codes: 0 done; 1 the run found something wrong and says what; 2 bad input, with one message on stderr.
    """


app.command("estimate")(estimate.estimate)
app.command("match")(match.match)
app.command("batch")(batch.batch)
app.add_typer(bom.app, name="bom")
catalogue.app.command("import")(catalogue_sources.import_datasets)
catalogue.app.command("sources")(catalogue_sources.list_sources)
catalogue.app.command("remove")(catalogue_sources.remove)
catalogue.app.command("diff")(catalogue_changes.diff)
catalogue.app.command("export")(catalogue_changes.export)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(references.app, name="references")
app.add_typer(index.app, name="index")
app.add_typer(evaluation.app, name="eval")
review.app.command("list")(review_queue.list_proposals)
review.app.command("bulk")(review_queue.bulk)
app.add_typer(review.app, name="review")
app.add_typer(audit.app, name="audit")
app.add_typer(user.app, name="user")
app.command("rerun")(rerun.rerun)
app.command("train")(train.train)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("doctor")(doctor.doctor)
app.command("export")(export.export)


def main() -> None:
    """Runs the command line; the console script ``firstprint``."""
    app()
