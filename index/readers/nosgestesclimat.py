"""Constants of Nos Gestes Climat (ADEME's household calculator) that stand for one product or service."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from readers import archives
from readers.rows import Harvest, Row, table

SOURCE = "nosgestesclimat"
VERSION = "4.10.2"
MEMBER_EN = "package/public/co2-model.FR-lang.en.json"
MEMBER_FR = "package/public/co2-model.FR-lang.fr.json"
YEAR = 2024

_RESTRICTED = re.compile(r"cannot be reused freely|ecoinvent", re.IGNORECASE)
_G_PER_KG = 1_000.0


def read(archive: Path) -> Harvest:
    """The constants listed in the written table; the others with the reason they are left out."""
    harvest = Harvest(SOURCE)
    english = json.loads(archives.member(archive, MEMBER_EN))
    french = json.loads(archives.member(archive, MEMBER_FR))
    for key, rule in english.items():
        value = _constant(rule)
        if value is None:
            continue
        harvest.rows_read += 1
        written = _written().get(key)
        reason = _refusal(rule, written)
        if reason or written is None:
            harvest.drop(reason, key)
        else:
            harvest.keep(_row(key, value, rule, written, french.get(key) or {}))
    return harvest


def _constant(rule: object) -> float | None:
    if not isinstance(rule, dict) or "CO2e" not in str(rule.get("unité", "")):
        return None
    value = rule.get("valeur", rule.get("formule"))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _refusal(rule: dict[str, Any], written: dict[str, str] | None) -> str:
    if str(rule["unité"]).startswith("kt"):
        return "national total in kt, not per product"
    if _RESTRICTED.search(f"{rule.get('note') or ''} {rule.get('description') or ''}"):
        return "note restricts reuse or points to a licensed database"
    return "" if written else "intermediate constant of the calculator, or repeats a Base Carbone element"


def _row(key: str, value: float, rule: dict[str, Any], written: dict[str, str], french: dict[str, Any]) -> Row:
    return Row(
        dataset_id=f"ngc:{_slug(key)}",
        name=written["name"],
        name_zh=written["name_zh"],
        name_fr=str(french.get("titre") or ""),
        category=written["category"],
        geography="FR",
        unit=written["unit"],
        gwp100_kg_co2e=value / _G_PER_KG if str(rule["unité"]).startswith("g") else value,
        system_boundary=written["boundary"],
        basis="process",
        life_cycle_phase=written["phase"],
        year=YEAR,
        source=SOURCE,
        source_version=VERSION,
        licence="MIT",
        citation=f"Nos Gestes Climat 4.10.2 (ADEME), rule '{key}'",
    )


def _slug(key: str) -> str:
    plain = key.lower().translate(str.maketrans("éèêëàâîïôûùç", "eeeeaaiiouuc"))
    return "-".join(re.findall(r"[a-z0-9]+", plain))


@cache
def _written() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in table("nosgestesclimat_names.csv")}
