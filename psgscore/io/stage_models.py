"""The staging models that ship with the package."""

from __future__ import annotations

import hashlib
import io
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np

from psgscore.errors import ConfigError
from psgscore.model._arrays import frozen
from psgscore.staging.trees import TreeModel

_FIELDS = ("feature", "threshold", "left", "right", "value", "tree_class", "tree_nodes")


def stage_model_name(*, eog: bool = False, emg: bool = False, demo: bool = False) -> str:
    """Return the name of the model for one EEG and what else there is.

    Parameters
    ----------
    eog, emg : bool
        There is an eye channel, a chin channel.
    demo : bool
        Age and sex are known.
    """
    given = {"eog": eog, "emg": emg, "demo": demo}
    return "+".join(["eeg", *(part for part, there in given.items() if there)])


STAGE_MODELS = tuple(
    stage_model_name(eog=eog, emg=emg, demo=demo)
    for eog in (False, True)
    for emg in (False, True)
    for demo in (False, True)
)


@cache
def load_stage_model(name: str) -> TreeModel:
    """Read one of the shipped staging models; read once, kept for the process.

    Parameters
    ----------
    name : str
        One of `STAGE_MODELS`, see `stage_model_name`.

    Returns
    -------
    TreeModel
        Classifier of YASA 0.8.1 (Vallat & Walker 2021, eLife 10:e70092).

    Raises
    ------
    ConfigError
        No such model, or the installed file is not the one the package was built with.
    """
    if name not in STAGE_MODELS:
        raise ConfigError(f"no staging model {name!r}; there are {', '.join(STAGE_MODELS)}")
    file = _folder() / f"{name}.npz"
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != stage_model_checksums()[file.name]:
        raise ConfigError(f"{file}: the model file is damaged; install psgscore again")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return TreeModel(
            names=tuple(arrays["names"].tolist()),
            classes=tuple(arrays["classes"].tolist()),
            **{field: frozen(arrays[field]) for field in _FIELDS},
        )


def stage_model_checksums() -> dict[str, str]:
    """Return the SHA-256 of every model file as the package was built, by file name."""
    table = tomllib.loads((_folder() / "sources.toml").read_text("utf-8"))
    sums: dict[str, str] = table["sha256"]
    return sums


def _folder() -> Traversable:
    return files("psgscore.staging") / "models"
