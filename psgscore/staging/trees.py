"""Boosted decision trees as plain arrays, and the probabilities they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psgscore.model._arrays import Floats, Samples, frozen
from psgscore.model.hypnogram import Stage
from psgscore.model.staging import PROBABILITY_STAGES

CLASS_WEIGHTS = {Stage.W: 1.0, Stage.N1: 2.2, Stage.N2: 1.0, Stage.N3: 1.2, Stage.R: 1.4}
"""How much more an epoch counted in training (Vallat & Walker 2021)."""

_ZERO = np.float32(1e-35)  # LightGBM takes what is no larger for 0
_BLOCK = 32  # epochs at once: fits the processor's cache
_Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TreeModel:
    """An ensemble of decision trees, tree after tree in every array.

    Parameters
    ----------
    names : tuple of str
        The features, in the order of the columns of the matrix.
    classes : tuple of str
        The classes that `tree_class` counts.
    feature : ndarray of int, shape (n_nodes,)
        Column an inner node looks at.
    threshold : ndarray of float32, shape (n_nodes,)
        Left when the value is at or below. The published doubles are rounded down to
        float32, which is the same decision for every float32 value.
    left, right : ndarray of int, shape (n_nodes,)
        Next inner node within the tree, or ``-1 - leaf``.
    value : ndarray of float64, shape (n_leaves,)
        What a leaf adds to its class.
    tree_class : ndarray of int, shape (n_trees,)
        Class a tree adds to.
    tree_nodes : ndarray of int, shape (n_trees,)
        Inner nodes of a tree, which has one leaf more.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...]
    feature: NDArray[np.integer]
    threshold: Samples
    left: NDArray[np.integer]
    right: NDArray[np.integer]
    value: Floats
    tree_class: NDArray[np.integer]
    tree_nodes: NDArray[np.integer]

    def __post_init__(self) -> None:
        n_nodes, n_trees = int(self.tree_nodes.sum()), self.tree_class.size
        same = self.feature.size == self.threshold.size == self.left.size == self.right.size
        if not same or self.feature.size != n_nodes or self.value.size != n_nodes + n_trees:
            raise ValueError("the arrays of a tree model do not belong together")
        if n_nodes and not 0 <= self.feature.min() <= self.feature.max() < len(self.names):
            raise ValueError("a tree model looks at a feature it does not name")
        if set(self.tree_class.tolist()) - set(range(len(self.classes))):
            raise ValueError("a tree model adds to a class it does not name")


def probabilities(matrix: ArrayLike, model: TreeModel) -> Floats:
    """Return the probabilities of the stages, as published.

    Parameters
    ----------
    matrix : array_like of float, shape (n_epochs, n_features)
        Columns as `model.names`, taken as float32; NaN counts as 0.
    model : TreeModel
        With the classes W, N1, N2, N3, R in any order.

    Returns
    -------
    ndarray of float64, shape (n_epochs, 5)
        W, N1, N2, N3, R: softmax of the summed leaves. The stage is the largest.

    Raises
    ------
    ValueError
        The matrix has not the model's columns.
    """
    values = np.array(matrix, dtype=np.float32)
    values[~(np.abs(values) > _ZERO)] = 0.0
    if values.ndim != 2 or values.shape[1] != len(model.names):
        raise ValueError(
            f"the matrix has shape {values.shape}, the model knows {len(model.names)} features"
        )
    scores = class_scores(values, model)
    order = [model.classes.index(stage.name) for stage in PROBABILITY_STAGES]
    raised = np.exp(scores[:, order] - scores.max(axis=1, keepdims=True))
    share: Floats = raised / raised.sum(axis=1, keepdims=True)
    return share


def class_scores(values: Samples, model: TreeModel) -> Floats:
    """Return the summed leaves, shape (n_epochs, n_classes), classes as the model has them."""
    levels, leaves = _complete(model)
    n_trees, n_epochs = model.tree_class.size, len(values)
    members = [np.flatnonzero(model.tree_class == k) for k in range(len(model.classes))]
    scores = np.empty((n_epochs, len(members)))
    for first in range(0, n_epochs, _BLOCK):
        block = np.ascontiguousarray(values[first : first + _BLOCK])
        row = np.arange(len(block))[:, None] * block.shape[1]
        node: _Index = np.broadcast_to(np.arange(n_trees), (len(block), n_trees))
        for feature, threshold in levels:
            seen = block.reshape(-1).take(feature.take(node) + row)
            node = 2 * node + (seen > threshold.take(node))
        reached = leaves.take(node)
        for k, trees in enumerate(members):
            scores[first : first + _BLOCK, k] = reached[:, trees].sum(axis=1)
    return scores


def _complete(model: TreeModel) -> tuple[list[tuple[_Index, Samples]], Floats]:
    """Return the trees filled up to equal depth: the children of node k are 2k and 2k + 1.

    A leaf above the bottom becomes nodes that send everything left.
    """
    n_nodes = model.tree_nodes.astype(np.intp)
    first_node = np.cumsum(n_nodes) - n_nodes
    first_leaf = first_node + np.arange(n_nodes.size)
    at = np.where(n_nodes > 0, 0, -1)  # a tree may be a single leaf
    levels: list[tuple[_Index, Samples]] = []
    feature = np.append(model.feature, 0).astype(np.intp)
    threshold = np.append(model.threshold, np.float32(np.inf)).astype(np.float32)
    left, right = (np.append(side, 0).astype(np.intp) for side in (model.left, model.right))
    while (at >= 0).any():
        if len(levels) > model.feature.size:
            raise ValueError("a tree model runs in a circle")
        width = at.size // n_nodes.size
        inner = np.where(at >= 0, at + np.repeat(first_node, width), model.feature.size)
        levels.append((feature[inner], threshold[inner]))
        below = np.stack([left[inner], right[inner]], axis=1)
        at = np.where((at >= 0)[:, None], below, at[:, None]).reshape(-1)
    leaf = -1 - at + np.repeat(first_leaf, at.size // max(n_nodes.size, 1))
    return levels, frozen(np.asarray(model.value, dtype=np.float64)[leaf])


def deweight(published: ArrayLike) -> Floats:
    """Undo the class weights of the training: p / w, renormalised.

    Parameters
    ----------
    published : array_like of float, shape (..., 5)
        W, N1, N2, N3, R from `probabilities`; NaN where there are none.

    Returns
    -------
    ndarray of float64, shape (..., 5)
        What to report as a probability. The stage stays the largest of `published`.
    """
    weights = np.array([CLASS_WEIGHTS[stage] for stage in PROBABILITY_STAGES])
    share: Floats = np.asarray(published, dtype=np.float64) / weights
    share /= share.sum(axis=-1, keepdims=True)
    return share
