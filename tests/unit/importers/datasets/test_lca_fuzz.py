"""Spoilt files of LCA formats give sound datasets or problems, never anything else."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lca_mutations import bw2package_file, ecospold_file, faults_of, olca_file, workbook_file

from firstprint.importers.datasets import brightway, ecospold, olca


@pytest.mark.parametrize(
    ("importer", "make", "examples"),
    [
        (ecospold.IMPORTER, ecospold_file, 120),
        (olca.IMPORTER, olca_file, 120),
        (brightway.IMPORTER, bw2package_file, 120),
        (brightway.IMPORTER, workbook_file, 30),
    ],
    ids=["ecospold", "olca", "bw2package", "workbook"],
)
def test_spoilt_files_give_sound_datasets_or_problems(importer, make, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(st.integers(0, 2**32))
    def check(seed):
        with tempfile.TemporaryDirectory() as folder:
            assert faults_of(importer, make(Path(folder), random.Random(seed))) == []

    check()
