"""Records in every state an export meets, in English and Chinese; datasets and numbers are made up."""

from __future__ import annotations

from firstprint.decided import decided_record
from firstprint.domain.decided import DecidedRecord
from firstprint.domain.decision import HumanDecision, Verdict
from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    Checks,
    DataQuality,
    Estimate,
    Flag,
    Proposal,
    Provenance,
    Rationale,
    Reason,
    Scores,
    SurrogateOpinion,
)

FACTS: dict[str, object] = {
    "company": "Example Bottles Ltd",
    "company_ids": "urn:company:example.com:4711",
    "product_name": "Aqua 500",
    "product_ids": ("urn:gtin:4712345060507", "urn:pact:example.com:product:aqua-500"),
    "name_en": "PET bottle, 25 g",
    "name_zh": "PET 瓶，25 克",
    "reference_period_start": "2025-01-01",
    "reference_period_end": "2026-01-01",
    "biogenic_co2_uptake_kg": 0,
    "fossil_emissions_kg": "all",
    "fossil_carbon_content_kg": 0.0156,
    "ipcc": "AR5, AR6",
    "standards": ("ISO14067",),
    "exempted_emissions_percent": 0.5,
    "packaging_included": False,
    "ccs_included": False,
    "copyright": False,
}


def candidate(rank: int = 1, **changes: object) -> Candidate:
    """A made-up dataset per kilogram."""
    fields: dict[str, object] = {
        "rank": rank,
        "dataset_id": f"made-up-{rank}",
        "name": f"Polyester granulate {rank}",
        "name_zh": f"聚酯切片 {rank}",
        "geography": "RER",
        "unit": "kg",
        "gwp100_kg_co2e": 2.0 + rank,
        "system_boundary": "cradle_to_gate",
        "basis": "process",
        "source": "made-up",
        "source_version": "3",
        "licence": "CC-BY-4.0",
        "year": 2024,
        "similarity": 0.9 - 0.1 * rank,
        "scores": Scores(dense=0.8, lexical=0.6, memory=0.0, fit=0.9),
        "acceptance_probability": 0.8 / rank,
        "kg_co2e": 0.025 * (2.0 + rank),
        "conversion": ("1 piece × 0.025 kg/piece = 0.025 kg",),
        "dqr": DataQuality(technological=2, geographical=3, temporal=1),
        "reasons": (Reason(kind="words", favours=True, text_en="shares “PET”", text_zh="共有“PET”"),),
        "citation": "Made-up data, 2024",
        "url": "https://example.com/data?id=1",
    }
    return Candidate.model_validate({**fields, **changes})


SURROGATE = SurrogateOpinion(kg_co2e=0.07, low=0.03, high=0.16, coverage=0.9, model_id="model-1")
PROPOSAL = Proposal(
    id="5f0f6c1e-6c0b-4d0a-9a57-2f6a3f6f7a11",
    product=Product(
        description="25 g PET bottle",
        language="en",
        declared_unit=DeclaredUnit(amount=1, unit="piece"),
        mass_kg=0.025,
        geography="CN",
    ),
    estimate=Estimate(kg_co2e=0.0724, low=0.0382, high=0.1373, coverage=0.9, basis="combined"),
    candidates=(candidate(1), candidate(2), candidate(3)),
    decision="match",
    surrogate=SURROGATE,
    flags=(Flag(code="geography_fallback", message="No dataset for China ranked first."),),
    next_measurement=None,
    rationale=Rationale(
        text="The closest dataset is “Polyester granulate 1”.",
        language="en",
        generated_by="template",
        citations=(),
        checks=Checks(numbers="ok", datasets="ok", relations="ok"),
    ),
    provenance=Provenance(
        software="firstprint 0.1.0",
        catalogue_sha256="ab" * 32,
        index_id="index-1",
        embedding_model="encoder-1",
        surrogate_id="model-1",
        ranker_id="ranker-1",
        prompt_sha256=None,
        llm=None,
        created="2026-03-05T08:12:44+00:00",
    ),
)


def proposal(**changes: object) -> Proposal:
    """The proposal with fields of its own or of its product changed."""
    own = {name: value for name, value in changes.items() if name in Proposal.model_fields}
    product = {name: value for name, value in changes.items() if name not in own}
    return PROPOSAL.model_copy(update={"product": PROPOSAL.product.model_copy(update=product), **own})


CHINESE = proposal(
    id="7a1f6c1e-6c0b-4d0a-9a57-2f6a3f6f7a22",
    description="25 克 PET 瓶",
    language="zh",
    flags=(Flag(code="geography_fallback", message="首位数据集的地域标注为“欧洲”，所求为“中国”。"),),
    rationale=PROPOSAL.rationale.model_copy(update={"text": "最接近的数据集是“聚酯切片 1”。", "language": "zh"}),
)


def decision(of: Proposal, verdict: Verdict = "confirmed", dataset_id: str | None = "made-up-1", **changes: object):
    """What Ana decided about a proposal."""
    fields: dict[str, object] = {
        "id": f"d-{of.id[:8]}",
        "sequence": 1,
        "proposal_id": of.id,
        "verdict": verdict,
        "dataset_id": dataset_id,
        "text": of.product.description,
        "language": of.product.language,
        "unit": of.product.declared_unit.unit,
        "geography": of.product.geography,
        "by": "Ana",
        "reason": "it is the bottle's material",
        "decided": "2026-03-06T09:00:00+00:00",
    }
    return HumanDecision.model_validate({**fields, **changes})


def record(of: Proposal = PROPOSAL, dataset_id: str = "made-up-1") -> DecidedRecord:
    """A confirmed record."""
    return decided_record(of.model_copy(update={"status": "confirmed"}), [decision(of, dataset_id=dataset_id)])


def draft(of: Proposal = PROPOSAL) -> DecidedRecord:
    """A proposal that nobody decided."""
    return decided_record(of, ())
