"""Made-up records, varied on purpose: units, sizes, decisions, assumptions, flags, with and without each part."""

from __future__ import annotations

import random
from typing import NamedTuple

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


class Kind(NamedTuple):
    """A product with datasets that could stand in for it: (English name, Chinese name, kg CO2e per unit)."""

    en: str
    zh: str
    unit: str
    amount: float
    mass_kg: float | None
    dataset_unit: str
    datasets: tuple[tuple[str, str, float], ...]


KINDS = (
    Kind(
        "25 g PET bottle for mineral water",
        "25 克矿泉水 PET 瓶",
        "piece",
        1,
        0.025,
        "kg",
        (
            ("PET granulate, bottle grade", "瓶级 PET 切片", 2.09),
            ("PET film, extruded", "PET 薄膜（挤出）", 2.63),
            ("Polypropylene granulate", "聚丙烯颗粒", 1.63),
        ),
    ),
    Kind(
        "cotton T-shirt, size M",
        "纯棉 T 恤，M 码",
        "piece",
        1,
        0.18,
        "kg",
        (("Cotton fabric, woven, dyed", "染色棉机织物", 21.4), ("Cotton yarn", "棉纱", 8.96)),
    ),
    Kind(
        "hot-rolled steel coil",
        "热轧钢卷",
        "kg",
        1,
        None,
        "kg",
        (
            ("Steel, hot rolled coil", "热轧钢卷", 2.21),
            ("Steel, cold rolled coil", "冷轧钢卷", 2.57),
            ("Steel, engineering", "工程用钢", 1.98),
        ),
    ),
    Kind(
        "grid electricity for our workshop",
        "车间用电",
        "kWh",
        1200,
        None,
        "kWh",
        (
            ("Electricity mix, medium voltage", "中压电网电力", 0.5366),
            ("Electricity, wind, onshore", "陆上风电", 0.0141),
        ),
    ),
    Kind(
        "ready-mix concrete C30",
        "C30 商品混凝土",
        "m3",
        1,
        None,
        "m3",
        (
            ("Concrete C30/37, ready-mix", "C30/37 预拌混凝土", 312.0),
            ("Concrete C25/30, ready-mix", "C25/30 预拌混凝土", 271.5),
        ),
    ),
    Kind(
        "lithium iron phosphate cell 100 Ah",
        "100 Ah 磷酸铁锂电芯",
        "piece",
        1,
        2.04,
        "kg",
        (
            ("Battery cell, LFP, prismatic", "方形磷酸铁锂电芯", 9.45),
            ("Battery cell, NMC811, pouch", "软包三元电芯", 13.8),
        ),
    ),
    Kind(
        "road freight, 32 t lorry",
        "32 吨货车公路运输",
        "tkm",
        500,
        None,
        "tkm",
        (
            ("Transport, lorry, over 32 t", "货车运输，32 t 以上", 0.0843),
            ("Transport, freight train", "铁路货运", 0.0217),
        ),
    ),
    Kind(
        "laptop computer 14 inch",
        "14 英寸笔记本电脑",
        "piece",
        1,
        1.45,
        "piece",
        (("Laptop, 14 inch", "笔记本电脑，14 英寸", 214.0), ("Tablet, 10 inch", "平板电脑，10 英寸", 92.3)),
    ),
    Kind(
        "beef, boneless",
        "去骨牛肉",
        "kg",
        2,
        None,
        "kg",
        (
            ("Beef, boneless, at slaughterhouse", "屠宰厂去骨牛肉", 28.3),
            ("Veal, boneless", "去骨小牛肉", 23.6),
            ("Pork, boneless", "去骨猪肉", 5.87),
        ),
    ),
    Kind(
        "corrugated box, 300 g",
        "300 克瓦楞纸箱",
        "piece",
        10,
        0.3,
        "kg",
        (("Corrugated board, mixed fibre", "混合纤维瓦楞纸板", 0.867), ("Kraft paper, bleached", "漂白牛皮纸", 1.34)),
    ),
    Kind(
        "diesel for forklifts",
        "叉车用柴油",
        "litre",
        35,
        None,
        "litre",
        (("Diesel, burned in machine", "机械用柴油燃烧", 3.16), ("Biodiesel, rapeseed", "菜籽生物柴油", 1.72)),
    ),
    Kind(
        "aluminium window frame",
        "铝合金窗框",
        "piece",
        1,
        14.2,
        "kg",
        (("Aluminium profile, extruded", "挤压铝型材", 11.8), ("Aluminium ingot, primary", "原铝锭", 16.5)),
    ),
)
SOURCES = (
    ("ADEME Base Carbone", "V22.0"),
    ("DESNZ conversion factors", "2025"),
    ("China product database CPCD", "2023-10"),
    ("Agribalyse", "3.1"),
)
PLACES = ("CN", "FR", "GB", "DE", "GLO", "US", "JP", "RER", "CN-GD")
FLAG_CODES = (
    "outdated_dataset",
    "geography_fallback",
    "boundary_mismatch",
    "spend_based",
    "restricted_licence",
)


