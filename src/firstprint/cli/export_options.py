"""The options that state facts for ``firstprint export``, each named as in ``exporters.facts``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from typer.models import OptionInfo


def _fact(flag: str, help_text: str, metavar: str | None = None, *, panel: str) -> OptionInfo:
    """An option that may be left out, in the panel of what it is about."""
    option: OptionInfo = typer.Option(flag, metavar=metavar, help=help_text, rich_help_panel=panel)
    return option


_company = partial(_fact, panel="Facts about the company")
_product = partial(_fact, panel="Facts about the product")
_amount = partial(_fact, panel="Facts per declared unit")
_method = partial(_fact, panel="Facts about the method")

Company = Annotated[str | None, _company("--company", "Company that owns the data.", "NAME")]
CompanyIds = Annotated[list[str] | None, _company("--company-id", "URN of the company; repeatable.", "URN")]
ProductName = Annotated[str | None, _product("--product-name", "Name the company sells it by (PACT).", "NAME")]
ProductIds = Annotated[list[str] | None, _product("--product-id", "URN of the product; repeatable.", "URN")]
ProductClassifications = Annotated[
    list[str] | None, _product("--product-classification", "URN of a class, such as a CN code; repeatable.", "URN")
]
NameEn = Annotated[str | None, _product("--name-en", "Name in English (ILCD, TIDAS).", "NAME")]
NameZh = Annotated[str | None, _product("--name-zh", "Name in Chinese (ILCD, TIDAS).", "NAME")]
Mass = Annotated[
    float | None,
    _product("--mass-kg", "Mass of one declared unit without packaging, where the record has none.", "NUMBER"),
]
Place = Annotated[
    str | None, _product("--geography", "Where it is made, where the record does not say; GLO for the world.", "PLACE")
]
PeriodStart = Annotated[str | None, _method("--reference-period-start", "First day it stands for.", "DATE")]
PeriodEnd = Annotated[str | None, _method("--reference-period-end", "Day after the last one.", "DATE")]
Uptake = Annotated[
    float | None, _amount("--biogenic-co2-uptake", "CO2 taken up by biomass in the product, 0 or below.", "KG")
]
Fossil = Annotated[str | None, _amount("--fossil-emissions", "Fossil part of the footprint, or all.", "KG|all")]
LandUse = Annotated[float | None, _amount("--land-use-change", "Part from land-use change, kg CO2e.", "KG")]
NonCO2 = Annotated[float | None, _amount("--biogenic-non-co2", "Part from biogenic CH4 and N2O, kg CO2e.", "KG")]
LandManagement = Annotated[
    float | None, _amount("--land-management-co2", "Part that is biogenic CO2 of land management.", "KG")
]
FossilCarbon = Annotated[float | None, _amount("--fossil-carbon-content", "Fossil carbon in the product.", "KG")]
BiogenicCarbon = Annotated[float | None, _amount("--biogenic-carbon-content", "Biogenic carbon in the product.", "KG")]
Ipcc = Annotated[list[str] | None, _method("--ipcc", "Assessment report of the factors used; repeatable.", "AR6")]
Standards = Annotated[
    list[str] | None, _method("--standard", "Standard followed, such as ISO14067; repeatable.", "NAME")
]
Exempted = Annotated[float | None, _method("--exempted-emissions-percent", "Share of emissions left out.", "NUMBER")]
ExemptedWhy = Annotated[str | None, _method("--exempted-emissions-description", "Why they are left out.", "TEXT")]
Packaging = Annotated[bool | None, _method("--packaging-included/--no-packaging-included", "Packaging is counted.")]
PackagingKg = Annotated[float | None, _amount("--packaging-emissions", "Its part, kg CO2e.", "KG")]
Ccs = Annotated[bool | None, _method("--ccs-included/--no-ccs-included", "CO2 is captured and stored within.")]
Copyright = Annotated[bool | None, _company("--copyright/--no-copyright", "A copyright on the data set exists.")]
