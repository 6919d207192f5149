"""The measures of stages are those of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.agree.stages import compare_stages
from psgscore.model.hypnogram import Hypnogram, Stage

metrics = pytest.importorskip("sklearn.metrics", reason="needs scikit-learn (the extra yasa)")

LABELS = [int(stage) for stage in Stage if stage != Stage.UNSCORED]
NIGHTS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), min_size=1, max_size=60)


@given(epochs=NIGHTS)
def test_kappa_confusion_and_measures_of_each_stage(epochs):
    first, second = (np.array(one, np.int8) for one in zip(*epochs, strict=True))
    found = compare_stages(Hypnogram(first), Hypnogram(second))
    both = (first >= 0) & (second >= 0)
    a, b = first[both], second[both]
    assert found.n_epochs == both.sum()
    if not both.any():
        assert (found.kappa, found.accuracy, found.macro_f1) == (None, None, None)
        return
    assert np.array_equal(found.confusion, metrics.confusion_matrix(a, b, labels=LABELS))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(a, b))
    if len(set(a.tolist()) | set(b.tolist())) > 1:
        assert found.kappa == pytest.approx(metrics.cohen_kappa_score(a, b, labels=LABELS))
    told = metrics.precision_recall_fscore_support(a, b, labels=LABELS, zero_division=np.nan)
    for place, name in enumerate(found.f1):
        for mine, theirs in zip((found.precision, found.recall, found.f1), told[:3], strict=True):
            value = mine[name]
            assert (
                np.isnan(theirs[place]) if value is None else value == pytest.approx(theirs[place])
            )
