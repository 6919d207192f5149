"""Damage EDF headers and annotation blocks at random: only clear errors may come out.

python scripts/fuzz_edf.py [--cases 10000] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from contextlib import suppress
from pathlib import Path

from psgscore.errors import PsgscoreError
from psgscore.io.edf import open_edf
from psgscore.io.scoring_files import scoring_from_annotations

SEEDS = Path(__file__).parents[1] / "tests" / "data" / "awkward_edf"
INTERNAL = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    Warning,
)
NUMBERS = [
    b"-1",
    b"0",
    b"99999999",
    b"1e308",
    b"nan",
    b"inf",
    b"",
    b"0.0",
    b"1,5",
    b"-0.5",
    b"\xff",
]
TAL = [
    b"+1\x150\x14x\x14\0",
    b"\x14\x14",
    b"+\x15\x14",
    b"+1e9\x14a\x14\0",
    b"-5\x14b\x14\0",
    b"\0\0",
    b"7\x14\x14\0",
    b"+3,5\x14c\x14\0",
    b"+3\x14d\0e\0\x14\0",
    b"+3600\x14\x14\0",
]
REWRITINGS = [
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\r\n", b"\n"),
    lambda data: data.decode("latin-1").encode("utf-8"),
    lambda data: data.replace(b"+1", b"+9"),
]


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes of a file with a few random faults."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        kind = rng.randrange(6)
        place = rng.randrange(min(len(out), 256 * 5)) if out else 0
        if kind == 0 and out:
            out[place] = rng.randrange(256)
        elif kind == 1:
            field = rng.choice(NUMBERS).ljust(8)
            place = place // 8 * 8
            out[place : place + 8] = field
        elif kind == 2:
            out = out[: rng.randrange(len(out) + 1)]
        elif kind == 3:
            piece = rng.choice(TAL)
            place = rng.randrange(len(out) + 1)
            out[place : place + len(piece)] = piece
        elif kind == 4:
            out = bytearray(rng.choice(REWRITINGS)(bytes(out)))
        else:
            out[place:place] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 9)))
    return bytes(out)


def read_everything(path: Path) -> str:
    """Open a file and read all of it; return "read" or the name of the error."""
    try:
        recording = open_edf(path)
    except PsgscoreError as error:
        return type(error).__name__
    with suppress(PsgscoreError):
        scoring_from_annotations(recording.annotations)
    for channel in recording.channels:
        try:
            signal = recording.signal(channel.index)
        except PsgscoreError:
            continue
        if signal.samples.size != channel.n_samples:
            raise ValueError(f"{signal.samples.size} samples, {channel.n_samples} announced")
    return "read"


def main() -> int:
    """Run the cases, print what came out, and return 1 on an internal error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    warnings.simplefilter("error")
    seeds = [
        path.read_bytes() for path in sorted(SEEDS.glob("*.[ebrER]*")) if path.suffix != ".json"
    ]
    seeds = [data for data in seeds if len(data) < 20_000]
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for case in range(arguments.cases):
            path = Path(folder) / rng.choice(["case.edf", "case.bdf", "case.rec"])
            path.write_bytes(damaged(rng.choice(seeds), rng))
            try:
                outcomes[read_everything(path)] += 1
            except INTERNAL:
                traceback.print_exc()
                kept = Path(tempfile.gettempdir()) / f"fuzz-{arguments.seed}-{case}.edf"
                kept.write_bytes(path.read_bytes())
                print(f"internal error in case {case} of seed {arguments.seed}: see {kept}")
                return 1
    for name, count in outcomes.most_common():
        print(f"{count:7d}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
