"""Writes tiny suite folders for tests and hands back the faults of reading them."""

from __future__ import annotations

import pytest

from firstprint.errors import FaultsError
from firstprint.evaluation.suite import read_suite

HEAD = 'name = "tiny"\n'
MATCH = HEAD + 'task = "match"\ncatalogue = "default"\nprotocol = "zero-shot"\n'
ESTIMATE = HEAD + 'task = "estimate"\nprotocol = "cross-fit"\nfolds = 2\n'
MATCH_ROWS = "id,text,group,relevant\na,steel bolt,x,d1\nb,glass jar,y,d2\n"
ESTIMATE_ROWS = "id,text,group,reference_kg_co2e\na,steel bolt,x,2.5\nb,glass jar,y,0.9\n"
CATALOGUE = "dataset_id,name,unit,system_boundary,basis,source\nd1,Steel,kg,cradle_to_gate,process,own\n"


def write(folder, settings=MATCH, rows=MATCH_ROWS, **more):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"suite.toml": settings, "queries.csv": rows, **more}.items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def faults(folder, ids=("d1", "d2"), **options):
    with pytest.raises(FaultsError) as caught:
        read_suite(folder, known_ids=lambda: ids, **options)
    return caught.value.faults


def only_fault(folder, **options):
    (fault,) = faults(folder, **options)
    return fault
