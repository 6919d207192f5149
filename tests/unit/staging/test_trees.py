"""Trees made by hand, walked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.staging.trees import TreeModel, class_scores, deweight, probabilities

CLASSES = ("N1", "N2", "N3", "R", "W")


def by_hand(**fields):
    """Return three trees: one split in two, one chain, one single leaf.

    Tree 0 (N1): a <= 1 ? (b <= 0 ? 10 : 20) : 30.   Tree 1 (W): b <= 2 ? 1 : 2.
    Tree 2 (R): always 5.
    """
    model = TreeModel(
        names=("a", "b"),
        classes=CLASSES,
        feature=np.array([0, 1, 1]),
        threshold=np.array([1.0, 0.0, 2.0], np.float32),
        left=np.array([1, -1, -1], np.int8),
        right=np.array([-3, -2, -2], np.int8),
        value=np.array([10.0, 20.0, 30.0, 1.0, 2.0, 5.0]),
        tree_class=np.array([0, 4, 3], np.uint8),
        tree_nodes=np.array([2, 1, 0], np.uint8),
    )
    return replace(model, **fields)


@pytest.mark.parametrize(
    ("a", "b", "n1", "w"),
    [
        pytest.param(1.0, 0.0, 10, 1, id="at the threshold is left"),
        pytest.param(1.0, 0.5, 20, 1, id="left, then right"),
        pytest.param(1.5, 0.5, 30, 1, id="right"),
        pytest.param(2.0, 2.5, 30, 2, id="right in both"),
        pytest.param(np.inf, -np.inf, 30, 1, id="infinities"),
    ],
)
def test_a_tree_by_hand(a, b, n1, w):
    assert class_scores(np.array([[a, b]], np.float32), by_hand()).tolist() == [[n1, 0, 0, 5, w]]


def test_nan_counts_as_zero():
    found = probabilities([[np.nan, np.nan], [0.0, 0.0]], by_hand())
    assert found[0].tolist() == found[1].tolist()


def test_probabilities_are_a_softmax_in_the_order_of_the_stages():
    model = by_hand(value=np.array([0.1, 0.2, 0.3, 1.0, 2.0, 0.5]))
    scores = np.array([1.0, 0.1, 0.0, 0.0, 0.5])
    expected = np.exp(scores) / np.exp(scores).sum()
    assert probabilities([[0.0, 0.0]], model)[0] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 100])
def test_blocks_of_epochs_meet(n):
    matrix = np.random.default_rng(0).normal(1, 2, (n, 2))
    found = probabilities(matrix, by_hand())
    assert found.shape == (n, 5)
    alone = [probabilities([row], by_hand())[0].tolist() for row in matrix]
    assert found.tolist() == alone


def walk(model, tree, row):
    """Follow one tree node by node."""
    first = int(model.tree_nodes[:tree].sum())
    node = 0 if model.tree_nodes[tree] else -1
    while node >= 0:
        k = first + node
        node = int((model.left if row[model.feature[k]] <= model.threshold[k] else model.right)[k])
    return model.value[first + tree - 1 - node]


@given(st.integers(0, 10_000))
def test_random_trees_against_a_walk(seed):
    rng = np.random.default_rng(seed)
    parts = [grown(rng, int(n)) for n in rng.integers(0, 12, 7)]
    sizes = np.array([len(left) for left, _ in parts])
    model = TreeModel(
        names=("a", "b", "c"),
        classes=CLASSES,
        feature=rng.integers(0, 3, sizes.sum()),
        threshold=rng.integers(-2, 3, sizes.sum()).astype(np.float32),
        left=np.array([side for left, _ in parts for side in left], np.int8),
        right=np.array([side for _, right in parts for side in right], np.int8),
        value=rng.normal(size=sizes.sum() + 7),
        tree_class=np.arange(7) % 5,
        tree_nodes=sizes,
    )
    matrix = rng.integers(-3, 4, (5, 3)).astype(np.float32)
    expected = np.zeros((5, 5))
    for tree in range(7):
        for k, row in enumerate(matrix):
            expected[k, model.tree_class[tree]] += walk(model, tree, row)
    assert class_scores(matrix, model) == pytest.approx(expected, abs=1e-12)


def grown(rng, n_nodes):
    """Return the children of a tree of random shape, split leaf by leaf."""
    left, right = [], []
    open_leaves = [(None, 0)]
    for node in range(n_nodes):
        parent, side = open_leaves.pop(rng.integers(len(open_leaves)))
        if parent is not None:
            (left, right)[side][parent] = node
        left.append(None)
        right.append(None)
        open_leaves += [(node, 0), (node, 1)]
    for leaf, (parent, side) in enumerate(open_leaves):
        if parent is not None:
            (left, right)[side][parent] = -1 - leaf
    return left, right


@pytest.mark.parametrize(
    "fields",
    [
        {"feature": np.array([0, 1, 2])},
        {"feature": np.array([0, 1])},
        {"value": np.zeros(5)},
        {"tree_class": np.array([0, 4, 5])},
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(fields):
    with pytest.raises(ValueError, match="tree model"):
        by_hand(**fields)


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        probabilities([[0.0, 0.0]], by_hand(left=np.array([0, -1, -1], np.int8)))


def test_a_matrix_of_another_width_is_refused():
    with pytest.raises(ValueError, match="2 features"):
        probabilities(np.zeros((4, 3)), by_hand())


def test_deweighting_divides_by_the_training_weights():
    published = np.array([[0.2, 0.22, 0.2, 0.24, 0.14], [1.0, 0, 0, 0, 0], [np.nan] * 5])
    expected = np.array([0.2, 0.1, 0.2, 0.2, 0.1]) / 0.8
    found = deweight(published)
    assert found[0] == pytest.approx(expected)
    assert found[1].tolist() == [1, 0, 0, 0, 0]
    assert np.isnan(found[2]).all()
    assert published[0, 0] == 0.2
