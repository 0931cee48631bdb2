"""Makes a table of distinct, mixed rows for benchmarks of batches: real descriptions, perturbed as buyers write them.

    .venv/bin/python evals/scripts/batch_rows.py ROWS OUT.csv [--repeat N]

The stems are the descriptions of ``evals/suites`` and ``index/labels_train.csv`` (Chinese, English, German, French);
the perturbations are amounts, sizes, grades, colours, brands and purposes in the stem's own script. ``--repeat 5``
writes each text five times, spread over the file.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("mixed-products", "bilingual-parity", "unit-and-geography", "abstention")
HEADINGS = ("编号", "产品名称", "数量", "单位", "重量(kg)", "产地", "年份")
BEFORE = {"zh": ("", "优质", "进口", "国产", "新款", "批量采购"), "en": ("", "new ", "spare ", "standard ", "bulk ")}
AFTER = {
    "zh": ("", " 白色", " 黑色", "，出口包装", "，含运输", " A级", " {n}mm", " {n}号", " 型号X{n}", " {n}kg/箱"),
    "en": ("", ", white", ", black", ", grade A", ", {n} mm", ", type X{n}", ", size {n}", ", box of {n}", " no. {n}"),
}
UNITS = {"zh": ("件", "吨", "kg", "", ""), "en": ("pcs", "t", "kg", "", "")}
PLACES = ("", "", "CN", "DE", "中国", "FR", "US", "GLO")


class Line(NamedTuple):
    """What a buyer wrote."""

    text: str
    amount: str
    unit: str
    mass: str
    place: str
    year: str


def stems() -> list[str]:
    """Distinct descriptions."""
    texts = []
    for path in [
        *(ROOT / "evals" / "suites" / name / "queries.csv" for name in SUITES),
        ROOT / "index/labels_train.csv",
    ]:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            texts += [row["text"] for row in csv.DictReader(handle)]
    return list(dict.fromkeys(texts))


def lines(count: int, seed: int = 8) -> list[Line]:
    """That many lines of distinct texts; the same seed gives the same lines."""
    chance, base, out = random.Random(seed), stems(), {}  # noqa: S311 - nothing secret
    while len(out) < count:
        stem = chance.choice(base)
        script = "zh" if any("\u4e00" <= char <= "\u9fff" for char in stem) else "en"
        text = chance.choice(BEFORE[script]) + stem + chance.choice(AFTER[script]).format(n=chance.randint(1, 400))
        unit = chance.choice(UNITS[script])
        mass = f"{chance.uniform(0.01, 30):.3g}" if unit in ("件", "pcs") and chance.random() < 0.5 else ""
        amount = str(chance.randint(1, 500)) if unit else ""
        out.setdefault(text, Line(text, amount, unit, mass, chance.choice(PLACES), chance.choice(("", "", "2024"))))
    return list(out.values())


def write_rows(path: Path, made: list[Line], repeat: int = 1) -> None:
    """Writes lines ``repeat`` times, one pass after the other."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADINGS)
        for number, line in enumerate(made * repeat, start=1):
            writer.writerow([f"R{number}", *line])


def main() -> int:
    """Writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    write_rows(given.out, lines(given.rows // given.repeat), given.repeat)
    return 0


if __name__ == "__main__":
    sys.exit(main())
