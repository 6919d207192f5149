"""What is drawn of a derivation is the difference of what is drawn of its channels."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.io.edf_write import write_edf
from psgscore.model.signal import Signal
from psgscore.opening import open_recording
from psgscore.review.catalog import Catalog
from psgscore.review.pages import Page, Pages
from tests.unit.review.servers import REFERENTIAL

RATE_HZ = 128.0
# A page of so many columns has no sample within one: between its edges a line is straight.
SPAN_S, COLUMNS = 2.0, 8 * 128 * 2


def lines(pages, tracks, start_s, *, plain):
    """Return the middle of every column of some tracks."""
    data = pages.page(Page(tuple(tracks), start_s, SPAN_S, COLUMNS, plain))
    values = np.frombuffer(data, "<f4", offset=32).reshape(len(tracks), 2, COLUMNS)
    return values.mean(axis=1)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Give a recording of 60 s of electrodes, its pages, and the ids of its channels."""
    random = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("derivations") / "a.edf"
    shared = random.normal(0, 40, round(60 * RATE_HZ))
    waves = [(random.normal(0, 20, shared.size) + shared).astype(np.float32) for _ in REFERENTIAL]
    write_edf(
        path,
        [Signal(one, wave, RATE_HZ, "uV") for one, wave in zip(REFERENTIAL, waves, strict=True)],
    )
    catalog = Catalog.of(open_recording(path))
    pages = Pages(catalog)
    ids = {one.derivation.name: one.id for one in catalog.electrodes}
    yield catalog, pages, ids
    pages.close()


@pytest.mark.parametrize("start_s", [0.0, 29.5, 58.0])
@pytest.mark.parametrize(("plain", "off_uv"), [(True, 1e-4), (False, 2e-3)])
def test_every_row_of_every_montage(drawn, start_s, plain, off_uv):
    catalog, pages, ids = drawn
    stored = dict(zip(ids, lines(pages, ids.values(), start_s, plain=plain), strict=True))
    rows = {row for one in catalog.montages for row in one.channels}
    tracks = [one for one in map(catalog.track, sorted(rows)) if one.derivation.minus]
    found = lines(pages, [one.id for one in tracks], start_s, plain=plain)
    assert len(tracks) >= 8 + 8 + 4 + 6
    labels = [one.label for one in catalog.recording.channels]
    for track, line in zip(tracks, found, strict=True):
        others = [stored[labels[index]] for index in track.derivation.minus]
        plus = stored[labels[track.derivation.plus]]
        assert np.abs(line - (plus - np.mean(others, axis=0))).max() < off_uv, track.derivation.name


def test_without_filters_the_difference_is_exact(drawn):
    catalog, pages, ids = drawn
    plus, minus = (catalog.recording.signal(one).samples for one in ("C4", "O1"))
    first, n = round(10 * RATE_HZ), round(20 * RATE_HZ)
    wanted = (plus - minus)[first : first + n + 1]
    # A column as wide as the samples are apart holds one sample and ends at the next.
    page = Page((catalog.derivation(ids["C4"], ids["O1"]).id,), 10.0, 20.0, n, plain=True)
    low, high = np.frombuffer(pages.page(page), "<f4", offset=32).reshape(2, n)
    assert np.array_equal(low, np.minimum(wanted[:-1], wanted[1:]))
    assert np.array_equal(high, np.maximum(wanted[:-1], wanted[1:]))


def test_what_the_recorder_derived_itself(real_data):
    """A Nox A1 stores C3 and M2, and what it makes of them: up to a constant it is ours."""
    catalog = Catalog.of(open_recording(real_data("recordings/nox_a1_leg_emg_120s.edf")))
    stored = {one.derivation.name: one.id for one in catalog.electrodes}
    (montage,) = [one for one in catalog.montages if one.name == "contralateral"]
    rows = [one for one in map(catalog.track, montage.channels) if one.group == "EEG"]
    names = [one.derivation.name for one in rows]
    assert names == ["F3-M2", "F4-M1", "C3-M2", "C4-M1", "O1-M2", "O2-M1"]
    assert all(one.derivation.minus for one in rows)
    pages = Pages(catalog)
    ours = lines(pages, [one.id for one in rows], 60.0, plain=False)
    theirs = lines(pages, [stored[one] for one in names], 60.0, plain=False)
    pages.close()
    assert np.ptp(theirs, axis=1).min() > 20
    assert np.abs(ours - theirs).max() < 0.1
