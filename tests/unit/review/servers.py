"""A small recording under review, and a browser that was let in."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from psgscore.io.edf_write import write_edf
from psgscore.io.outputs import write_score
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.signal import Signal
from psgscore.options import Options
from psgscore.pipeline import score_recording
from psgscore.review.app import ReviewApp
from psgscore.review.guard import Access
from psgscore.review.hub import Hub
from psgscore.review.setting import Setting
from psgscore.review_plan import Plan
from psgscore.review_work import doors
from tests.unit.review.asgi import Browser

RATE_HZ, MINUTES = 128, 40
HOST = "127.0.0.1:9999"
ORIGIN = f"http://{HOST}"
SAME = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
HOSTILE = "<script>\u202e"


REFERENTIAL = ("F3", "F4", "C3", "C4", "O1", "O2", "E1", "E2", "M1", "M2")


def write_night(path, *, labels=("Left Leg", "Right Leg"), eeg=("C3-M2",), seed=1):
    """Write 40 minutes with 60 movements of 2 s on each leg, its stages and some arousals.

    What is in `eeg` and is no pair has the same noise of its reference.
    """
    random = np.random.default_rng(seed)
    n = RATE_HZ * 60 * MINUTES
    starts = 120.0 + 30.0 * np.arange(60)
    legs = []
    for shift_s in (0.0, 8.0):
        samples = random.normal(0, 1.0, n)
        for start_s in starts + shift_s:
            first = int(start_s * RATE_HZ)
            samples[first : first + 2 * RATE_HZ] *= 40
        legs.append(samples.astype(np.float32))
    waves = [random.normal(0, 15.0, n).astype(np.float32) for _ in eeg]
    ecg = waves[0] * 3
    reference = random.normal(0, 30.0, n).astype(np.float32)
    waves = [
        wave if "-" in label else wave + reference for label, wave in zip(eeg, waves, strict=True)
    ]
    rows = [*zip(labels, legs, strict=True), *zip(eeg, waves, strict=True), ("ECG", ecg)]
    signals = [Signal(label, samples, RATE_HZ, "uV") for label, samples in rows]
    stages = np.array(([0] * 6 + [2] * 34 + [4] * 30 + [0] * 10)[: 2 * MINUTES], np.int8)
    arousals = Events.of("arousal", starts[::10], starts[::10] + 5)
    write_edf(path, signals, start=None, events=arousals, hypnogram=Hypnogram(stages))
    return path


def client_of(path, *, reviewer="A B", options=None, **more):
    """Return a browser that was let in, the id of the recording, and its hub."""
    plan = Plan(
        options=options or Options(family=False),
        reviewer=reviewer,
        **more,
    )
    # The resting levels take a process of their own; the tests of those ask for them.
    hub = Hub((path,), replace(doors(plan), levels=lambda path, opened: []), reviewer)
    access = Access(hosts=frozenset({HOST}))
    setting = Setting(reviewer=reviewer, folder=True, others=plan.names(path))
    app = ReviewApp(hub, setting).guarded(access)
    client = Browser(app, HOST)
    assert client.get("/open", params={"token": access.token}).status_code == 303
    return client, hub


def opened(client):
    """Open the only recording; return its address."""
    (row,) = client.get("/api/recordings").json()["recordings"]
    address = f"/api/recordings/{row['rid']}"
    client.post(f"{address}/open", json={}, headers=SAME)
    until(lambda: client.get(f"{address}/status").json()["state"] in ("ready", "failed"))
    return address


def until(done, *, seconds=120.0):
    """Wait for something another thread does."""
    last = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < last
        time.sleep(0.01)


def scored(path, folder):
    """Score a recording into a folder, in this process."""
    score = score_recording(path, Options(family=False))
    write_score(score, folder, path.stem, kinds=("score",))
    return score
