"""Four made-up records that the hand-written true texts are about."""

from __future__ import annotations

from firstprint.domain.product import DeclaredUnit, Product
from firstprint.domain.proposal import (
    Candidate,
    DataQuality,
    Estimate,
    Flag,
    Neighbour,
    NextMeasurement,
    Scores,
    SurrogateOpinion,
)
from firstprint.rationale.records import RationaleInput


def candidate(
    rank: int, name: str, name_zh: str, place: str, year: int, source: str, **numbers: float | str
) -> Candidate:
    """A candidate with the numbers a rationale tells: value, unit, result, similarity, chance, steps."""
    similarity = float(numbers["similarity"])
    steps = str(numbers.get("steps", ""))
    return Candidate(
        rank=rank,
        dataset_id=f"set-{rank}",
        name=name,
        name_zh=name_zh,
        geography=place,
        unit=str(numbers["unit"]),
        gwp100_kg_co2e=float(numbers["value"]),
        system_boundary="cradle_to_gate",
        basis="process",
        source=source,
        source_version="",
        licence="open",
        year=year,
        similarity=similarity,
        scores=Scores(dense=similarity, lexical=similarity, memory=0, fit=1),
        acceptance_probability=float(numbers["chance"]),
        kg_co2e=float(numbers["result"]),
        conversion=(steps,) if steps else (),
        dqr=DataQuality(technological=2, geographical=2, temporal=2),
    )


BOTTLE = RationaleInput(
    product=Product(
        description="PET bottle for mineral water", language="en", declared_unit=DeclaredUnit(), mass_kg=0.025
    ),
    decision="match",
    estimate=Estimate(kg_co2e=0.0568, low=0.0362, high=0.0891, coverage=0.9, basis="combined"),
    candidates=(
        candidate(
            1,
            "PET granulate, bottle grade",
            "瓶级 PET 切片",
            "CN",
            2020,
            "ADEME Base Carbone",
            unit="kg",
            value=2.09,
            result=0.05225,
            similarity=0.78,
            chance=0.83,
            steps="1 piece × 0.025 kg/piece = 0.025 kg",
        ),
        candidate(
            2,
            "PET film, extruded",
            "PET 薄膜（挤出）",
            "DE",
            2018,
            "DESNZ factors",
            unit="kg",
            value=1.84,
            result=0.046,
            similarity=0.71,
            chance=0.31,
            steps="1 piece × 0.025 kg/piece = 0.025 kg",
        ),
    ),
    surrogate=SurrogateOpinion(
        kg_co2e=0.07,
        low=0.03,
        high=0.16,
        coverage=0.9,
        model_id="m",
        neighbours=(Neighbour(id="r1", name="Plastic bottle, 500 ml", kg_co2e_per_unit=0.0811, weight=0.4),),
    ),
    flags=(Flag(code="wide_interval", message=""),),
    next_measurement=NextMeasurement(what="mass_kg", why="", interval_factor_after=1.3),
    assumptions=("mass_kg",),
)
STEEL = RationaleInput(
    product=Product(description="热镀锌钢板", language="zh", declared_unit=DeclaredUnit(amount=1, unit="kg")),
    decision="match",
    estimate=Estimate(kg_co2e=2.65, low=2.01, high=3.49, coverage=0.9, basis="proxy"),
    candidates=(
        candidate(
            1,
            "Steel sheet, hot-dip galvanised",
            "热浸镀锌钢板",
            "CN",
            2022,
            "CPCD",
            unit="kg",
            value=2.65,
            result=2.65,
            similarity=0.91,
            chance=0.88,
        ),
        candidate(
            2,
            "Steel sheet, cold rolled",
            "冷轧钢板",
            "FR",
            2016,
            "ADEME Base Carbone",
            unit="kg",
            value=2.3,
            result=2.3,
            similarity=0.8,
            chance=0.2,
        ),
    ),
    surrogate=None,
    flags=(Flag(code="outdated_dataset", message=""),),
    next_measurement=NextMeasurement(what="geography", why="", interval_factor_after=1.2),
)
CHAIR = RationaleInput(
    product=Product(description="rattan garden chair", language="en", declared_unit=DeclaredUnit(), mass_kg=6.5),
    decision="no_match",
    estimate=Estimate(kg_co2e=18.2, low=5.1, high=65.0, coverage=0.9, basis="surrogate"),
    candidates=(
        candidate(
            1,
            "Office chair, steel frame",
            "钢架办公椅",
            "FR",
            2017,
            "ADEME Base Carbone",
            unit="piece",
            value=72.0,
            result=72.0,
            similarity=0.38,
            chance=0.09,
        ),
    ),
    surrogate=SurrogateOpinion(kg_co2e=18.2, low=5.1, high=65.0, coverage=0.9, model_id="m"),
    flags=(Flag(code="no_match", message=""), Flag(code="out_of_domain", message="")),
)
POWER = RationaleInput(
    product=Product(
        description="electricity for the workshop", language="en", declared_unit=DeclaredUnit(amount=500, unit="kWh")
    ),
    decision="ambiguous",
    estimate=Estimate(kg_co2e=180.0, low=90.0, high=360.0, coverage=0.8, basis="combined"),
    candidates=(
        candidate(
            1,
            "Electricity mix, medium voltage",
            "中压电网电力",
            "CN",
            2023,
            "CPCD",
            unit="kWh",
            value=0.58,
            result=290.0,
            similarity=0.84,
            chance=0.52,
        ),
        candidate(
            2,
            "Electricity, hydropower",
            "水电",
            "CN",
            2021,
            "CPCD",
            unit="kWh",
            value=0.02,
            result=10.0,
            similarity=0.8,
            chance=0.4,
        ),
    ),
    surrogate=SurrogateOpinion(kg_co2e=72.5, low=30.0, high=175.0, coverage=0.8, model_id="m"),
    flags=(Flag(code="ambiguous", message=""), Flag(code="routes_disagree", message="")),
)
