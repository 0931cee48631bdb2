"""Makes the shipped models: ``index/ranker.json`` from ``labels_train.csv``, ``index/surrogate`` from the catalogue.

Run it after the catalogue, the labels or the fit terms change:  make models
It prints what each reaches on held-out groups. ``--ranker`` leaves the surrogate as it is.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from firstprint import Assistant
from firstprint.estimation.surrogate_files import save_surrogate
from firstprint.models import fitted_surrogate, untrained_ranker
from firstprint.ranking.acceptance import FEATURES, save_acceptance
from firstprint.settings import load_settings
from firstprint.training import load_annotations, train_ranker
from firstprint.workspace import encoder_of, ready_index, shipped

ROOT = Path(__file__).resolve().parent


def build_ranker(assistant: Assistant) -> None:
    """Trains and writes the ranker, and prints its figures on grouped held-out folds."""
    model, held_out, graded = train_ranker(assistant, load_annotations(ROOT / "labels_train.csv"))
    answerable = np.array([query.answerable for query in graded if len(query.features)])
    probability = np.array([model.probability(score) for score in held_out.score])
    print(f"annotated queries           {len(graded)} ({int(answerable.sum())} with an answer)")
    print(f"right dataset retrieved     {np.mean([q.relevant.any() for q in graded if q.answerable]):.3f}")
    print(f"held-out hit@1              {held_out.relevant[answerable].mean():.3f}")
    print(f"held-out accepted@1         {held_out.accepted[answerable].mean():.3f}")
    print(f"held-out Brier score        {np.mean((probability - held_out.accepted) ** 2):.3f}")
    print(f"thresholds                  match {model.match_at:.2f}, ambiguous {model.ambiguous_at:.2f}")
    for name, weight in sorted(zip(FEATURES, model.weights, strict=True), key=lambda pair: -pair[1]):
        print(f"  {name:18} {weight:8.3f}")
    save_acceptance(model, ROOT / "ranker.json")


def build_surrogate(assistant: Assistant) -> None:
    """Trains and writes the surrogate, and notes the catalogue it was trained on."""
    surrogate = fitted_surrogate(assistant.catalogue, assistant.encoder, lambda *step: print(*step))
    save_surrogate(surrogate, ROOT / "surrogate")
    note = {"surrogate_id": surrogate.surrogate_id, "catalogue_sha256": shipped().catalogue_sha256}
    (ROOT / "surrogate" / "trained_on.json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    print(f"surrogate {surrogate.surrogate_id}: families {', '.join(surrogate.families)}")


def main() -> int:
    """Opens the shipped catalogue in a workspace of its own and trains both models."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--ranker"]
    settings = load_settings(Path(arguments[0]) if arguments else Path(tempfile.mkdtemp()))
    encoder = encoder_of(settings)
    assistant = Assistant(settings, ready_index(settings, encoder), encoder, untrained_ranker(), None)
    if "--ranker" not in sys.argv:
        build_surrogate(assistant)
    build_ranker(assistant)
    return 0


if __name__ == "__main__":
    sys.exit(main())
