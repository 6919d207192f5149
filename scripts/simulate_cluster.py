"""How long many nights take on many workers that share one storage: a simulation.

A worker reads a night at its share of the storage's rate, never faster than its own link, scores
it, and asks for the next; a scheduler hands out one night at a time. Nights differ: the size by
a factor of up to 1.5 either way, the time to score by 1.2. Writing is left out, it is a
hundredth of reading.

    python scripts/simulate_cluster.py [--nights 10000] [--cpu-s 4] [--mb 500]
"""

from __future__ import annotations

import argparse
import heapq
import random

LINK_MB_S = 500.0
"""What one worker can read by itself."""
DISPATCH_S = 0.001
WORKERS = (1, 8, 32, 128, 512, 1000)
STORAGE_MB_S = (500.0, 1250.0, 5000.0, 50000.0)


def makespan_s(n_nights: int, workers: int, storage_mb_s: float, cpu_s: float, mb: float) -> float:
    """Return when the last night is scored.

    Reading is processor sharing: every reader gets the same rate, so progress is counted in MB
    each reader has had since the beginning, and a night is read when that has grown by its size.
    """
    chance = random.Random(1)
    now_s = had_mb = 0.0
    waiting = n_nights
    readers: list[float] = []  # the value of had_mb at which each is through
    scoring: list[float] = []  # when each ends
    free_at_s = 0.0  # of the scheduler
    starting = [0.0] * min(workers, n_nights)  # when each asks
    heapq.heapify(starting)
    while starting or readers or scoring:
        rate = min(LINK_MB_S, storage_mb_s / len(readers)) if readers else 0.0
        times = [
            starting[0] if starting else float("inf"),
            now_s + (readers[0] - had_mb) / rate if readers else float("inf"),
            scoring[0] if scoring else float("inf"),
        ]
        next_s = min(times)
        had_mb += rate * (next_s - now_s)
        now_s = next_s
        if next_s == times[0]:
            heapq.heappop(starting)
            if waiting:
                waiting -= 1
                size = mb * 1.5 ** chance.uniform(-1, 1)
                heapq.heappush(readers, had_mb + size)
        elif next_s == times[1]:
            heapq.heappop(readers)
            heapq.heappush(scoring, now_s + cpu_s * 1.2 ** chance.uniform(-1, 1))
        else:
            heapq.heappop(scoring)
            free_at_s = max(free_at_s, now_s) + DISPATCH_S
            heapq.heappush(starting, free_at_s)
    return now_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=10_000)
    parser.add_argument("--cpu-s", type=float, default=4.0)
    parser.add_argument("--mb", type=float, default=500.0)
    chosen = parser.parse_args()
    print("workers | " + " | ".join(f"{rate / 1000:g} GB/s" for rate in STORAGE_MB_S))
    for workers in WORKERS:
        spans = [
            makespan_s(chosen.nights, workers, rate, chosen.cpu_s, chosen.mb)
            for rate in STORAGE_MB_S
        ]
        print(f"{workers} | " + " | ".join(f"{span / 3600:.2f} h" for span in spans))


if __name__ == "__main__":
    main()
