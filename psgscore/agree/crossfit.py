"""Choosing a setting by its agreement, judged on recordings it was not chosen on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.agree.indices import Estimate
from psgscore.model._arrays import Floats, Ints

MOST_ALONE = 20
N_FOLDS = 10
# Means that differ by rounding alone are a tie.
_DECIMALS = 9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CrossFit:
    """Settings chosen by cross-validation.

    Parameters
    ----------
    fold : ndarray of int, shape (n_recordings,)
        Which recordings are left out together, from 0.
    chosen : ndarray of int, shape (n_folds,)
        Setting chosen on the recordings of all other folds.
    held_out : ndarray of float, shape (n_recordings,)
        Agreement of each recording under the setting chosen without it.
    default : ndarray of float, shape (n_recordings,)
        Its agreement under the first setting.
    final : int
        Setting chosen on all recordings.
    """

    fold: Ints
    chosen: Ints
    held_out: Floats
    default: Floats
    final: int


def folds_of(groups: Sequence[str], seed: int) -> Ints:
    """Return the fold of each recording: recordings of one group are never parted.

    Parameters
    ----------
    groups : sequence of str
        Whose recording it is, or its own name. The order of the recordings plays no part.
    seed : int
        Of the draw into folds.

    Returns
    -------
    ndarray of int, shape (n_recordings,)
        Each group a fold of its own up to `MOST_ALONE` groups, else `N_FOLDS` folds of
        drawn groups, as equal in their number as can be.
    """
    names, group = np.unique(np.array(groups, dtype=np.str_), return_inverse=True)
    fold_of_group = np.arange(names.size)
    if names.size > MOST_ALONE:
        drawn = np.random.default_rng(seed).permutation(names.size)
        fold_of_group[drawn] = np.arange(names.size) % N_FOLDS
    fold: Ints = fold_of_group[group].astype(np.int64)
    return fold


def best_setting(agreement: Floats) -> int:
    """Return the setting with the largest mean over recordings; at a tie the first."""
    return int(np.round(agreement.mean(axis=0), _DECIMALS).argmax())


def cross_fit(agreement: Floats, fold: Ints) -> CrossFit:
    """Choose a setting for every fold on the others, and one on all.

    Parameters
    ----------
    agreement : ndarray of float, shape (n_recordings, n_settings)
        Every recording under every setting; the first is the default, and the settings
        stand in the order in which they are preferred at a tie.
    fold : ndarray of int, shape (n_recordings,)
        At least two folds, numbered from 0; see `folds_of`.
    """
    n_folds = int(fold.max()) + 1
    chosen = np.array([best_setting(agreement[fold != one]) for one in range(n_folds)])
    return CrossFit(
        fold=fold,
        chosen=chosen,
        held_out=agreement[np.arange(fold.size), chosen[fold]],
        default=agreement[:, 0],
        final=best_setting(agreement),
    )


def helps(fit: CrossFit, difference: Estimate) -> bool:
    """Say whether a fit is better than the default by more than the interval says is chance.

    Parameters
    ----------
    fit : CrossFit
        What was chosen; the default itself is never better.
    difference : Estimate
        Mean over recordings of held-out agreement minus that of the default. A single
        recording has no interval, and shows nothing.
    """
    low = difference.low
    return fit.final != 0 and low is not None and low > 0.0
