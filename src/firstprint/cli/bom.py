"""``firstprint bom``: one footprint for a product from its bill of materials; drafts of bills; templates."""

from __future__ import annotations

import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from firstprint.cli import options
from firstprint.cli.output import columns, console, notice, show, write_json, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import open_assistant, open_encoder_and_chat
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.domain.bill_of_materials import BillResult

OUTPUTS = (".xlsx", ".html", ".json")
DEFAULT = "calculate"


class FileOrCommand(TyperGroup):
    """``firstprint bom FILE`` is ``firstprint bom calculate FILE``: a word that names no command names a file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the signature is typer's
        """Puts the default command before arguments that begin with none."""
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=FileOrCommand,
    no_args_is_help=True,
    help="""One footprint for a product from its bill of materials: `firstprint bom FILE`.

    Columns, in any order and under their usual headings in English or Chinese: component, material, amount, unit, mass,
    stage, geography, supplier value, level or parent, cut-off. `firstprint bom draft TEXT` proposes a list to fill in.
    """,
)


File = Annotated[Path, typer.Argument(metavar="FILE", help="Bill of materials: .xlsx, .csv, .tsv or .jsonl.")]
TemplateId = Annotated[
    str, typer.Option("--template", metavar="ID", help="Stages and functional unit: see firstprint bom templates.")
]
Out = Annotated[
    list[Path] | None,
    typer.Option("--out", metavar="FILE", help="Write .xlsx, .html or .json as well; may be given several times."),
]
ProductName = Annotated[str | None, typer.Option("--product", metavar="TEXT", help="The product's name.")]
ForAmount = Annotated[
    float | None,
    typer.Option(
        "--amount", metavar="NUMBER", callback=options.positive, help="How much of the product the bill is for."
    ),
]
ProductMass = Annotated[
    float | None,
    typer.Option(
        "--mass-kg", metavar="NUMBER", callback=options.positive, help="Mass of one unit of the product, to check."
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=NUMBER", help="An input of the template, such as cycles=2000."),
]
Headings = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=HEADING", help="Read a heading as a column, where guessing is wrong."),
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Sheet of the workbook.")]


@app.command(DEFAULT)
def calculate(
    context: typer.Context,
    file: File,
    template: TemplateId = "cradle-to-gate",
    out: Out = None,
    product: ProductName = None,
    amount: ForAmount = None,
    unit: options.Unit = None,
    mass_kg: ProductMass = None,
    geography: options.Geography = None,
    year: options.Year = None,
    language: options.Language = None,
    inputs: Inputs = None,
    mapping: Headings = None,
    sheet: Sheet = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Calculate a bill of materials; the word `calculate` may be left out.

    Amounts are per one of the row's parent and are multiplied down the tree; a parent is the sum of its parts.
    `supplier_kg_co2e` is a supplier's value for one unit of the row, `supplier_kg_co2e_total` for its whole amount.

    Example: `firstprint bom kettle.xlsx --mass-kg 1.1 --geography CN --out kettle.html`
    """
    from firstprint.bills import BillOptions, estimate_bill
    from firstprint.importers.bill_of_materials import read_bill
    from firstprint.importers.bill_templates import template_named

    targets = _targets(out or ())
    chosen = template_named(template)
    given = _numbers(_pairs("--set", inputs or ()))
    bill = read_bill(file, chosen, columns=_pairs("--map", mapping or ()), sheet=sheet)
    told = BillOptions(product, amount, unit, mass_kg, geography, year, language, given)
    with StepProgress() as progress:
        assistant = open_assistant(context, home, progress)
        result = estimate_bill(assistant, bill, chosen, told, progress=progress)
    _write(result, targets)
    if json:
        write_record(result)
        return
    from firstprint.bill_words import bill_words
    from firstprint.cli.render_bom import bill_view

    on = console()
    show(bill_view(result, columns(on)), on)
    for target in targets:
        notice(bill_words(result.language).written.format(path=target))


@app.command("draft")
def draft(
    context: typer.Context,
    text: options.Text,
    template: TemplateId = "cradle-to-gate",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the table to fill in: .csv or .xlsx.")
    ] = None,
    language: options.Language = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Propose the components of a product as a table to fill in; every line is a draft, no amount is guessed.

    Names come from the usual parts of the nearest kind of product and, where a language model is set, from it too.

    Example: `firstprint bom draft "304不锈钢保温杯 500ml" --out cup.csv`
    """
    from firstprint.drafts import draft_bill
    from firstprint.importers.bill_templates import template_named

    if out is not None:
        _targets([out], (".csv", ".xlsx"))
    chosen = template_named(template)
    with StepProgress():
        encoder, chat = open_encoder_and_chat(context, home)
        found = draft_bill(encoder, text, chosen, language=language, chat=chat)
    if out is not None:
        from firstprint.exporters.bom_draft import write_draft

        write_draft(found, out)
    if json:
        write_record(found)
        return
    from firstprint.cli.render_bom_lists import draft_view

    show(draft_view(found, chosen, out), console())


@app.command("templates")
def templates(
    language: options.Language = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """List the templates with their stages and, where they have one, the inputs of their functional unit."""
    from firstprint.importers.bill_templates import load_templates

    found = load_templates()
    if json:
        rows = [
            {
                "id": one.id,
                "name_en": one.name_en,
                "name_zh": one.name_zh,
                "draft": one.draft,
                "boundary": one.boundary,
                "stages": [stage.id for stage in one.stages],
                "inputs": [each.name for each in one.functional_unit.inputs] if one.functional_unit else [],
            }
            for one in found
        ]
        write_json(json_module.dumps(rows, ensure_ascii=False, indent=2))
        return
    from firstprint.cli.render_bom_lists import templates_view

    show(templates_view(found, language or "en"), console())


def _write(result: BillResult, targets: Sequence[Path]) -> None:
    if not targets:
        return
    from firstprint.rationale.wording_zh import localised

    words = localised if result.language == "zh" else str
    for target in targets:
        if target.suffix.lower() == ".xlsx":
            from firstprint.exporters.bom_workbook import write_workbook

            write_workbook(result, target, words)
        elif target.suffix.lower() == ".html":
            from firstprint.exporters.bom_page import write_page

            write_page(result, target, words)
        else:
            target.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _targets(paths: Sequence[Path], endings: Sequence[str] = OUTPUTS) -> list[Path]:
    """The files to write, checked before anything is calculated."""
    for path in paths:
        if path.suffix.lower() not in endings:
            raise InputError(
                f"--out {path}: the ending {path.suffix or 'none'!r} is not one that is written.",
                hint=f"Use one of {', '.join(endings)}.",
                code="output_unknown",
            )
        if not path.absolute().parent.is_dir():
            raise InputError(
                f"--out {path}: the folder {str(path.parent)!r} does not exist.", hint="Make it first.",
                code="output_folder",
            )  # fmt: skip
    return list(paths)


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InputError(
                f"{option} {text!r} is not of the form NAME=VALUE.", hint=f"Write {option} name=value.",
                code="pair_invalid",
            )  # fmt: skip
        pairs[name.strip()] = value.strip()
    return pairs


def _numbers(pairs: dict[str, str]) -> dict[str, float]:
    numbers = {}
    for name, text in pairs.items():
        try:
            numbers[name] = float(text)
        except ValueError:
            raise InputError(
                f"--set {name}={text}: {text!r} is not a number.", hint=f"Write --set {name}=2000.", code="not_a_number"
            ) from None
    return numbers
