"""The frame: sizes, cold start, resources in a wheel and in a checkout, plain pins, no foreign paths."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import firstprint
from firstprint.errors import FirstprintError
from firstprint.resources import resource

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
HEAVY = {"torch", "faiss", "sklearn", "pandas", "langchain", "langchain_core", "sentence_transformers", "scipy"}


def _sources() -> list[Path]:
    return sorted(p for folder in ("src", "tests", "index", "evals") for p in (ROOT / folder).rglob("*.py"))


def test_no_file_is_longer_than_400_lines():
    long = {str(p.relative_to(ROOT)): n for p in _sources() if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES}
    assert not long


def test_no_function_is_longer_than_60_lines():
    long = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long.append(f"{path.name}:{node.lineno} {node.name} has {lines} lines")
    assert not long


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_firstprint_loads_nothing_heavy():
    assert not _modules_after("import firstprint") & (HEAVY | {"pydantic", "numpy", "pyarrow"})


def test_importing_the_facade_loads_neither_torch_nor_sklearn_nor_pandas():
    loaded = _modules_after("from firstprint import Assistant")
    assert not loaded & HEAVY


def test_an_estimate_by_the_default_encoder_loads_neither_torch_nor_sklearn(assistant, home):
    loaded = _modules_after(
        f"from firstprint import Assistant\nAssistant.open({str(home)!r}).estimate('铝罐', unit='kg')"
    )
    assert not loaded & (HEAVY - {"faiss"})


def test_pins_are_plain_name_and_version():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert len(lines) > 50
    assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", line)]
    assert "torch==2.13.0" in lines


def test_shipped_resources_are_found_in_the_checkout():
    for name in ("index/catalogue", "index/glossary.csv", "index/sources.toml", "index/geography.csv", "prompts"):
        assert resource(name).exists()


def test_a_missing_resource_is_named():
    with pytest.raises(FirstprintError, match="nowhere"):
        resource("index/nowhere.csv")


def test_version_is_one():
    text = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{firstprint.__version__}"' in text


@pytest.mark.slow
def test_a_wheel_carries_catalogue_and_prompts_and_finds_them(tmp_path):
    """hatch's force-include is invisible in an editable install, so the built wheel is unpacked and asked."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; it is in the dev extra")
    build = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    wheel = tmp_path / done.stdout.strip().splitlines()[-1]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from firstprint.resources import resource\n"
        "names = ('index/catalogue', 'index/glossary.csv', 'index/sources.toml', 'index/stage_splits.csv')\n"
        "for name in (*names, 'index/ranker.json', 'prompts'):\n"
        "    print(resource(name))"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path / "unpacked")],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    assert len(found) == 6
    assert all("unpacked" in path and "_resources" in path for path in found)
