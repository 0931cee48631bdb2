"""What annotators said of the first candidate of each annotated query: is the dataset of the product's kind?

    python evals/scripts/surrogate_kinds.py --home DIR --out FILE

One JSON line a query of ``index/labels_train.csv`` that a dataset answers, for ``surrogate_combination.py``:
what decides the odds that a dataset is believed (``combination.prior_right``), and the verdict.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from match_halves import chosen_on

from firstprint import Assistant
from firstprint.domain.product import DeclaredUnit
from firstprint.estimation.proxy import beside
from firstprint.intake import RawRequest, read_request
from firstprint.routes import evidence_of
from firstprint.training import Annotation, load_annotations


def line_of(assistant: Assistant, note: Annotation) -> dict[str, Any] | None:
    """One verdict; None where no dataset gives a number."""
    raw = RawRequest(note.text, unit=note.unit, geography=note.geography, mass_kg=note.mass_kg)
    said = assistant.opinions(raw)
    (routes,) = said.routes
    first = routes.first
    if first is None or first.kg_co2e is None or first.kg_co2e <= 0:
        return None
    product = read_request(raw).product
    declared = DeclaredUnit(amount=product.declared_unit.amount, unit=routes.query.unit)
    evidence = evidence_of(first, product.model_copy(update={"declared_unit": declared}))
    return {
        "group": note.group,
        "choosing": chosen_on(note.group),
        "text": note.text,
        "accepted": first.dataset_id in note.acceptable,
        "acceptance_probability": first.acceptance_probability,
        "similarity": first.similarity,
        "kind": evidence.kind,
        "listed": beside(first.kg_co2e, evidence).listed,
        "mean": math.log(first.kg_co2e),
    }


def main() -> int:
    """Writes the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    assistant = Assistant.open(arguments.home)
    lines = [line for note in load_annotations() if (line := line_of(assistant, note)) is not None]
    arguments.out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    print(f"{len(lines)} verdicts, {sum(line['accepted'] for line in lines)} of them accepted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
