"""RobustSleepNet as a staging backend: an ONNX file of the user's, run by onnxruntime.

Guillot & Thorey 2021, RobustSleepNet: transfer learning for automated sleep staging at
scale, IEEE Trans Neural Syst Rehabil Eng 29:1441-1451. The network takes any EEG and EOG
and scales each channel itself, so units and gains do not matter to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from psgscore.errors import ConfigError, InputPathError, NotScorableError, UsageError
from psgscore.io.channels import derive_all
from psgscore.io.recording import Recording
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.model._arrays import Floats, Samples
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.signal import Signal
from psgscore.staging.grid import EPOCH_S, on_grid

RATE_HZ = 60.0
BAND_HZ = (0.2, 30.0)
SEQUENCE = 21
"""Epochs the network looks at together."""
_EPOCH = round(RATE_HZ * EPOCH_S)
_PAD_EPOCHS = 30
_CLIP_IQR = 20.0
_ROWS_AT_ONCE = 16


class RobustSleepNet:
    """The network in an ONNX file, ready to be passed as ``backend``.

    Parameters
    ----------
    path : path-like
        Input (batch, 21 epochs, channels, 1800 samples at 60 Hz) of float32; output scores
        of W, N1, N2, N3, R, five per epoch.

    Raises
    ------
    InputPathError
        There is no such file.
    UsageError
        onnxruntime is not installed.
    ConfigError
        The file is no ONNX network, or takes another input.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.__name__ = f"RobustSleepNet {self.path.name}"
        if not self.path.is_file():
            raise InputPathError(f"{self.path}: no such file")
        self._network = _network(self.path)

    def __call__(self, recording: Recording) -> Hypnogram:
        """Stage a recording from its EEG and EOG."""
        n_epochs = int(recording.duration_s // EPOCH_S)
        chosen = choose_staging_channels(recording, STAGING_GATE.min_rate_hz)
        read = derive_all(recording, [*chosen.eeg, *chosen.eyes])
        signals = [one for one in read if isinstance(one, Signal)]
        if not signals or not n_epochs:
            raise NotScorableError("sleep stages", ("neither EEG nor EOG to stage from",))
        probabilities = self._probabilities(network_input(signals, n_epochs))
        return Hypnogram(probabilities.argmax(axis=1), EPOCH_S, 0.0, probabilities)

    def _probabilities(self, epochs: Samples) -> Floats:
        """Average over every sequence an epoch is in, as the network was evaluated."""
        total = np.zeros((len(epochs), 5))
        windows = np.lib.stride_tricks.sliding_window_view(epochs, SEQUENCE, axis=0)
        windows = np.moveaxis(windows, -1, 1)
        name = self._network.get_inputs()[0].name
        for first in range(0, len(windows), _ROWS_AT_ONCE):
            batch = np.ascontiguousarray(windows[first : first + _ROWS_AT_ONCE])
            scores = np.asarray(self._network.run(None, {name: batch})[0], dtype=np.float64)
            shares = _softmax(scores.reshape(len(batch), -1, 5))
            if shares.shape[1] != SEQUENCE:
                raise ConfigError(
                    f"{self.path.name}: gives {shares.shape[1]} epochs for {SEQUENCE}: export it "
                    'with output mode "many"'
                )
            for row, share in enumerate(shares):
                total[first + row : first + row + SEQUENCE] += share
        inner = total[_PAD_EPOCHS : len(epochs) - _PAD_EPOCHS]
        probabilities: Floats = inner / inner.sum(axis=1, keepdims=True)
        return probabilities


def network_input(signals: Sequence[Signal], n_epochs: int) -> Samples:
    """Return the channels as the network was trained on them.

    Band-passed 0.2-30 Hz without delay, at 60 Hz, centred on the median and scaled by the
    range from 25 to 75 %, what lies beyond 20 of those clipped first; 15 min of zeros at
    either end.

    Returns
    -------
    ndarray of float32, shape (n_epochs + 60, n_channels, 1800)
    """
    channels = [_channel(on_grid(signal, 0.0, n_epochs).signal) for signal in signals]
    epochs = np.stack(channels, axis=1)
    pad = np.zeros((_PAD_EPOCHS, *epochs.shape[1:]), dtype=np.float32)
    return np.concatenate([pad, epochs.astype(np.float32), pad])


def _channel(signal: Signal) -> Floats:
    from scipy.signal import butter, sosfiltfilt  # noqa: PLC0415 - start-up time

    from psgscore.staging.resample import resample  # noqa: PLC0415

    sections = butter(2, BAND_HZ, "bandpass", fs=signal.rate_hz, output="sos")
    values = resample(sosfiltfilt(sections, signal.samples), signal.rate_hz, RATE_HZ)
    low, middle, high = np.percentile(values, [25, 50, 75])
    values = np.clip(values, -2 * _CLIP_IQR * (middle - low), 2 * _CLIP_IQR * (high - middle))
    low, middle, high = np.percentile(values, [25, 50, 75])
    scaled: Floats = (values - middle) / max(high - low, 1e-5)
    return scaled[: scaled.size // _EPOCH * _EPOCH].reshape(-1, _EPOCH)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    share: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return share


def _network(path: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - optional and slow
    except ImportError:
        raise UsageError('onnxruntime is not installed: pip install "psgscore[rsn]"') from None
    try:
        network = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own
        first = (str(error).splitlines() or ["?"])[0]
        raise ConfigError(f"{path.name}: is no network onnxruntime can run: {first}") from None
    shape = network.get_inputs()[0].shape
    if len(shape) != 4 or not (isinstance(shape[3], str) or shape[3] in (_EPOCH, None)):
        raise ConfigError(
            f"{path.name}: takes an input of shape {shape}, RobustSleepNet takes (batch, "
            f"{SEQUENCE}, channels, {_EPOCH})"
        )
    return network
