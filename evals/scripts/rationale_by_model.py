"""Rationales of real records by the language model in the settings: how many are used, why the rest are not.

Set FIRSTPRINT_LLM (and FIRSTPRINT_LLM_BASE_URL for a local server), then:

    .venv/bin/python evals/scripts/rationale_by_model.py HOME [EVERY]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from firstprint import Assistant
from firstprint.training import load_annotations


def main() -> int:
    """Estimates every n-th annotated product and prints the texts that were used in full."""
    assistant = Assistant.open(Path(sys.argv[1]))
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    verdicts: Counter[str] = Counter()
    seconds = []
    for note in load_annotations()[::every]:
        start = time.perf_counter()
        proposal = assistant.estimate(note.text, unit=note.unit, geography=note.geography, mass_kg=note.mass_kg)
        seconds.append(time.perf_counter() - start)
        language = proposal.rationale.language
        reason = next((flag.message for flag in proposal.flags if flag.code == "rationale_fallback"), "")
        verdicts[f"{language} {proposal.rationale.generated_by}"] += 1
        print(f"[{language} {proposal.rationale.generated_by}, {seconds[-1]:.0f} s] {note.text}", flush=True)
        print(f"    {reason[:300] if reason else proposal.rationale.text}", flush=True)
    print(dict(verdicts), f"median {statistics.median(seconds):.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
