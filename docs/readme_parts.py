"""Parts of README.md that are made from the code and the data; cog puts them in (``make docs``)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from firstprint.catalogue.sources import load_sources

EXAMPLE = ["25 g PET bottle for mineral water", "--unit", "piece", "--mass-kg", "0.025", "--geography", "CN"]
_WIDTH = "100"
_EVALS = Path(__file__).resolve().parents[1] / "evals"


def readme_example() -> str:
    """What ``make run`` prints, without colours and without the lines that differ from run to run."""
    home = os.environ.get("FIRSTPRINT_DOCS_HOME") or tempfile.mkdtemp()
    done = subprocess.run(
        [sys.executable, "-m", "firstprint", "--home", home, "estimate", *EXAMPLE],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"},
    )
    text = re.sub(r"^proposal .*?\n(?=●)", "", done.stdout, flags=re.DOTALL | re.MULTILINE)
    shown = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"```text\n{shown}\n```\n"


def sources_table() -> str:
    """The sources of the default catalogue, with terms and counts, as a Markdown table."""
    lines = ["| source | publisher | terms | datasets |", "|---|---|---|---|"]
    lines += [f"| {s.title} {s.version} | {s.publisher} | {s.licence} | {s.rows_kept:,} |" for s in load_sources()]
    return "\n".join(lines) + "\n"


def side_by_side_table() -> str:
    """Firstprint beside plain contenders, from the record that ``make side-by-side`` keeps."""
    sys.path.insert(0, str(_EVALS / "scripts"))
    from side_table import table

    return table(json.loads((_EVALS / "side-by-side.json").read_text(encoding="utf-8"))) + "\n"


if __name__ == "__main__":
    sys.stdout.write(sources_table())
