"""Results of invented runs for the report: all systems, intervals and texts are made up here."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from firstprint.evaluation.metrics.conditional import conditional_coverage
from firstprint.evaluation.records import (
    Band,
    Difference,
    EstimateRun,
    EstimateSystem,
    Generated,
    MatchRun,
    MatchSystem,
    Metric,
    PairOutcomes,
    Query,
    RationaleRun,
    Suite,
    SuiteResult,
    Warned,
)

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> $x_1$ @0@ \x00\ud800'
PRODUCTS = (
    "Cold rolled steel coil, 2 mm, delivered to a press shop",
    "不锈钢保温杯 500 毫升",
    "Recycled PET bottle grade granulate",
    "Laptop computer 14 inch, 16 GB, with charger",
    "纯棉短袖T恤 170 克",
    "Oat drink, unsweetened, 1 litre carton",
    "Bürostuhl mit Armlehnen, höhenverstellbar",
    "铝合金窗框型材 6063-T5",
)
GROUPS = (
    "Aurora Metals",
    "宏达家居有限公司",
    "Nordic Dairy",
    "Delta Paper Mills",
    "星河电子",
    "Casa Verde",
    "Plasticos Sur",
)
PROVENANCE = {
    "software": "firstprint 0.1.0",
    "catalogue": "demo 2024-1 (sha256 3f2a…)",
    "encoder": "universal-sentence-encoder-multilingual-3",
    "language model": None,
    "created": "2025-01-31T10:00:00+00:00",
}


def queries(n: int, group_count: int, *, answers: bool, seed: int = 0) -> tuple[Query, ...]:
    names = [GROUPS[i] if i < len(GROUPS) else f"Company {i}" for i in range(group_count)]
    chance = np.random.default_rng(seed)
    weights = 1 / np.arange(1, group_count + 1)
    drawn = chance.choice(group_count, n, p=weights / weights.sum())
    return tuple(
        Query(
            f"q{i}",
            f"{PRODUCTS[i % len(PRODUCTS)]}, lot {i}" + (" with a long story" * 30 if i % 9 == 0 else ""),
            names[drawn[i]],
            unit="kg" if i % 3 else "piece",
            relevant=(f"ds-{i}", f"ds-{i}-b") if answers and i % 10 else (),
        )
        for i in range(n)
    )


def suite(task: str, rows: tuple[Query, ...], **changes: object) -> Suite:
    fields = {
        "folder": Path("suites") / f"demo-{task}",
        "name": f"demo-{task}",
        "task": task,
        "protocol": "cross-fit" if task == "estimate" else "zero-shot",
        "catalogue": "default",
        "queries": rows,
        "sha256": "ab" * 32,
        "folds": 0 if task == "estimate" else 5,
        "licence": "CC BY 4.0",
        "source": "Invented for the tests, https://example.org/data",
        "description": "Invented products.",
    }
    return Suite(**(fields | changes))


def figure(value: float, half: float = 0.05) -> Metric:
    return Metric(value, value - half, value + half)


def share(values: np.ndarray, among: np.ndarray, half: float = 0.01) -> Metric:
    return figure(float(values[among].mean()), half) if among.any() else Metric(None, None, None)


def match_result(n: int = 300, group_count: int = 40, *, baselines: bool = True) -> SuiteResult:
    rows = queries(n, group_count, answers=True)
    chance = np.random.default_rng(1)
    names = ("firstprint", "bm25", "tfidf", "dense") if baselines else ("firstprint",)
    systems = tuple(_match_system(name, rows, 0.62 - 0.07 * i, chance) for i, name in enumerate(names))
    pairs = PairOutcomes(
        np.arange(0, n // 2),
        np.arange(n // 2, n // 2 * 2),
        chance.random(n // 2) < 0.8,
        np.where(chance.random(n // 2) < 0.1, np.nan, chance.normal(0, 0.12, n // 2)),
    )
    answerable = np.array([bool(row.relevant) for row in rows])
    decisions = tuple(str(word) for word in chance.choice(["match", "ambiguous", "no_match"], n, p=[0.6, 0.3, 0.1]))
    run = MatchRun(np.array([row.group for row in rows]), answerable, systems, decisions, pairs)
    by_name = {system.name: _match_metrics(system, answerable) for system in systems}
    return SuiteResult(
        suite("match", rows),
        run,
        by_name.pop("firstprint"),
        by_name,
        (
            Difference("hit@1", "bm25", 0.084, 0.021, 0.142, better=True, worse=False),
            Difference("mrr", "bm25", 0.02, -0.011, 0.05, better=False, worse=False),
            Difference("ece", "dense", 0.03, 0.01, 0.05, better=False, worse=True),
        )
        if baselines
        else (),
        (Warned("text_in_catalogue", 12, "Texts that are also labels of the catalogue: these are easy."),),
        {"encode": 3.4, "search": 9.12, "total": 14.2},
        PROVENANCE,
    )


def _match_system(name: str, rows: tuple[Query, ...], skill: float, chance: np.random.Generator) -> MatchSystem:
    n = len(rows)
    probability = np.clip(chance.beta(2 * skill + 0.5, 1.2, n), 0, 1)
    accepted = (chance.random(n) < probability * 0.9) & np.array([bool(row.relevant) for row in rows])
    confidence = probability.copy()
    confidence[chance.random(n) < 0.03] = -np.inf
    accepted &= np.isfinite(confidence)
    return MatchSystem(
        name,
        np.where(accepted, 1, chance.integers(0, 15, n)),
        accepted,
        confidence,
        probability if name == "firstprint" else None,
        tuple("" if not np.isfinite(c) else f"ds-{i}-x" for i, c in enumerate(confidence)),
        tuple("" if not np.isfinite(c) else f"Market for {rows[i].text[:30]} 生产" for i, c in enumerate(confidence)),
    )


def _match_metrics(system: MatchSystem, answerable: np.ndarray) -> dict[str, Metric]:
    rank = system.rank
    found = {f"hit@{k}": share((rank > 0) & (rank <= k), answerable, 0.05) for k in (1, 5, 10)}
    certain = np.argsort(-system.confidence)[: max(1, round(0.3 * len(system.rank)))]
    return found | {
        "mrr": figure(0.58),
        "acceptable_hit@1": Metric(None, None, None),
        "abstention_auc": figure(0.71),
        "risk_at_coverage_0.3": figure(float(1 - system.accepted[certain].mean()), 0.04),
        "ece": Metric(0.083, 0.06, 0.11) if system.probability is not None else Metric(None, None, None),
    }


SECTORS = ("Metal <goods>", "食品", "Paper & board", "Toys")


def estimate_result(
    n: int = 860, group_count: int = 40, *, ranges: bool = False, conditional: bool = False
) -> SuiteResult:
    rows = queries(n, group_count, answers=False)
    chance = np.random.default_rng(2)
    reference = chance.normal(0.6, 1.1, n)
    groups = np.array([row.group for row in rows])
    shift = dict(zip(sorted(set(groups)), chance.normal(0, 0.3, group_count), strict=False))
    centre = reference + np.array([shift[group] for group in groups]) + chance.standard_t(3, n) * 0.28
    centre[::50] = np.nan
    systems = (
        EstimateSystem("firstprint", centre, Band(centre - 0.5, centre + 0.5), Band(centre - 0.75, centre + 0.75)),
        EstimateSystem("route: proxy", centre + chance.normal(0, 0.3, n)),
        EstimateSystem("route: surrogate", centre + chance.normal(0, 0.2, n)),
        EstimateSystem("group median", chance.normal(0.6, 0.5, n)),
        EstimateSystem("nearest neighbour", reference + chance.normal(0, 0.6, n)),
        EstimateSystem("ceiling: other studies", reference + chance.normal(0, 0.1, n)),
    )
    run = EstimateRun(
        groups,
        reference,
        systems,
        tuple(f"ds-{i}" for i in range(n)),
        tuple(f"Production of {row.text[:24]}" for row in rows),
        tuple("mass_assumed|geography_differs" if i % 4 == 0 else "" for i in range(n)),
        Band(reference - 0.4, reference + 0.4) if ranges else None,
        np.abs(chance.normal(0.3, 0.15, n)) if conditional else None,
    )
    sectors = [SECTORS[min(i % 6, 3)] if conditional else "" for i in range(n)]
    by_name = {system.name: _estimate_metrics(system, reference) for system in systems}
    return SuiteResult(
        suite("estimate", rows),
        run,
        by_name.pop("firstprint"),
        by_name,
        (Difference("factor2", "nearest neighbour", 0.012, -0.03, 0.055, better=False, worse=False),),
        (Warned("reference_seen", 3, "References that stand in the catalogue outside their fold."),),
        {"total": 121.7},
        PROVENANCE,
        conditional=conditional_coverage(run, sectors, 50) if conditional else (),
    )


def _estimate_metrics(system: EstimateSystem, reference: np.ndarray) -> dict[str, Metric]:
    residual = np.abs(system.log10_value - reference)
    residual = residual[np.isfinite(residual)]
    shares = {f"factor{k}": figure(float((residual <= np.log10(k)).mean()), 0.03) for k in (2, 3, 10)}
    banded = system.band80 is not None
    return shares | {
        "mae_log10": figure(float(residual.mean()), 0.02),
        "median_ape": figure(0.52, 0.04),
        "r2_log10": figure(0.41, 0.5),
        "spearman": figure(0.77),
        "coverage@0.8": figure(float((residual <= 0.5).mean()), 0.04) if banded else Metric(None, None, None),
        "coverage@0.9": figure(float((residual <= 0.75).mean()), 0.04) if banded else Metric(None, None, None),
        "median_interval_factor@0.9": figure(31.6, 1.0) if banded else Metric(None, None, None),
    }


def rationale_result(n: int = 240) -> SuiteResult:
    rules = ("digit_changed", "numbers_swapped", "percent_for_factor", "full_width_digits")
    kind = tuple(
        "template" if i % 4 == 0 else "paraphrase" if i % 4 == 1 else rules[i % 4 + i % 2 - 2] for i in range(n)
    )
    true = np.array([name in {"template", "paraphrase"} for name in kind])
    alarm = ~true
    alarm[::37] ^= True
    rows = tuple(Query(f"r{i}", f"Text {i}", f"record {i % 20}") for i in range(n))
    texts = tuple(
        f"The estimate of {i}.2 kg CO2e is 7 % above the proxy." if i % 2 else f"估算值为 {i}.2 kg CO2e，比参考高 7%。"
        for i in range(n)
    )
    run = RationaleRun(
        np.array([row.group for row in rows]),
        kind,
        true,
        alarm,
        tuple("en" if i % 2 else "zh" for i in range(n)),
        texts,
        tuple("the number 7 is no fact" if flag else "" for flag in alarm),
        tuple(
            Generated(
                f"r{i}", i % 5 > 0, texts[i % n], "" if i % 5 else "names a dataset that is no candidate", 1.2 + i / 10
            )
            for i in range(15)
        ),
    )
    metrics = {
        "guard_recall": share(alarm, ~true),
        "guard_false_alarm": share(alarm, true),
        "guard_pass_rate": figure(0.8),
        "fallback_rate": figure(0.2),
        "seconds_median": figure(1.9),
    }
    return SuiteResult(suite("rationale", rows), run, metrics, {}, (), (), {"total": 4.0}, PROVENANCE)
