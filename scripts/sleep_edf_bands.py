"""A plain linear stager on Sleep-EDF band features, judged by people it was not trained on.

    python scripts/sleep_edf_bands.py FOLDER

FOLDER holds one npz per night (``SC4sse...``: ss the subject) with ``features``, shape
(n_epochs, 14), and ``stage`` (0-4 for W, N1, N2, N3, R). Each subject is staged by a
multinomial logistic regression on the others, half an hour of wake kept either side of
sleep. It shows what the review list and the confidences are worth on real human stages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from validate_staging import Night, judge, lines, summary

from psgscore.model._arrays import Floats, Ints
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.staging import StagingResult
from psgscore.staging.review import review_list

WAKE_EPOCHS = 60  # kept before and after sleep
PENALTY = 100.0  # on the squared weights, features standardised
N_STAGES = 5


def read_night(path: Path) -> tuple[Floats, Ints]:
    """Return the features in context and the stages around sleep."""
    with np.load(path) as file:
        features, stage = file["features"].astype(np.float64), file["stage"].astype(np.int64)
    asleep = np.flatnonzero(stage > 0)
    kept = slice(max(asleep[0] - WAKE_EPOCHS, 0), asleep[-1] + WAKE_EPOCHS + 1)
    return in_context(features[kept]), stage[kept]


def in_context(features: Floats) -> Floats:
    """Return each epoch's features with those around it, shape (n_epochs, 14 * 7 + 2).

    Raw; and scaled to the night (median, 5-95 % range): as it is, of the epochs before and
    after, means of 7.5 min around and of the past 2 min, squared; and the time of the night.
    """
    low, middle, high = np.percentile(features, [5, 50, 95], axis=0)
    scaled = (features - middle) / (high - low)
    epoch = np.arange(len(features))
    last = len(features) - 1
    return np.hstack(
        [
            features,
            scaled,
            scaled[np.clip(epoch - 1, 0, last)],
            scaled[np.clip(epoch + 1, 0, last)],
            window_mean(scaled, -7, 8),
            window_mean(scaled, -3, 1),
            scaled**2,
            np.column_stack([epoch / 120.0, epoch / max(last, 1)]),
        ]
    )


def window_mean(values: Floats, begin: int, end: int) -> Floats:
    """Return the mean over epochs [k + begin, k + end), cut at the ends of the night."""
    sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    epoch = np.arange(len(values))
    first = np.clip(epoch + begin, 0, len(values))
    stop = np.clip(epoch + end, 0, len(values))
    means: Floats = (sums[stop] - sums[first]) / (stop - first)[:, None]
    return means


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def fitted(features: Floats, stage: Ints) -> Floats:
    """Return the weights, shape (n_features + 1, 5), the last row for the constant."""
    n_epochs, n_features = features.shape
    truth = np.eye(N_STAGES)[stage]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(n_features + 1, N_STAGES)
        shares = softmax(features @ weights[:-1] + weights[-1])
        likely = np.log(np.maximum(shares[np.arange(n_epochs), stage], 1e-300))
        value = -likely.sum() + PENALTY / 2 * np.sum(weights[:-1] ** 2)
        slope = np.vstack(
            [features.T @ (shares - truth) + PENALTY * weights[:-1], (shares - truth).sum(axis=0)]
        )
        return float(value) / n_epochs, slope.ravel() / n_epochs

    start = np.zeros((n_features + 1) * N_STAGES)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    weights: Floats = found.x.reshape(n_features + 1, N_STAGES)
    return weights


def staged(probabilities: Floats) -> StagingResult:
    """Return a staging result of probabilities as a stager would."""
    stages = probabilities.argmax(axis=1).astype(np.int8)
    hypnogram = Hypnogram(stages, probabilities=probabilities)
    reasons = np.full(len(stages), "")
    return StagingResult(
        hypnogram=hypnogram,
        confidence=probabilities.max(axis=1),
        reasons=reasons,
        backend="linear",
        channels=(),
        review=review_list(hypnogram, probabilities, reasons),
        findings=(),
    )


def leave_one_subject_out(folder: Path) -> list[tuple[Night, StagingResult]]:
    """Stage and judge every night by a model of the other subjects."""
    nights = {path.stem: read_night(path) for path in sorted(folder.glob("*.npz"))}
    found = []
    for subject in sorted({name[:5] for name in nights}):
        others = [night for name, night in nights.items() if name[:5] != subject]
        features = np.vstack([one[0] for one in others])
        mean, deviation = features.mean(axis=0), features.std(axis=0)
        weights = fitted((features - mean) / deviation, np.concatenate([one[1] for one in others]))
        for name, (own, stage) in nights.items():
            if name[:5] == subject:
                scores = (own - mean) / deviation @ weights[:-1] + weights[-1]
                result = staged(softmax(scores))
                truth = Hypnogram(stage.astype(np.int8))
                found.append((judge(truth, result, name=name, group=subject), result))
    return found


def reason_lines(found: list[tuple[Night, StagingResult]]) -> list[str]:
    """Return how many epochs each reason lists, and how many of those are wrong."""
    counts: dict[str, list[int]] = {}
    n_listed = 0
    for night, result in found:
        n_listed += len(result.review)
        for item in result.review:
            for reason in item.reasons:
                counts.setdefault(reason, [0, 0])[0] += 1
                counts[reason][1] += int(night.wrong[item.epoch])
    n_epochs = sum(night.wrong.size for night, _ in found)
    out = [f"   the review lists hold {n_listed / n_epochs:.3f} of all epochs"]
    for reason, (n, n_wrong) in sorted(counts.items(), key=lambda pair: -pair[1][0]):
        out.append(f"     {reason}: {n} epochs, {n_wrong / n:.3f} of them wrong")
    return out


def main() -> int:
    """Print the measures of every night and of all together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if len({path.stem[:5] for path in folder.glob("*.npz")}) < 2:
        print(f"{folder}: needs npz files of at least two subjects", file=sys.stderr)
        return 2
    found = leave_one_subject_out(folder)
    nights = [night for night, _ in found]
    for night in nights:
        kappa = night.agreement.kappa
        print(f"{night.name} kappa {'not known' if kappa is None else f'{kappa:.3f}'}")
    print("\n".join([*lines("all nights", summary(nights)), *reason_lines(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
