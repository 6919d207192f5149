"""Damage scoring files of every format at random: only clear errors may come out.

python scripts/fuzz_scoring.py [--cases 5000] [--seed 1]

The samples are the files in ``tests/data/scoring_samples``: a format joins by adding one, named
after it (``luna.annot``, ``luna-clock.annot``).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path

from psgscore.errors import PsgscoreError
from psgscore.io.scoring_files import read_scoring

SAMPLES = Path(__file__).parents[1] / "tests" / "data" / "scoring_samples"
TABLE = """
[table]
separator = "comma"
time = "clock"
[columns]
onset = 1
stop = 2
word = 3
[kinds]
"LM:left" = ["x"]
"""
CELLS = [
    b"-1",
    b"0",
    b"99999999999",
    b"1e308",
    b"1e-308",
    b"nan",
    b"inf",
    b"-inf",
    b"",
    b".",
    b"...",
    b"+",
    b"+-3",
    b"1,5",
    b"1_0",
    b"\xd9\xa3",
    b"e:0",
    b"e:99999999",
    b"24:00:00",
    b"23:59:60",
    b"00:00:00",
    b"0+99:99:99",
    b"99-99-99-22:00:00",
    b"31-feb-16-22:00:00",
    b"1-1-1-1:00:00",
    b"0001-01-01T00:00:00",
    b"9999-12-31T23:59:59",
    b"Sleep stage X",
    b"S9",
    b"N2",
    b"null",
    b"true",
    b"{}",
    b"[[",
    b"9" * 5000,
    b"<",
    b"&#0;",
    b"&x;",
    b'"',
    b"'",
    b"\\u0000",
    b"\\ud800",
]
MARKS = [b"\t", b",", b";", b"\n", b"\r", b"\r\n", b" ", b":", b'"', b"|", b"=", b"\x85", b"\x0c"]
REWRITINGS = [
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\t", b","),
    lambda data: data.replace(b",", b";"),
    lambda data: data.replace(b".", b","),
    lambda data: data.decode("latin-1").encode("utf-16"),
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data[len(data) // 2 :] + data[: len(data) // 2],
    lambda data: data + data,
    lambda data: data.replace(b"\n", b""),
    lambda data: data.rstrip(b"\n"),
    lambda data: data.upper(),
]
NAMES = ("night.annot", "night.eannot", "night.st", "night.txt", "night.json", "night.tsv")


def samples() -> dict[str, bytes]:
    """Return the bytes of each sample by its name."""
    return {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes of a file with a few random faults."""
    out = data
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(out) + 1)
        kind = rng.randrange(9)
        if kind == 0:
            out = out[:place] + bytes([rng.randrange(256)]) + out[place + 1 :]
        elif kind == 1:
            out = out[:place]
        elif kind == 2:
            out = out[:place] + rng.choice(MARKS) + out[place + rng.randrange(2) :]
        elif kind == 3:
            out = out[:place] + bytes(rng.choices(range(256), k=rng.randint(1, 9))) + out[place:]
        elif kind == 4:
            out = rng.choice(REWRITINGS)(out)
        elif kind == 5:
            out = out[:place] + rng.choice([b"x", b"\t", b"1", b"["]) * 3000 + out[place:]
        else:
            out = _cell_replaced(out, rng)
    return out


def _cell_replaced(data: bytes, rng: random.Random) -> bytes:
    """Put an awkward value in the place of a cell."""
    mark = rng.choice([b"\t", b",", b"\n", b'"', b">", b" "])
    cells = data.split(mark)
    cells[rng.randrange(len(cells))] = rng.choice(CELLS)
    return mark.join(cells)


def one_case(pool: dict[str, bytes], rng: random.Random) -> tuple[str, bytes]:
    """Return the name and the bytes of a damaged file, sometimes of nothing but noise."""
    if rng.random() < 0.05:
        noise = bytes(rng.choices(range(rng.choice([1, 16, 128, 256])), k=rng.randint(0, 2000)))
        return rng.choice(NAMES), noise
    name = rng.choice(sorted(pool))
    data = damaged(pool[name], rng)
    return (name if rng.random() < 0.9 else rng.choice(NAMES)), data


def outcome(path: Path, table: Path | None) -> str:
    """Read a file; return "read" or the name of the error."""
    try:
        scoring = read_scoring(path, table=table)
    except PsgscoreError as error:
        if "\n" in str(error) or len(str(error)) > 2000:
            raise ValueError(f"not one line: {error}") from error
        return type(error).__name__
    if not (scoring.events.stop_s >= scoring.events.start_s).all():
        raise ValueError("an event ends before it begins")
    return "read"


def run(cases: int, seed: int, folder: Path) -> Counter[str]:
    """Read damaged files, and return how often each outcome was; an internal error is raised."""
    rng = random.Random(seed)
    pool = samples()
    described = folder / "table.toml"
    described.write_text(TABLE, "utf-8")
    outcomes: Counter[str] = Counter()
    for case in range(cases):
        name, data = one_case(pool, rng)
        path = folder / name
        path.write_bytes(data)
        try:
            outcomes[outcome(path, described if rng.random() < 0.05 else None)] += 1
        except Exception as error:
            kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{case}-{name}"
            kept.write_bytes(data)
            raise RuntimeError(f"case {case} of seed {seed}: see {kept}") from error
    return outcomes


def main() -> int:
    """Run the cases, print what came out, and return 1 on an internal error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcomes = run(arguments.cases, arguments.seed, Path(folder))
        except RuntimeError:
            traceback.print_exc()
            return 1
    for name, count in outcomes.most_common():
        print(f"{count:7d}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
