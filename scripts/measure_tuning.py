"""How often `psgscore tune` says that a fit helps, by how many recordings there are.

Nothing is detected here: F1 is drawn. Each recording has a best gain of its own around a true
one, F1 falls off to either side of it, and every F1 carries noise. A true gain of 1 is the
shipped one: whatever is then said to help is said wrongly.
"""

from __future__ import annotations

import argparse

import numpy as np

from psgscore.agree.crossfit import cross_fit, folds_of, helps
from psgscore.agree.resample import bootstrap_mean
from psgscore.model._arrays import Floats
from psgscore.score.tuning import GAIN, settings_of

FALLS_BY, TO_THE_POWER, NOISE = 0.35, 1.5, 0.01
OFF_BY = (0.0, 0.25, 0.5)
SPREADS = (0.1, 0.3)
SIZES = (3, 5, 10, 20, 40)


def drawn_f1(rng: np.random.Generator, n: int, off_by: float, spread: float) -> Floats:
    """Draw F1 of n recordings under every setting; distances are in doublings of the gain."""
    gains = np.log2([setting.amplitude_gain for setting in settings_of((GAIN,))])
    best = off_by + rng.normal(0.0, spread, (n, 1))
    top = rng.uniform(0.8, 0.95, (n, 1))
    f1 = top - FALLS_BY * np.abs(gains - best) ** TO_THE_POWER
    found: Floats = np.clip(f1 + rng.normal(0.0, NOISE, f1.shape), 0.0, 1.0)
    return found


def said_to_help(f1: Floats) -> bool:
    """Fit and judge as `psgscore tune` does."""
    fit = cross_fit(f1, folds_of([f"{n:03d}" for n in range(len(f1))], 1))
    return helps(fit, bootstrap_mean(fit.held_out - fit.default))


def main() -> None:
    """Print one line per size, spread of the recordings and true gain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args().trials
    print("recordings\tspread in doublings\ttrue gain\tsaid to help")
    for n in SIZES:
        for spread in SPREADS:
            for off_by in OFF_BY:
                rng = np.random.default_rng((n, round(100 * spread), round(100 * off_by)))
                said = [said_to_help(drawn_f1(rng, n, off_by, spread)) for _ in range(trials)]
                print(f"{n}\t{spread:g}\t{2**off_by:.2f}\t{np.mean(said):.1%}")


if __name__ == "__main__":
    main()
