"""A copy with annotations inside is a recording like any other: it can be embedded into again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from psgscore.io.conformance import strict_viewers
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import embed_annotations
from psgscore.io.edf_write_marks import score_annotations
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.model.criteria import WASM_2016
from psgscore.model.events import Events
from psgscore.model.score import Score
from psgscore.score.night import Context, score_events


def scored(kind: str, onset_s: float) -> Score:
    return score_events(
        Events.of(kind, [onset_s], [onset_s + 1.5], channel="Leg L"),
        None,
        rules=(WASM_2016,),
        context=Context(duration_s=10.0),
    )


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("01_base.edf", ["EDF", "EDF+C", "EDF+C"]),
        ("04_edfplusD_gap100s.edf", ["EDF+D", "EDF+D", "EDF+D"]),
        ("05_bdf.bdf", ["BDF", "BDF+C", "BDF+C"]),
    ],
)
def test_two_scorings_one_after_the_other(tmp_path, data_dir, name, formats):
    paths = [data_dir / "awkward_edf" / name, *(tmp_path / f"{k}_{name}" for k in (1, 2))]
    scores = [scored("LM:left", 1.25), scored("other:Schluck 睡眠", 2.0)]
    for source, copy, score in zip(paths, paths[1:], scores, strict=False):
        embed_annotations(open_edf(source), score, copy)
    first, once, twice = map(open_edf, paths)
    assert [one.format for one in (first, once, twice)] == formats
    added = [note for score in scores for note in score_annotations(score)]
    assert set(twice.annotations) == {*first.annotations, *added}
    assert len(twice.annotations) == len(first.annotations) + len(added)
    assert (twice.gaps, twice.start, twice.duration_s) == (
        first.gaps,
        first.start,
        first.duration_s,
    )
    for channel in first.channels:
        one, other = first.signal(channel.index), twice.signal(channel.index)
        assert np.array_equal(one.samples, other.samples)
        assert one.breaks == other.breaks
    assert strict_viewers(paths[2]).reason == strict_viewers(paths[0]).reason
    events = scoring_from_annotations(twice.annotations).events
    assert events.kind[events.channel == "Leg L"].tolist() == ["LM:left", "other:Schluck 睡眠"]


def test_the_same_scoring_again_adds_nothing(tmp_path, data_dir):
    score = scored("LM:left", 1.25)
    once, twice = Path(tmp_path / "1.bdf"), Path(tmp_path / "2.bdf")
    embed_annotations(open_edf(data_dir / "awkward_edf" / "05_bdf.bdf"), score, once)
    embed_annotations(open_edf(once), score, twice)
    assert open_edf(twice).annotations == open_edf(once).annotations
