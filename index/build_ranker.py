"""Makes ``index/ranker.json``: the shipped ranker and acceptance model, from ``index/labels_train.csv``.

Run it after the catalogue, the labels or the fit terms change:  make ranker
It prints what the model reaches on grouped held-out folds, and the weight of each feature.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from firstprint import Assistant
from firstprint.models import untrained_ranker
from firstprint.ranking.acceptance import FEATURES, save_acceptance
from firstprint.settings import load_settings
from firstprint.training import load_annotations, train_ranker
from firstprint.workspace import encoder_of, ready_index

ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Trains and writes the ranker; the surrogate takes no part."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    settings = load_settings(home)
    encoder = encoder_of(settings)
    assistant = Assistant(settings, ready_index(settings, encoder), encoder, untrained_ranker(), None)
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
