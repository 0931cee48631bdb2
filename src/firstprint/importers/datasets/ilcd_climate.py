"""The GWP100 among the results of an ILCD process or EPD: which method, which modules, which scenario."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from firstprint.errors import UnreadableError
from firstprint.importers.datasets.ilcd_model import Amount, Process, Result
from firstprint.importers.datasets.normalising import clean, number

_METHODS: dict[str, str] = {
    # UUIDs of the European Platform on LCA and of the EPD programmes on soda4LCA, the one to prefer first.
    "6209b35f-9447-40b5-b68c-a1099e3674a0": "EF 3.1 climate change",
    "b2ad6d9a-c78d-11e6-9d9d-cec0c932ce01": "EF 3.0 climate change",
    "a7ea142a-9749-11ed-a8fc-0242ac120002": "EN 15804+A2 (EF 3.1) GWP-total",
    "6a37f984-a4b3-458a-a20a-64418c145fa2": "EN 15804+A2 GWP-total",
    "77e416eb-a363-4258-a04e-171d843a6460": "EN 15804+A1 GWP",
}
_RANKS = {method: rank for rank, method in enumerate(_METHODS)}
_CLIMATE = re.compile(
    r"climate.?change|global warming|\bgwp|treibhaus|erw[aä]rmung|klimawandel|klima[aä]nderung|changement climatique"
    r"|r[eé]chauffement|calentamiento|cambio clim[aá]tico|riscaldamento|cambiamento climatico"
    r"|全球变暖|全球增温|气候变化|气候变暖|温室效应|碳足迹|carbon footprint"
)
_ONLY_A_PART = re.compile(
    r"biogen|fossil|luluc|land.?use|landnutzung|utilisation des (?:sols|terres)|iobc|except|excl|uptake|removal|gtp"
    r"|temperature|human health|ecosystem|species|damage|endpoint|daly|生物|化石|土地|除外|不含"
)
_HORIZON = re.compile(r"gwp[\s_(-]*(\d{2,3})\b|(\d{2,3})[\s-]*(?:years?|yrs?|a\b|jahre?|ans\b|a[nñ]os|anni|年)")
_YEARS = "100"
_UNIT = re.compile(r"(kg|g|t)[\s*]*co[\W_]*2")
_KG_PER: dict[str, float] = {"kg": 1.0, "g": 0.001, "t": 1000.0}
_MODULE = re.compile(r"A?([1-3])(?:-?A?([1-3]))?")
_PRODUCT_STAGE = frozenset({1, 2, 3})


class Climate(NamedTuple):
    """A climate result for the reference amount of a process.

    Attributes:
        kg_co2e: may be negative, where a product stores more biogenic carbon than its making emits.
        method: in words.
        modules: ``A1-A3`` or ``A1+A2+A3``; empty for a process that has no modules.
        scenario: whose value was taken, where several stand side by side.
        spread_pct: half-width of a 95 % band, where the result states one.
        doubt: why another reading is possible; empty where none is.
    """

    kg_co2e: float
    method: str
    modules: str
    scenario: str = ""
    spread_pct: float | None = None
    doubt: str = ""


def climate_of(process: Process) -> Climate | None:
    """The GWP100 of a process; None where it carries none.

    Raises:
        UnreadableError: it carries one that cannot be used, with the reason.
    """
    ranked = [(rank, result) for result in process.results if (rank := _rank(result)) is not None]
    if not ranked:
        return None
    _, result = min(ranked, key=lambda pair: pair[0])
    method = _METHODS.get(result.method_id) or clean(result.names[0].text, 120)
    amounts = [each for each in result.amounts if each.module]
    if amounts:
        climate = _of_modules(amounts, process.scenarios, method)
    else:
        climate = _of_mean(result, method, is_epd=is_epd(process))
    return climate._replace(kg_co2e=climate.kg_co2e * _kg_per(result.unit), spread_pct=_spread_pct(result.spread))


def is_epd(process: Process) -> bool:
    """Whether a process is an environmental product declaration."""
    return process.kind.strip().upper() == "EPD"


def _rank(result: Result) -> tuple[int, int] | None:
    """Known methods in their order, then names; None for what is no GWP100 of everything."""
    if result.method_id in _RANKS:
        return _RANKS[result.method_id], 0
    names = [_plain(each.text) for each in result.names]
    if not any(_CLIMATE.search(name) for name in names) or any(_ONLY_A_PART.search(name) for name in names):
        return None
    horizons = {found[1] or found[2] for name in names for found in _HORIZON.finditer(name)}
    if horizons - {_YEARS}:
        return None
    told = any("total" in name for name in names) or _YEARS in horizons
    return len(_RANKS), 0 if told else 1


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:300]).casefold()


def _of_mean(result: Result, method: str, *, is_epd: bool) -> Climate:
    value = number(result.mean)
    if is_epd:
        raise UnreadableError("has a climate result without life cycle modules", f"meanAmount {result.mean[:40]!r}")
    if value is None or value == 0:
        raise UnreadableError("has a climate result of nothing or exactly zero", f"meanAmount {result.mean[:40]!r}")
    return Climate(value, method, "")


def _of_modules(amounts: Sequence[Amount], defaults: Sequence[str], method: str) -> Climate:
    """The product stage A1 to A3: stated together, or its parts summed; D and everything later stays out."""
    by_stage: dict[frozenset[int], list[Amount]] = {}
    for each in amounts:
        stage = _stage(each.module)
        if stage and each.value:
            by_stage.setdefault(stage, []).append(each)
    parts = _partition(by_stage)
    if not parts:
        declared = ", ".join(dict.fromkeys(each.module[:10] for each in amounts if each.value))
        raise UnreadableError("does not state all of the modules A1 to A3", f"it states {declared[:120] or 'none'}")
    chosen = [_chosen(by_stage[part], defaults) for part in parts]
    values = [number(each.value) for each in chosen]
    doubtful = [part for part in parts if _undecided(by_stage[part], defaults)]
    scenarios = dict.fromkeys(each.scenario for each in chosen if each.scenario)
    return Climate(
        kg_co2e=sum(value for value in values if value is not None),
        method=method,
        modules="+".join(_spelled(part) for part in parts),
        scenario=", ".join(scenarios)[:200],
        doubt="states A1 to A3 for several scenarios and marks none as the default" if doubtful else "",
    )


def _stage(module: str) -> frozenset[int]:
    """``A1-A3`` → {1, 2, 3}; empty for a module outside the product stage."""
    plain = unicodedata.normalize("NFKC", module).upper().replace("–", "-").replace("—", "-").replace(" ", "")
    found = _MODULE.fullmatch(plain) if plain.startswith("A") else None
    if found is None:
        return frozenset()
    return frozenset(range(int(found[1]), int(found[2] or found[1]) + 1))


def _partition(stages: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """The fewest stages that together are A1, A2 and A3 once each; empty where there are none."""
    known = set(stages)
    one, two, three = (frozenset({number_}) for number_ in (1, 2, 3))
    for parts in ([_PRODUCT_STAGE], [one | two, three], [one, two | three], [one, two, three]):
        if known.issuperset(parts):
            return list(parts)
    return []


def _chosen(amounts: Sequence[Amount], defaults: Sequence[str]) -> Amount:
    """The amount without a scenario, else the default scenario's, else the first."""
    plain = (each for each in amounts if not each.scenario)
    default = (each for each in amounts if each.scenario in defaults)
    return next(plain, None) or next(default, None) or amounts[0]


def _undecided(amounts: Sequence[Amount], defaults: Sequence[str]) -> bool:
    decided = any(not each.scenario or each.scenario in defaults for each in amounts)
    return not decided and len({each.value for each in amounts}) > 1


def _spelled(stage: frozenset[int]) -> str:
    return f"A{min(stage)}-A{max(stage)}" if len(stage) > 1 else f"A{min(stage)}"


def _kg_per(unit: str) -> float:
    """Kg CO2e in the unit of a result, which is taken as kg CO2e where none is stated.

    Raises:
        UnreadableError: the unit is none of CO2e.
    """
    if not unit:
        return 1.0
    found = _UNIT.match(_plain(unit))
    if found is None:
        raise UnreadableError("has a climate result in a unit that is no mass of CO2e", repr(unit)[:60])
    return _KG_PER[found[1]]


def _spread_pct(spread: str) -> float | None:
    """ILCD states the squared geometric standard deviation: 1.3 means that 95 % lie between ÷1.3 and ×1.3."""
    try:
        squared = number(spread)
    except UnreadableError:
        return None
    return (squared - 1) * 100 if squared is not None and 1 < squared <= 100 else None
