"""A person's own wake and sleep, learned from the epochs, and the paths between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints

N_PATHS = 200
_SEED = 20_080
"""Any constant will do: the same recording gives the same interval."""
_ROUNDS = 12
_RIDGE = 0.02
"""Added to variances, in squared nats: a density is never sharper than the windows' own noise."""
_AWAKE_SHARES = (0.3, 0.95)
_ASLEEP_SHARES = (0.02, 0.25)
_SURE = 4.0
"""No single window counts for more than this, in nats: artefacts are not evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A sum of Gaussians.

    Parameters
    ----------
    shares : ndarray, shape (k,)
        They add up to 1.
    means : ndarray, shape (k, d)
    covariances : ndarray, shape (k, d, d)
    """

    shares: Floats
    means: Floats
    covariances: Floats

    def log_parts(self, values: Floats) -> Floats:
        """Return the log density of each part at each value, shape (n, k)."""
        parts = np.empty((len(values), len(self.shares)))
        for k, share in enumerate(self.shares):
            off = values - self.means[k]
            inverse = np.linalg.inv(self.covariances[k])
            distance = np.einsum("ni,ij,nj->n", off, inverse, off)
            sign_and_size = np.linalg.slogdet(2 * np.pi * self.covariances[k])
            parts[:, k] = np.log(share) - 0.5 * (distance + sign_and_size[1])
        return parts

    def log_density(self, values: Floats) -> Floats:
        """Return the log density at each value, shape (n,)."""
        density: Floats = np.logaddexp.reduce(self.log_parts(values), axis=1)
        return density


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """How the features are spread while awake and while asleep."""

    awake: Mixture
    asleep: Mixture

    def favours_sleep(self, values: Floats) -> Floats:
        """Return log density asleep over awake, within bounds, shape (n,)."""
        gain = self.asleep.log_density(values) - self.awake.log_density(values)
        return np.asarray(np.clip(gain, -_SURE, _SURE), np.float64)


def learn_plain(awake: Floats, asleep: Floats) -> States:
    """Learn one Gaussian for each state from windows of clear epochs, shape (n, d)."""
    return States(_single(awake), _single(asleep))


def learn_mixed(awake: Floats, asleep: Floats) -> States:
    """Learn two states that share a sign of wake which comes and goes.

    Parameters
    ----------
    awake, asleep : ndarray, shape (n, d) and (m, d)
        Windows of clear epochs; the first feature is the sign, high where it shows.

    Returns
    -------
    States
        Each a mixture of windows with the sign, the same in both, and without.

    Notes
    -----
    The epochs say in which state a window is, not whether it shows the sign: alpha comes
    and goes while awake and returns for moments in sleep. Expectation and maximisation find
    out, beginning with a threshold halfway between the two states.
    """
    halfway = 0.5 * (np.percentile(awake[:, 0], 80) + np.median(asleep[:, 0]))
    showing = [np.where(values[:, 0] > halfway, 0.95, 0.05) for values in (awake, asleep)]
    states = _mixtures(awake, asleep, showing)
    for _ in range(_ROUNDS):
        showing = [
            _first_share(states.awake, awake),
            _first_share(states.asleep, asleep),
        ]
        states = _mixtures(awake, asleep, showing)
    return states


def _first_share(mixture: Mixture, values: Floats) -> Floats:
    parts = mixture.log_parts(values)
    share: Floats = np.exp(parts[:, 0] - np.logaddexp.reduce(parts, axis=1))
    return share


def _mixtures(awake: Floats, asleep: Floats, showing: list[Floats]) -> States:
    sign = _gaussian(np.concatenate([awake, asleep]), np.concatenate(showing))

    def mixture(values: Floats, shown: Floats, limits: tuple[float, float]) -> Mixture:
        mean, covariance = _gaussian(values, 1 - shown)
        share = float(np.clip(shown.mean(), *limits))
        return Mixture(
            np.array([share, 1 - share]),
            np.stack([sign[0], mean]),
            np.stack([sign[1], covariance]),
        )

    return States(
        mixture(awake, showing[0], _AWAKE_SHARES),
        mixture(asleep, showing[1], _ASLEEP_SHARES),
    )


def _single(values: Floats) -> Mixture:
    mean, covariance = _gaussian(values, np.ones(len(values)))
    return Mixture(np.ones(1), mean[None], covariance[None])


def _gaussian(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean and covariance, never singular."""
    total = weights.sum() + 1e-9
    mean = (weights[:, None] * values).sum(axis=0) / total
    off = values - mean
    covariance = (weights[:, None] * off).T @ off / total
    return mean, covariance + _RIDGE * np.eye(values.shape[1])


def sample_paths(favours_sleep: Floats, switch: float, first_awake: float) -> Bools:
    """Draw paths between wake and sleep from their probability given the evidence.

    Parameters
    ----------
    favours_sleep : ndarray, shape (n,)
        Evidence at each step: log likelihood asleep over awake.
    switch : float
        Probability of changing state from one step to the next.
    first_awake : float
        Probability of being awake at the first step.

    Returns
    -------
    ndarray of bool, shape (n, N_PATHS)
        True where asleep.

    References
    ----------
    Forward filtering, backward sampling: Scott 2002, J Am Stat Assoc 97:337-351.
    """
    odds = np.exp(favours_sleep).tolist()
    asleep = 1.0 - first_awake
    filtered = []
    for step, odd in enumerate(odds):
        if step:
            asleep = asleep * (1 - switch) + (1 - asleep) * switch
        asleep = asleep * odd / (asleep * odd + 1 - asleep)
        filtered.append(asleep)
    p = np.array(filtered)
    # Probability of sleep at a step, given that the next step is awake or asleep.
    before = np.stack(
        [
            p * switch / (p * switch + (1 - p) * (1 - switch)),
            p * (1 - switch) / (p * (1 - switch) + (1 - p) * switch),
        ]
    )
    drawn = np.random.default_rng(_SEED).random((p.size, N_PATHS))
    paths = np.empty((p.size, N_PATHS), np.bool_)
    paths[-1] = drawn[-1] < p[-1]
    for step in range(p.size - 2, -1, -1):
        paths[step] = drawn[step] < before[paths[step + 1].astype(np.int8), step]
    return paths


def first_runs(paths: Bools, n_run: int, share: float, n_starts: int) -> Ints:
    """Return where sleep begins on each path.

    Parameters
    ----------
    paths : ndarray of bool, shape (n, n_paths)
        True where asleep.
    n_run : int
        Steps a run must hold.
    share : float
        At least this share of them asleep, the first among them.
    n_starts : int
        Steps at which a run may begin.

    Returns
    -------
    ndarray of int, shape (n_paths,)
        First such step; `n_starts` where there is none.
    """
    sums = np.concatenate([np.zeros((1, paths.shape[1]), np.int64), np.cumsum(paths, axis=0)])
    enough = sums[n_run:] - sums[:-n_run] >= share * n_run - 1e-9
    begins = (enough & paths[: len(enough)])[:n_starts]
    found: Ints = np.where(begins.any(axis=0), begins.argmax(axis=0), n_starts)
    return found
