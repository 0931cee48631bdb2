"""Our character TF-IDF index beside bm25s over the same n-grams: accuracy on the annotated queries, and import time.

bm25s is no dependency; install it by hand to run this:  pip install bm25s==0.3.16

    .venv/bin/python evals/scripts/lexical_choice.py
"""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np

from firstprint.catalogue.glossary import load_glossary
from firstprint.catalogue.labels import build_labels
from firstprint.catalogue.reader import read_sound_catalogue
from firstprint.phrases import without_quantities
from firstprint.retrieval.lexical import build_lexical, ngrams
from firstprint.training import load_annotations
from firstprint.workspace import shipped


def import_seconds(module: str) -> float:
    """Median wall time of importing a module in a fresh process, less that of numpy alone."""

    def once(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    return float(np.median([once(f"import numpy, {module}") - once("import numpy") for _ in range(5)]))


def main() -> int:
    """Prints hit@1 and hit@5 of both, labels maximised over each dataset, ordinary datasets only."""
    import bm25s

    datasets = [one for one in read_sound_catalogue(shipped().files) if one.system_boundary != "cbam_default"]
    table = build_labels(datasets, load_glossary())
    owners = np.repeat(np.arange(len(table.texts)), np.diff(table.offsets))
    ours = build_lexical(table.texts)
    theirs = bm25s.BM25()
    theirs.index([list(ngrams(text)) or ["∅"] for text in table.texts], show_progress=False)
    notes = [note for note in load_annotations() if note.relevant]
    hits = {"tf-idf (ours)": [0, 0], "bm25s": [0, 0]}
    for note in notes:
        text = without_quantities(note.text)
        for name, scores in (
            ("tf-idf (ours)", ours.scores(text)),
            ("bm25s", theirs.get_scores(list(ngrams(text)) or ["∅"])),
        ):
            best = np.zeros(len(datasets))
            np.maximum.at(best, table.dataset_rows, scores[owners])
            first = [datasets[i].dataset_id for i in np.argsort(-best, kind="stable")[:5]]
            hits[name][0] += first[0] in note.relevant
            hits[name][1] += bool(note.relevant & set(first))
    for name, (one, five) in hits.items():
        print(f"{name:14} hit@1 {one / len(notes):.3f}  hit@5 {five / len(notes):.3f}  ({len(notes)} queries)")
    library, own = import_seconds("bm25s"), import_seconds("firstprint.retrieval.lexical")
    print(f"import beyond numpy: bm25s {library:.3f} s, ours {own:.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
