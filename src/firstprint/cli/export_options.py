"""The options that state facts for ``firstprint export``, each named as in ``exporters.facts``."""

from __future__ import annotations

from typing import Annotated

import typer

_COMPANY, _PRODUCT, _AMOUNTS, _METHOD = (
    "Facts about the company",
    "Facts about the product",
    "Facts per declared unit",
    "Facts about the method",
)

Company = Annotated[
    str | None,
    typer.Option("--company", metavar="NAME", help="Company that owns the data.", rich_help_panel=_COMPANY),
]
CompanyIds = Annotated[
    list[str] | None,
    typer.Option("--company-id", metavar="URN", help="URN of the company; repeatable.", rich_help_panel=_COMPANY),
]
ProductName = Annotated[
    str | None,
    typer.Option(
        "--product-name", metavar="NAME", help="Name the company sells it by (PACT).", rich_help_panel=_PRODUCT
    ),
]
ProductIds = Annotated[
    list[str] | None,
    typer.Option("--product-id", metavar="URN", help="URN of the product; repeatable.", rich_help_panel=_PRODUCT),
]
ProductClassifications = Annotated[
    list[str] | None,
    typer.Option(
        "--product-classification",
        metavar="URN",
        help="URN of a class, such as a CN code; repeatable.",
        rich_help_panel=_PRODUCT,
    ),
]
NameEn = Annotated[
    str | None,
    typer.Option("--name-en", metavar="NAME", help="Name in English (ILCD, TIDAS).", rich_help_panel=_PRODUCT),
]
NameZh = Annotated[
    str | None,
    typer.Option("--name-zh", metavar="NAME", help="Name in Chinese (ILCD, TIDAS).", rich_help_panel=_PRODUCT),
]
Mass = Annotated[
    float | None,
    typer.Option(
        "--mass-kg",
        metavar="NUMBER",
        help="Mass of one declared unit without packaging, where the record has none.",
        rich_help_panel=_PRODUCT,
    ),
]
Place = Annotated[
    str | None,
    typer.Option(
        "--geography",
        metavar="PLACE",
        help="Where it is made, where the record does not say; GLO for the world.",
        rich_help_panel=_PRODUCT,
    ),
]
PeriodStart = Annotated[
    str | None,
    typer.Option("--reference-period-start", metavar="DATE", help="First day it stands for.", rich_help_panel=_METHOD),
]
PeriodEnd = Annotated[
    str | None,
    typer.Option("--reference-period-end", metavar="DATE", help="Day after the last one.", rich_help_panel=_METHOD),
]
Uptake = Annotated[
    float | None,
    typer.Option(
        "--biogenic-co2-uptake",
        metavar="KG",
        help="CO2 taken up by biomass in the product, 0 or below.",
        rich_help_panel=_AMOUNTS,
    ),
]
Fossil = Annotated[
    str | None,
    typer.Option(
        "--fossil-emissions", metavar="KG|all", help="Fossil part of the footprint, or all.", rich_help_panel=_AMOUNTS
    ),
]
LandUse = Annotated[
    float | None,
    typer.Option(
        "--land-use-change", metavar="KG", help="Part from land-use change, kg CO2e.", rich_help_panel=_AMOUNTS
    ),
]
NonCO2 = Annotated[
    float | None,
    typer.Option(
        "--biogenic-non-co2", metavar="KG", help="Part from biogenic CH4 and N2O, kg CO2e.", rich_help_panel=_AMOUNTS
    ),
]
LandManagement = Annotated[
    float | None,
    typer.Option(
        "--land-management-co2",
        metavar="KG",
        help="Part that is biogenic CO2 of land management.",
        rich_help_panel=_AMOUNTS,
    ),
]
FossilCarbon = Annotated[
    float | None,
    typer.Option(
        "--fossil-carbon-content", metavar="KG", help="Fossil carbon in the product.", rich_help_panel=_AMOUNTS
    ),
]
BiogenicCarbon = Annotated[
    float | None,
    typer.Option(
        "--biogenic-carbon-content", metavar="KG", help="Biogenic carbon in the product.", rich_help_panel=_AMOUNTS
    ),
]
Ipcc = Annotated[
    list[str] | None,
    typer.Option(
        "--ipcc", metavar="AR6", help="Assessment report of the factors used; repeatable.", rich_help_panel=_METHOD
    ),
]
Standards = Annotated[
    list[str] | None,
    typer.Option(
        "--standard", metavar="NAME", help="Standard followed, such as ISO14067; repeatable.", rich_help_panel=_METHOD
    ),
]
Exempted = Annotated[
    float | None,
    typer.Option(
        "--exempted-emissions-percent", metavar="NUMBER", help="Share of emissions left out.", rich_help_panel=_METHOD
    ),
]
ExemptedWhy = Annotated[
    str | None,
    typer.Option(
        "--exempted-emissions-description", metavar="TEXT", help="Why they are left out.", rich_help_panel=_METHOD
    ),
]
Packaging = Annotated[
    bool | None,
    typer.Option("--packaging-included/--no-packaging-included", help="Packaging is counted.", rich_help_panel=_METHOD),
]
PackagingKg = Annotated[
    float | None,
    typer.Option("--packaging-emissions", metavar="KG", help="Its part, kg CO2e.", rich_help_panel=_AMOUNTS),
]
Ccs = Annotated[
    bool | None,
    typer.Option(
        "--ccs-included/--no-ccs-included", help="CO2 is captured and stored within.", rich_help_panel=_METHOD
    ),
]
Copyright = Annotated[
    bool | None,
    typer.Option("--copyright/--no-copyright", help="A copyright on the data set exists.", rich_help_panel=_COMPANY),
]
