"""Runs every suite there is and compares with the accepted baselines: ``make evals``.

Suites of our own are in ``evals/suites``. Those of published datasets are prepared first, from whatever originals are
at hand under ``FIRSTPRINT_EVAL_ORIGINALS`` (``../shared/data`` on this project's own machines); what is missing is
said and passed over. Results go to ``build/evals``. Exit code 1 means a significant loss against ``evals/baselines``.

``--accept`` keeps the new figures as the accepted ones. ``--own`` runs the suites of our own alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "evals"
BASELINES = ROOT / "evals" / "baselines"
ORIGINALS = {
    "carbon-catalogue": ("carbon_catalogue",),
    "parakeet-austin": ("parakeet_austin", "us_epa_scef"),
    "caml-grocery": ("caml_grocery",),
    "tiangong-zh": ("tiangong",),
    "su-eatable": ("su_eatable_life", "agribalyse"),
    "boavizta": ("boavizta",),
    "catalogue-goods": (),
}


def firstprint(*args: str | Path) -> int:
    """Runs the command line in a workspace of its own, so that a user's trained models play no part."""
    command = [sys.executable, "-m", "firstprint", "--home", str(OUT / "home"), *map(str, args)]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def prepare(originals: Path) -> list[Path]:
    """Prepares suites from the originals at hand; returns the folder they are in."""
    folder = OUT / "suites"
    shutil.rmtree(folder, ignore_errors=True)
    for name, parts in ORIGINALS.items():
        files = [originals / part for part in parts]
        missing = [str(file) for file in files if not file.is_dir()]
        if missing:
            print(f"{name}: passed over, {', '.join(missing)} is not there")
            continue
        given = [argument for file in files for argument in ("--from", str(file))]
        code = firstprint("eval", "prepare", name, *given, "--out", folder)
        if code:
            sys.exit(code)
    return [folder]


def main() -> int:
    """Prepares, runs, compares; the exit code of the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--own", action="store_true", help="suites of our own alone")
    parser.add_argument("--accept", action="store_true", help="keep the new figures as the accepted ones")
    chosen = parser.parse_args()
    originals = Path(os.environ.get("FIRSTPRINT_EVAL_ORIGINALS", str(ROOT.parent / "shared" / "data")))
    folders = [ROOT / "evals" / "suites", *([] if chosen.own else prepare(originals))]
    results = OUT / "results"
    shutil.rmtree(results, ignore_errors=True)
    code = firstprint("eval", "run", *folders, "--out", results)
    if code:
        return code
    if not any(BASELINES.glob("*.json")) and not chosen.accept:
        print(f"There are no accepted baselines in {BASELINES}: keep these with --accept.")
        return 0
    return firstprint("eval", "compare", BASELINES, results, *(["--accept"] if chosen.accept else []))


if __name__ == "__main__":
    sys.exit(main())
