"""What only the company knows: the facts an export needs and no estimate can give, checked value by value.

They come from the command line, from a TOML file, or from both; they are never guessed and never set to zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, field_validator

from firstprint.domain.product import Record
from firstprint.errors import FaultsError, GeographyError
from firstprint.geography import normalise_geography

MAX_TEXT_CHARS = 2_000
STANDARDS = (
    "ISO14067", "ISO14083", "ISO14040-44", "GHGP-Product", "PEF", "PACT-1.0", "PACT-2.0", "PACT-3.0", "PAS2050",
)  # fmt: skip
"""Cross-sectoral standards of the PACT Technical Specifications 3.0, ``crossSectoralStandards``."""

# RFC 8141, section 2: "urn:" NID ":" NSS, the NID of 2 to 32 letters, digits and hyphens, the case of both ignored.
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[a-z0-9()+,\-.:=@;$_!*'%/?#~&]+", re.IGNORECASE)
_REPORT = re.compile(r"AR\d{1,2}")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def _several(value: object) -> object:
    """One text stands for a list of one; a text with commas for several."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _moment(value: object) -> object:
    """A date is the beginning of that day, UTC; a time without an offset is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"{value!r} is no date such as 2025-01-01") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    raise ValueError(f"{value!r} is no date such as 2025-01-01")


def _readable(value: str) -> str:
    """Text without control characters and without what no encoding can write."""
    bad = next((char for char in value if unicodedata.category(char) in _UNPRINTABLE), None)
    if bad is not None:
        raise ValueError(f"it holds the control character U+{ord(bad):04X}")
    return value


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT_CHARS),
    AfterValidator(_readable),
]
Several = Annotated[tuple[Text, ...], BeforeValidator(_several)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
NotPositive = Annotated[float, Field(le=0, allow_inf_nan=False)]


class ExportFacts(Record):
    """Facts about one product and its company. Amounts are per declared unit of the record.

    Attributes:
        company: name of the company that owns the data.
        company_ids: URNs of the company.
        product_name: the name by which the company sells the product.
        product_ids: URNs of the product.
        product_classifications: URNs of classes, such as a CN code.
        name_en: the product's name in English; the description stands where it is English.
        name_zh: the product's name in Chinese; the description stands where it is Chinese.
        mass_kg: mass of one declared unit (of one piece, one litre, one m2), without packaging.
        geography: where it is made, a code or name; ``GLO`` for the whole world.
        reference_period_start: first day that the footprint stands for.
        reference_period_end: the day after the last one.
        biogenic_co2_uptake_kg: CO2 taken up by the biomass in the product, 0 or below.
        fossil_emissions_kg: fossil part of the footprint in kg CO2e, or ``all``.
        land_use_change_kg: part of it from land-use change, kg CO2e.
        biogenic_non_co2_kg: part of it from biogenic CH4 and N2O, kg CO2e.
        land_management_co2_kg: part of it that is biogenic CO2 of land management.
        fossil_carbon_content_kg: mass of fossil carbon in the product.
        biogenic_carbon_content_kg: mass of biogenic carbon in the product.
        ipcc: assessment reports whose characterisation factors were used, such as AR6.
        standards: cross-sectoral standards followed.
        exempted_emissions_percent: share of emissions left out.
        exempted_emissions_description: why.
        packaging_included: the footprint counts packaging.
        packaging_emissions_kg: its part, kg CO2e.
        ccs_included: CO2 is captured and stored within the boundary.
        copyright: a copyright on the data set exists.
    """

    company: Text | None = None
    company_ids: Several = ()
    product_name: Text | None = None
    product_ids: Several = ()
    product_classifications: Several = ()
    name_en: Text | None = None
    name_zh: Text | None = None
    mass_kg: Positive | None = None
    geography: Text | None = None
    reference_period_start: Moment | None = None
    reference_period_end: Moment | None = None
    biogenic_co2_uptake_kg: NotPositive | None = None
    fossil_emissions_kg: NotNegative | Literal["all"] | None = None
    land_use_change_kg: NotNegative | None = None
    biogenic_non_co2_kg: NotNegative | None = None
    land_management_co2_kg: NotNegative | None = None
    fossil_carbon_content_kg: NotNegative | None = None
    biogenic_carbon_content_kg: NotNegative | None = None
    ipcc: Several = ()
    standards: Several = ()
    exempted_emissions_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    exempted_emissions_description: Text | None = None
    packaging_included: bool | None = None
    packaging_emissions_kg: NotNegative | None = None
    ccs_included: bool | None = None
    copyright: bool | None = None

    @field_validator("company_ids", "product_ids", "product_classifications")
    @classmethod
    def _urns(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _URN.fullmatch(value):
                raise ValueError(f"{value!r} is no URN such as urn:company:example.com:4711 (RFC 8141)")
        return tuple(dict.fromkeys(values))

    @field_validator("ipcc")
    @classmethod
    def _reports(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _REPORT.fullmatch(value):
                raise ValueError(f"{value!r} is no IPCC assessment report such as AR6")
        return tuple(dict.fromkeys(values))

    @field_validator("standards")
    @classmethod
    def _standards(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value not in STANDARDS:
                raise ValueError(f"{value!r} is none of {', '.join(STANDARDS)}")
        return tuple(dict.fromkeys(values))

    @field_validator("geography")
    @classmethod
    def _place(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return normalise_geography(value)
        except GeographyError as error:
            raise ValueError(str(error)) from None


def option_of(field: str) -> str:
    """The command-line option that states a fact: ``product_ids`` → ``--product-id``.

    >>> option_of("product_ids"), option_of("mass_kg"), option_of("packaging_included")
    ('--product-id', '--mass-kg', '--packaging-included or --no-packaging-included')
    """
    if field in _SWITCHES:
        return f"--{_dashed(field)} or --no-{_dashed(field)}"
    return f"--{_OPTIONS.get(field, _dashed(field))}"


_SWITCHES = frozenset({"packaging_included", "ccs_included", "copyright"})
_OPTIONS = {
    "company_ids": "company-id",
    "product_ids": "product-id",
    "product_classifications": "product-classification",
    "standards": "standard",
    "biogenic_co2_uptake_kg": "biogenic-co2-uptake",
    "fossil_emissions_kg": "fossil-emissions",
    "land_use_change_kg": "land-use-change",
    "biogenic_non_co2_kg": "biogenic-non-co2",
    "land_management_co2_kg": "land-management-co2",
    "fossil_carbon_content_kg": "fossil-carbon-content",
    "biogenic_carbon_content_kg": "biogenic-carbon-content",
    "packaging_emissions_kg": "packaging-emissions",
}


def _dashed(field: str) -> str:
    return field.replace("_", "-")


def checked_facts(layers: Iterable[Mapping[str, object]]) -> ExportFacts:
    """Facts of several layers, later ones over earlier ones, each value checked.

    Args:
        layers: fact name → value as read from a file or a command line; None states nothing.

    Raises:
        FaultsError: every value that breaks its rule, by name.
    """
    stated: dict[str, object] = {}
    for layer in layers:
        stated.update({name: value for name, value in layer.items() if value is not None and value != ()})
    try:
        return ExportFacts.model_validate(stated)
    except ValidationError as error:
        faults = [f"{_named(one['loc'])}: {_said(one['msg'])}" for one in error.errors()]
        raise FaultsError(
            "Facts for the export break their rules:",
            list(dict.fromkeys(faults)),
            hint="Correct the option, or the line of the file given with --facts.",
        ) from error


def _named(place: tuple[int | str, ...]) -> str:
    field = str(place[0])
    return f"{field} ({option_of(field)})" if field in ExportFacts.model_fields else field


def _said(message: str) -> str:
    """What pydantic says, in our words where it is a rule of ours."""
    if message.startswith("Extra inputs"):
        return f"no such fact; known are {', '.join(ExportFacts.model_fields)}"
    return message.removeprefix("Value error, ")
