"""The numbers, names and comparisons of a draft, each tagged with what it is and whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from firstprint.domain.proposal import Candidate
from firstprint.rationale import wording_zh
from firstprint.rationale.formatting import format_factor, format_percent
from firstprint.rationale.records import CO2E, Entity, Fact, Quantity, RationaleInput, Relation, Role

EQUAL_WITHIN = 0.01
"""Two results closer than this share are called equal."""
FACTOR_FROM = 3.0
"""From this ratio on a comparison is told as a factor, not in percent."""
REFERENCES_TOLD = 2
RUNNERS_UP_TOLD = 2
DESCRIPTION_LIMIT = 120
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def shown_description(text: str) -> str:
    """The user's words on one line, without quotation marks, cut to a length a sentence can carry."""
    plain = " ".join(re.sub(r"[“”\"「」『』]", " ", text).split())
    return plain if len(plain) <= DESCRIPTION_LIMIT else f"{plain[: DESCRIPTION_LIMIT - 1].rstrip()}…"


def results_of(draft: RationaleInput) -> dict[str, float]:
    """The footprint of each subject that has one, kg CO2e per declared unit."""
    results = {key_of(item): item.kg_co2e for item in draft.candidates if item.kg_co2e is not None}
    if draft.surrogate is not None:
        results["surrogate"] = draft.surrogate.kg_co2e
    if draft.estimate is not None:
        results["combined"] = draft.estimate.kg_co2e
    return results


def relations_of(results: dict[str, float]) -> tuple[Relation, ...]:
    """Every ordered pair of positive results; a credit has no ratio to a burden."""
    told = []
    for subject, left in results.items():
        for other, right in results.items():
            if subject != other and left > 0 and right > 0:
                ratio = left / right
                side = "equal" if abs(ratio - 1) < EQUAL_WITHIN else "above" if ratio > 1 else "below"
                told.append(Relation(subject, side, other, ratio))  # type: ignore[arg-type]
    return tuple(told)


def key_of(candidate: Candidate) -> str:
    """The key of a candidate as an entity and subject."""
    return f"candidate:{candidate.rank}"


def field_of(assumption: str) -> str:
    """The field an assumption is about, for a name or a sentence that mentions the mass; else the sentence."""
    return "mass_kg" if re.search(r"\bmass(_kg)?\b|质量", assumption) else assumption


def names_of(candidate: Candidate) -> tuple[str, str]:
    """English and Chinese name; the English one twice where there is no Chinese one."""
    return candidate.name, candidate.name_zh or candidate.name


def source_of(candidate: Candidate) -> str:
    """The source with its version."""
    return f"{candidate.source} {candidate.source_version}".strip()


def year_of(candidate: Candidate) -> Quantity | None:
    """The dataset's year, where it has one."""
    return None if candidate.year is None else Quantity("year", candidate.year, "year", key_of(candidate))


def emission_factor_of(candidate: Candidate) -> Quantity | None:
    """The dataset's emission factor, where it has one."""
    if candidate.gwp100_kg_co2e is None:
        return None
    return Quantity("emission_factor", candidate.gwp100_kg_co2e, CO2E, key_of(candidate), per=candidate.unit)


def candidate_slots(candidate: Candidate) -> dict[str, Quantity]:
    """Every number of a candidate by role."""
    slots = {
        "similarity": Quantity("similarity", candidate.similarity, "", key_of(candidate)),
        "acceptance": Quantity("acceptance", candidate.acceptance_probability * 100, "%", key_of(candidate)),
    }
    for quantity in (year_of(candidate), emission_factor_of(candidate)):
        if quantity is not None:
            slots[quantity.role] = quantity
    if candidate.kg_co2e is not None:
        slots["result"] = Quantity("result", candidate.kg_co2e, CO2E, key_of(candidate))
    return slots


def interval_slots(value: float, low: float, high: float, coverage: float, subject: str) -> dict[str, Quantity]:
    """An estimate with its interval by role; the ratios only where both ends are positive."""
    slots = {
        "result": Quantity("result", value, CO2E, subject),
        "low": Quantity("low", low, CO2E, subject),
        "high": Quantity("high", high, CO2E, subject),
        "coverage": Quantity("coverage", coverage * 100, "%", subject),
    }
    if low > 0 and high > 0:
        slots["span"] = Quantity("span", high / low, "factor", subject)
        slots["half_span"] = Quantity("half_span", (high / low) ** 0.5, "factor", subject)
    return slots