def make_input(seed: int) -> RationaleInput:
    """A record of its own for each seed; the first dozens go through every kind and decision."""
    rng = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    zh = rng.random() < 0.4
    decision = ("match", "match", "ambiguous", "match", "no_match")[(seed // 3) % 5]
    mass_assumed = kind.mass_kg is not None and rng.random() < 0.5
    candidates = make_candidates(rng, kind, decision)
    surrogate = make_surrogate(rng, kind) if decision == "no_match" or rng.random() < 0.85 else None
    estimate = make_estimate(rng, candidates, surrogate, decision)
    disagree = (
        surrogate is not None
        and decision == "match"
        and abs(surrogate.kg_co2e / (candidates[0].kg_co2e or 1) - 1) > 0.5
    )
    codes = [*rng.sample(FLAG_CODES, rng.randint(0, 2)), *(["routes_disagree"] if disagree else [])]
    codes += ["no_match"] if decision == "no_match" else ["ambiguous"] if decision == "ambiguous" else []
    what = rng.choice(("mass_kg", "geography", "category", "year"))
    half = (estimate.high / estimate.low) ** 0.5
    return RationaleInput(
        product=Product(
            description=kind.zh if zh else kind.en,
            language="zh" if zh else "en",
            declared_unit=DeclaredUnit(amount=kind.amount, unit=kind.unit),
            mass_kg=kind.mass_kg,
            geography=rng.choice((None, "CN", "DE")),
        ),
        decision=decision,
        estimate=estimate,
        candidates=candidates,
        surrogate=surrogate,
        flags=tuple(Flag(code=code, message=code) for code in codes),
        next_measurement=NextMeasurement(
            what=what, why="", interval_factor_after=round(max(1.05, half * rng.uniform(0.6, 0.9)), 3)
        )
        if rng.random() < 0.6
        else None,
        assumptions=("mass_kg",) if mass_assumed else (),
    )


def make_candidates(rng: random.Random, kind: Kind, decision: str) -> tuple[Candidate, ...]:
    """The kind's datasets with sources, places and years; less similar and less likely by rank."""
    similarity = rng.uniform(0.2, 0.4) if decision == "no_match" else rng.uniform(0.65, 0.95)
    chance = rng.uniform(0.03, 0.2) if decision == "no_match" else rng.uniform(0.5, 0.95)
    made = []
    for rank, (name, name_zh, value) in enumerate(kind.datasets, 1):
        source, version = rng.choice(SOURCES)
        factor = value * rng.choice((1, 1, rng.uniform(0.8, 1.2)))
        result, steps = converted(kind, factor)
        made.append(
            Candidate(
                rank=rank,
                dataset_id=f"{source.split()[0].lower()}-{rng.randint(1000, 99999)}",
                name=name,
                name_zh=name_zh,
                geography=rng.choice(PLACES),
                unit=kind.dataset_unit,
                gwp100_kg_co2e=factor,
                system_boundary="cradle_to_gate",
                basis="process",
                source=source,
                source_version=version,
                licence="Licence Ouverte 2.0",
                year=rng.randint(2008, 2025) if rng.random() < 0.9 else None,
                similarity=round(similarity, 4),
                scores=Scores(dense=similarity, lexical=similarity / 2, memory=0, fit=0.9),
                acceptance_probability=round(chance, 4),
                kg_co2e=result,
                conversion=steps,
                dqr=DataQuality(technological=2, geographical=3, temporal=2),
                citation=f"{source} {version}, row {rank}",
            )
        )
        similarity, chance = similarity * rng.uniform(0.75, 0.95), chance * rng.uniform(0.2, 0.6)
    return tuple(made)


def converted(kind: Kind, factor: float) -> tuple[float, tuple[str, ...]]:
    """Footprint of the declared unit and the steps towards it."""
    if kind.unit != kind.dataset_unit and kind.mass_kg is not None:
        mass = kind.amount * kind.mass_kg
        return mass * factor, (f"{kind.amount:g} {kind.unit} × {kind.mass_kg:g} kg/{kind.unit} = {mass:g} kg",)
    return kind.amount * factor, ()


def make_surrogate(rng: random.Random, kind: Kind) -> SurrogateOpinion:
    """A second opinion somewhere around the truth, with up to three references."""
    _, _, value = kind.datasets[0]
    centre = converted(kind, value)[0] * 10 ** rng.uniform(-0.6, 0.6)
    spread = 10 ** rng.uniform(0.3, 0.7)
    names = (
        "Plastic bottle, 500 ml",
        "Steel part, stamped",
        "Office chair",
        "Cotton shirt, long sleeve",
        "Notebook computer",
    )
    neighbours = tuple(
        Neighbour(id=f"ref-{number}", name=name, kg_co2e_per_unit=value * 10 ** rng.uniform(-0.4, 0.4), weight=0.3)
        for number, name in enumerate(rng.sample(names, rng.randint(0, 3)))
    )
    return SurrogateOpinion(
        kg_co2e=centre,
        low=centre / spread,
        high=centre * spread,
        coverage=0.9,
        model_id="m1",
        neighbours=neighbours,
    )


def make_estimate(
    rng: random.Random, candidates: tuple[Candidate, ...], surrogate: SurrogateOpinion | None, decision: str
) -> Estimate:
    """The combined estimate of both routes, or the one there is."""
    proxy = candidates[0].kg_co2e or 1.0
    if decision == "no_match" and surrogate is not None:
        value, basis = surrogate.kg_co2e, "surrogate"
    elif surrogate is None:
        value, basis = proxy, "proxy"
    else:
        value, basis = proxy**0.7 * surrogate.kg_co2e**0.3, "combined"
    spread = 10 ** rng.uniform(0.15, 0.5)
    return Estimate(kg_co2e=value, low=value / spread, high=value * spread, coverage=0.9, basis=basis)
