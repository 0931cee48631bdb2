"""README tells the truth: its commands run, its Python runs, its generated parts are current."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def _run(arguments, home, **more):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=120, env={**os.environ, "FIRSTPRINT_HOME": str(home)}, **more,
    )  # fmt: skip


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("firstprint ")])
def test_each_command_of_the_readme_runs(line, assistant, home):
    done = _run(["-m", "firstprint", *shlex.split(line, comments=True)[1:]], home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_readme_has_commands_to_run():
    assert sum(line.startswith("firstprint ") for line in COMMANDS) >= 6
    assert any(line.startswith("make run") for line in COMMANDS)


def test_the_python_of_the_readme_runs(assistant, home):
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = _run(["-c", block], home)
    assert done.returncode == 0, done.stderr
    value, low, high = map(float, done.stdout.split())
    assert low < value < high


def test_generated_parts_of_the_readme_are_current(assistant, home):
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "README.md"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, env={**os.environ, "FIRSTPRINT_DOCS_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, "run: make docs\n" + done.stdout + done.stderr


def test_generated_pages_are_current():
    done = _run(["docs/generate.py", "--check"], "")
    assert done.returncode == 0, done.stderr


def test_the_makefile_runs_what_the_readme_shows():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("readme_parts", ROOT / "docs" / "readme_parts.py")
    parts = module_from_spec(spec)
    spec.loader.exec_module(parts)
    (example,) = re.findall(r"^EXAMPLE := (.*)$", makefile, re.MULTILINE)
    assert shlex.split(example) == parts.EXAMPLE


@pytest.mark.parametrize(("command", "schema"), [("estimate", "record"), ("match", "match")])
def test_json_output_fits_the_published_schema(command, schema, assistant, home):
    import json

    import jsonschema

    done = _run(["-m", "firstprint", command, "铝罐", "--unit", "kg", "--json"], home)
    assert done.returncode == 0, done.stderr
    published = json.loads((ROOT / "docs" / f"{schema}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(done.stdout), published)
