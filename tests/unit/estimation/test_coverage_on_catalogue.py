"""On the shipped catalogue, intervals hold what they promise for categories that training never saw."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold

from firstprint.catalogue.reader import catalogue_files, read_sound_catalogue
from firstprint.embedding.opening import open_encoder
from firstprint.estimation.held_out import Family
from firstprint.estimation.intervals import COVERAGES
from firstprint.estimation.model import Seen
from firstprint.estimation.references import references_from_datasets
from firstprint.estimation.surrogate_fit import assemble, make_family, select
from firstprint.resources import resource

_A_CATEGORY = 3


@pytest.fixture(scope="module")
def family() -> Family:
    """References per kilogram, at most three a category, each by its first name alone: a sample that trains fast."""
    datasets = read_sound_catalogue(catalogue_files(resource("index/catalogue")))
    by_group = defaultdict(list)
    for reference in references_from_datasets(datasets):
        if reference.unit == "kg" and len(by_group[reference.group]) < _A_CATEGORY:
            by_group[reference.group].append(replace(reference, texts=reference.texts[:1], category=""))
    return make_family([reference for group in by_group.values() for reference in group], open_encoder())


def test_unseen_categories_are_covered_as_promised(family):
    groups = family.groups("category")
    assert len(np.unique(groups)) > 50
    misses = []
    for train, test in GroupKFold(3, shuffle=True, random_state=0).split(groups, groups=groups):
        part = family.subset(np.sort(train))
        model = assemble(part, select(part))
        for position in test:
            row = int(np.flatnonzero((family.rows.reference == position) & (family.rows.plain == 0))[0])
            place = family.references[position].geography
            nothing = np.zeros_like(family.rows.vectors[row])
            seen = Seen(family.rows.vectors[row], nothing, np.zeros_like(family.rows.attributes[row]), place, "text")
            said = model.predict(seen)
            missed = abs(said.log10_value - family.values[position])
            misses.append([missed <= said.half_width_log10(coverage) for coverage in COVERAGES])
    for coverage, share in zip(COVERAGES, np.mean(misses, axis=0), strict=True):
        assert share == pytest.approx(coverage, abs=0.05)
