"""English sentences of the facts; the only words the template knows. Same functions as ``wording_zh``."""

from __future__ import annotations

from collections.abc import Sequence

from firstprint.domain.product import DeclaredUnit
from firstprint.rationale.formatting import format_quantity
from firstprint.rationale.records import Quantity, Relation
from firstprint.wording import boundary_words, place_words, unit_words

MEASURABLE = {
    "mass_kg": "the mass",
    "geography": "the place of production",
    "category": "the product's category",
    "declared_unit": "the declared unit",
    "amount": "the amount",
    "year": "the year of production",
    "system_boundary": "the system boundary",
    "material": "the main material",
    "electricity_mix": "the electricity it is made with",
    "confirm_dataset": "whether the first candidate suits the product",
    "supplier_footprint": "the supplier's own footprint",
}
FLAGS = {
    "routes_disagree": "the dataset and the surrogate model disagree by more than their intervals allow",
    "unit_missing_mass": "a mass is needed to convert the declared unit and none was stated",
    "geography_fallback": "no dataset covers the place asked for, so one of another place stands in",
    "outdated_dataset": "the dataset is out of date",
    "boundary_mismatch": "the dataset's system boundary is not the one asked for",
    "spend_based": "the dataset is based on spending, not on a physical process",
    "wide_interval": "the interval is wide",
    "restricted_licence": "the data's licence restricts sharing",
    "out_of_domain": "the product lies far from everything the surrogate model was trained on",
}
AMBIGUOUS = "No single dataset stands out, so a reviewer should choose among the candidates."
NO_ESTIMATE = "No footprint can be given yet."
ORDINALS = ("first", "second", "third", "fourth", "fifth")


def per_unit(unit: DeclaredUnit) -> str:
    """“per piece”, “for 10 kg”."""
    word = unit_words(unit.unit, "en")
    return f"per {word}" if unit.amount == 1 else f"for {format_quantity(unit.amount)} {word}"


def product(description: str, unit: DeclaredUnit, boundary: str) -> str:
    """What the footprint is asked for."""
    scope = boundary_words(boundary, "en")
    return f"The product is “{description}”; its footprint is asked {per_unit(unit)}, {scope}."


def origin(geography: str, year: Quantity | None, source: str) -> str:
    """Where and when a dataset is from, in brackets."""
    parts = [place_words(geography, "en") if geography else "", year.text("en") if year else "", source]
    return f" ({', '.join(part for part in parts if part)})" if any(parts) else ""


def first_candidate(
    name: str, origin_text: str, factor: Quantity | None, similarity: Quantity, acceptance: Quantity
) -> str:
    """The clause on the best dataset, to be opened with “The closest dataset is”."""
    value = f"an emission factor of {factor.text('en')}" if factor else "no emission factor of its own"
    return (
        f"the closest dataset is “{name}”{origin_text}, with {value}, a text similarity of "
        f"{similarity.text('en')} and an acceptance probability of {acceptance.text('en')}"
    )


def no_match(name: str, origin_text: str, similarity: Quantity | None, acceptance: Quantity | None) -> str:
    """The clause that says that nothing in the catalogue is acceptable."""
    if similarity is None or acceptance is None:
        return "no acceptable dataset was found in the catalogue"
    return (
        f"no acceptable dataset was found: the closest, “{name}”{origin_text}, has a text similarity of "
        f"{similarity.text('en')} and an acceptance probability of only {acceptance.text('en')}, so it is not used"
    )


def conversion(equations: Sequence[str], *, mass_assumed: bool) -> str:
    """The steps from the declared unit to the dataset's unit."""
    note = " (with an assumed mass)" if mass_assumed else ""
    return f"{'; '.join(equations)}{note}"


def proxy_result(result: Quantity, unit: DeclaredUnit, conversion_text: str) -> str:
    """The footprint by the first dataset, with its conversion where there is one."""
    told = f"Converted by {conversion_text}, it gives" if conversion_text else "By this dataset the footprint is"
    return f"{told} {result.text('en')} {per_unit(unit)}."


def no_proxy_result(unit: DeclaredUnit) -> str:
    """The first dataset gives no footprint."""
    return f"This dataset gives no footprint {per_unit(unit)}, because it cannot be converted or carries no result."


def surrogate(result: Quantity, unit: DeclaredUnit) -> str:
    """The clause on the second opinion."""
    return f"the surrogate model, as a second opinion, estimates {result.text('en')} {per_unit(unit)}"


def references(named: Sequence[tuple[str, Quantity]]) -> str:
    """The clause on what the surrogate leans on."""
    listed = " and ".join(f"“{name}” at {value.text('en')}" for name, value in named)
    return f"the surrogate model's nearest {'reference is' if len(named) == 1 else 'references are'} {listed}"


def comparison(relation: Relation, percent: str, factor: str) -> str:
    """The clause that sets the dataset's result against the surrogate's estimate."""
    words = {"candidate:1": "the dataset's result", "surrogate": "the surrogate's estimate"}
    left, right = words[relation.subject], words[relation.object]
    if relation.relation == "equal":
        return f"{left} and {right} agree within 1 %"
    if factor:
        return f"{left} is {factor} times {right}"
    return f"{left} is {percent} % {relation.relation} {right}"


def combined(result: Quantity, unit: DeclaredUnit, basis: str) -> str:
    """The clause on the estimate itself."""
    if basis == "combined":
        return f"combining both gives {result.text('en')} {per_unit(unit)}"
    if basis == "kept":
        return f"combining both by how sure they are leaves the estimate at {result.text('en')} {per_unit(unit)}"
    route = "the dataset alone" if basis == "proxy" else "the surrogate model alone"
    return f"the estimate is {result.text('en')} {per_unit(unit)}, from {route}"


def interval(low: Quantity, high: Quantity, coverage: Quantity, span: Quantity | None) -> str:
    """The clause on the interval of the estimate."""
    told = f"with a {coverage.text('en')} interval from {low.number} to {high.text('en')}"
    return f"{told}, whose upper end is {span.text('en')} times its lower end" if span else told


def runner_up(rank: int, name: str, result: Quantity, relation: Relation | None, percent: str, factor: str) -> str:
    """The clause on what another dataset would give."""
    ordinal = ORDINALS[rank - 1] if rank <= len(ORDINALS) else f"no. {rank}"
    told = f"the {ordinal} candidate, “{name}”, would give {result.text('en')}"
    if relation is None:
        return told
    if relation.relation == "equal":
        return f"{told}, practically the same as the first"
    if factor:
        side = "times" if relation.relation == "above" else "times less than"
        return f"{told}, {factor} {side} the first" if side == "times" else f"{told}, a factor {factor} below the first"
    return f"{told}, {percent} % {'more' if relation.relation == 'above' else 'less'} than the first"


def assumption(field: str, value: str) -> str:
    """The clause that says that something was assumed."""
    if field not in MEASURABLE:
        return f"assumed: {field}"
    return f"{MEASURABLE[field]} was assumed{f' ({value})' if value else ''}"


def next_measurement(what: str, span: Quantity) -> str:
    """What to find out next, and what that would bring."""
    named = MEASURABLE.get(what, f"“{what.replace('_', ' ')}”")
    return (
        f"The most useful next step is to find out {named}: the upper end of the interval would then be about "
        f"{span.text('en')} times its lower end."
    )


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    return f"{clause[:1].upper()}{clause[1:]}."


def please_check(clauses: Sequence[str]) -> str:
    """Assumptions and flags in one sentence."""
    return f"Please check: {'; '.join(clauses)}."