def told_numbers(relation: Relation) -> tuple[str, str]:
    """Percent and factor of a comparison as text; the factor is empty where percent say it better."""
    far = relation.factor >= FACTOR_FROM
    return format_percent(relation.percent / 100), format_factor(relation.factor) if far else ""


def all_quantities(draft: RationaleInput, facts: Sequence[Fact]) -> tuple[Quantity, ...]:
    """Every number that may be stated, also those of candidates that no sentence names."""
    told = [quantity for fact in facts for quantity in fact.slots.values()]
    for candidate in draft.candidates:
        told.extend(candidate_slots(candidate).values())
        told.extend(_warned_years(candidate))
        if candidate.uncertainty_pct is not None:
            told.append(Quantity("uncertainty", candidate.uncertainty_pct, "%", key_of(candidate)))
    for text in draft.assumptions:
        told.extend(loose_numbers(text, "assumption", "product"))
    for rank, neighbour in enumerate(draft.surrogate.neighbours if draft.surrogate else (), 1):
        value = Quantity("reference_value", neighbour.kg_co2e_per_unit, CO2E, f"reference:{rank}")
        told.append(replace(value, per=draft.product.declared_unit.unit))
        told.append(Quantity("reference_weight", neighbour.weight * 100, "%", f"reference:{rank}"))
    return tuple(dict.fromkeys(told))


def _warned_years(candidate: Candidate) -> list[Quantity]:
    """Years that the warnings of a dataset name: “valid until 2021 by its source”."""
    years = [year for text in candidate.warnings for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)]
    return [Quantity("valid_until", float(year), "year", key_of(candidate)) for year in years]


def loose_numbers(text: str, role: Role, subject: str) -> list[Quantity]:
    """Numbers inside a free text, of any unit."""
    return [Quantity(role, float(number), "any", subject) for number in _NUMBER.findall(text)]


def equations_of(draft: RationaleInput) -> tuple[str, ...]:
    """The conversion steps as they may be written in either language."""
    steps = [step for candidate in draft.candidates for step in candidate.conversion]
    return tuple(dict.fromkeys([*steps, *map(wording_zh.localised, steps)]))


def entities_of(draft: RationaleInput) -> tuple[Entity, ...]:
    """What may be named: the product, the candidates and the references."""
    product = Entity("product", (shown_description(draft.product.description), draft.product.description))
    candidates = [
        Entity(
            key_of(item),
            tuple(dict.fromkeys(name for name in (item.name, item.name_zh, item.dataset_id) if name)),
            item.source,
            item.source_version,
            item.geography,
        )
        for item in draft.candidates
    ]
    neighbours = draft.surrogate.neighbours if draft.surrogate else ()
    references = [Entity(f"reference:{rank}", (item.name, item.id)) for rank, item in enumerate(neighbours, 1)]
    return (product, *candidates, *references)


def allowed_texts_of(draft: RationaleInput) -> tuple[str, ...]:
    """Texts whose words and names may be repeated."""
    product = draft.product
    texts = [product.description, product.category or "", product.geography or "", *draft.assumptions]
    for item in draft.candidates:
        texts += [item.name, item.name_zh, item.source, item.source_version, item.geography, item.licence]
        texts += [item.citation, item.matched_label, *item.conversion]
    if draft.surrogate is not None:
        texts += [draft.surrogate.model_id, *(item.name for item in draft.surrogate.neighbours)]
    if draft.next_measurement is not None:
        texts.append(draft.next_measurement.what.replace("_", " "))
    return tuple(text for text in texts if text)


def citations_of(draft: RationaleInput) -> tuple[str, ...]:
    """Citations of the datasets that sentences name: the first and, unless nothing matched, the runners-up."""
    named = draft.candidates[:1] if draft.decision == "no_match" else draft.candidates[: 1 + RUNNERS_UP_TOLD]
    return tuple(dict.fromkeys(item.citation or f"{source_of(item)}, {item.dataset_id}" for item in named))
