"""``firstprint export``: decided records as a file that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstprint.cli import export_options as facts
from firstprint.cli import options
from firstprint.cli.output import console, show, write_record
from firstprint.cli.progress import StepProgress
from firstprint.cli.session import kept_store, open_index
from firstprint.domain.product import Language
from firstprint.errors import InputError

if TYPE_CHECKING:
    from firstprint.catalogue.table import Catalogue
    from firstprint.exporting import Request

Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of records, or beginnings that no other has.")]
FormatName = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="One of pact, ilcd, tidas, xlsx, json.", show_default=False)
]
Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FILE", help="pact, json: .json · xlsx: .xlsx · ilcd: .zip or .xml · tidas: .zip or .json."
    ),
]
Draft = Annotated[bool, typer.Option("--draft", help="Write proposals too, marked as drafts everywhere.")]
Allow = Annotated[
    bool, typer.Option("--allow-restricted", help="Write data whose licence limits sharing; the file says so.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file of this name.")]
FactsPath = Annotated[
    Path | None,
    typer.Option(
        "--facts", metavar="FILE.toml", help="Facts of all products, and of each in a table [product.ID]; see the docs."
    ),
]
Written = Annotated[
    Language | None,
    typer.Option("--language", metavar="en|zh", help="Language of a workbook and of the summary; else the records'."),
]


def export(
    context: typer.Context,
    ids: Ids,
    format_name: FormatName,
    out: Out,
    facts_file: FactsPath = None,
    draft: Draft = False,  # noqa: FBT002
    allow_restricted: Allow = False,  # noqa: FBT002
    force: Force = False,  # noqa: FBT002
    language: Written = None,
    company: facts.Company = None,
    company_ids: facts.CompanyIds = None,
    product_name: facts.ProductName = None,
    product_ids: facts.ProductIds = None,
    product_classifications: facts.ProductClassifications = None,
    name_en: facts.NameEn = None,
    name_zh: facts.NameZh = None,
    mass_kg: facts.Mass = None,
    geography: facts.Place = None,
    reference_period_start: facts.PeriodStart = None,
    reference_period_end: facts.PeriodEnd = None,
    biogenic_co2_uptake_kg: facts.Uptake = None,
    fossil_emissions_kg: facts.Fossil = None,
    land_use_change_kg: facts.LandUse = None,
    biogenic_non_co2_kg: facts.NonCO2 = None,
    land_management_co2_kg: facts.LandManagement = None,
    fossil_carbon_content_kg: facts.FossilCarbon = None,
    biogenic_carbon_content_kg: facts.BiogenicCarbon = None,
    ipcc: facts.Ipcc = None,
    standards: facts.Standards = None,
    exempted_emissions_percent: facts.Exempted = None,
    exempted_emissions_description: facts.ExemptedWhy = None,
    packaging_included: facts.Packaging = None,
    packaging_emissions_kg: facts.PackagingKg = None,
    ccs_included: facts.Ccs = None,
    copyright: facts.Copyright = None,
    home: options.Home = None,
    json: options.Json = False,  # noqa: FBT002
) -> None:
    """Write confirmed records to a file: PACT, ILCD, TIDAS, Excel or JSON.

    What an estimate cannot know is asked for and never made up: run the command, and it lists what is missing.
    Several records in one PACT file stand as `{"data": [...]}`.

    Example: `firstprint export ID --format xlsx --out footprint.xlsx`
    """
    from firstprint.exporting import export as written

    request = _request(context, ids, format_name, out)
    with kept_store(context, home) as store:
        done = written(store, request, lambda: _catalogue(context, home))
    if json:
        write_record(done)
        return
    from firstprint.cli.render_export import exported_view

    on = console()
    show(exported_view(done, language or done.language), on)


def _catalogue(context: typer.Context, home: Path | None) -> Catalogue:
    """Opened only where a person took a dataset that is none of a record's candidates."""
    with StepProgress() as progress:
        return open_index(context, home, progress).catalogue


def _request(context: typer.Context, ids: list[str], format_name: str, out: Path) -> Request:
    """The request that the options make; facts are options named as the facts are."""
    from firstprint.exporters.facts import ExportFacts
    from firstprint.exporters.facts_file import FactsFile, read_facts
    from firstprint.exporting import FORMATS, Request

    chosen = next((each for each in FORMATS if each == format_name.strip().lower()), None)
    if chosen is None:
        raise InputError(
            f"There is no format {format_name!r}.", hint=f"Formats: {', '.join(FORMATS)}.", code="format_unknown"
        )
    given = context.params
    stated = {name: _value(given[name]) for name in ExportFacts.model_fields if given.get(name) is not None}
    return Request(
        ids=tuple(dict.fromkeys(ids)),
        format=chosen,
        path=out,
        stated=stated,
        facts=FactsFile() if given["facts_file"] is None else read_facts(given["facts_file"]),
        draft=given["draft"],
        allow_restricted=given["allow_restricted"],
        force=given["force"],
        language=given["language"],
    )


def _value(given: object) -> object:
    """A repeatable option as the tuple that facts hold; one that nobody used states nothing."""
    return tuple(given) if isinstance(given, list | tuple) else given
