"""Agreement of stages: on the clock, without unscored epochs, the same from either side."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.agree import calibration, compare_stages, errors_caught, judged, pooled
from psgscore.io.scoring_files import read_scoring
from psgscore.model.hypnogram import Hypnogram

STAGE_LISTS = st.lists(st.integers(-1, 4), min_size=1, max_size=40)


def night(*stages: int, start_s: float = 0.0, epoch_s: float = 30.0) -> Hypnogram:
    return Hypnogram(np.array(stages, np.int8), epoch_s, start_s)


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [
        pytest.param([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 1.0, id="all equal"),
        pytest.param([0, 0, 2, 2], [0, 2, 0, 2], 0.0, id="as much as chance"),
        pytest.param([0, 2], [2, 0], -1.0, id="all different"),
        # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: the textbook example.
        pytest.param([0] * 25 + [2] * 25, [0] * 20 + [2] * 5 + [0] * 10 + [2] * 15, 0.4, id="book"),
        pytest.param([2, 2], [2, 2], None, id="one stage only: chance explains it all"),
        pytest.param([-1, -1], [2, 2], None, id="nothing to compare"),
    ],
)
def test_kappa(first, second, kappa):
    found = compare_stages(night(*first), night(*second)).kappa
    assert found == (None if kappa is None else pytest.approx(kappa))


def test_measures_of_a_stage_are_none_where_they_cannot_be_known():
    found = compare_stages(night(0, 0, 2, 2, 3), night(0, 1, 2, 2, 2))
    assert found.accuracy == pytest.approx(3 / 5)
    assert found.precision == {
        "W": 1.0,
        "N1": 0.0,
        "N2": pytest.approx(2 / 3),
        "N3": None,
        "R": None,
    }
    assert found.recall == {"W": 0.5, "N1": None, "N2": 1.0, "N3": 0.0, "R": None}
    assert found.f1 == {
        "W": pytest.approx(2 / 3),
        "N1": 0.0,
        "N2": pytest.approx(0.8),
        "N3": 0.0,
        "R": None,
    }
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 4)


def test_rows_of_the_confusion_are_the_reference():
    confusion = compare_stages(night(0, 0), night(4, 0)).confusion
    assert confusion[0].tolist() == [1, 0, 0, 0, 1]
    assert confusion.sum() == 2


def test_unscored_epochs_are_left_out_and_counted_never_wake():
    found = compare_stages(night(-1, 2, -1, 2, 0), night(0, -1, -1, 2, 0))
    assert found.n_epochs == 2
    assert found.accuracy == 1.0
    assert (found.reference_only, found.other_only, found.neither) == (1, 1, 1)
    assert found.left_out == 3


@pytest.mark.parametrize("shift", [-2, -1, 1, 3, 5, 8])
def test_hypnograms_that_start_whole_epochs_apart_are_aligned_on_the_clock(shift):
    whole = [0, 1, 2, 3, 4, 2]
    stages = [2] * 10 + whole + [2] * 10
    later = night(*stages[10 + shift : 16 + shift], start_s=30.0 * shift)
    found = compare_stages(night(*whole), later)
    overlap = max(6 - abs(shift), 0)
    assert found.n_epochs == overlap
    assert found.accuracy == (1.0 if overlap else None)
    assert (found.reference_only, found.other_only) == (6 - overlap, 6 - overlap)
    assert found.neither == max(shift - 6, 0)
    known, wrong = judged(night(*whole), later)
    assert known.tolist() == [0 <= k + shift < 6 for k in range(6)]
    assert not wrong.any()


def test_starts_that_differ_by_rounding_are_one_grid():
    assert compare_stages(night(0, 2), night(0, 2, start_s=0.004)).accuracy == 1.0


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (night(2, 2, start_s=12.5), "30 s that start at 0 s and at 12.5 s"),
        (night(2, 2, epoch_s=20.0), "epochs of 30 s and of 20 s"),
    ],
)
def test_epochs_off_one_grid_are_refused_with_the_numbers(other, said):
    with pytest.raises(ValueError, match=said):
        compare_stages(night(2, 2), other)


@given(STAGE_LISTS, STAGE_LISTS, st.integers(-5, 5))
def test_agreement_is_the_same_from_either_side(first, second, shift):
    a, b = night(*first), night(*second, start_s=30.0 * shift)
    one, two = compare_stages(a, b), compare_stages(b, a)
    assert one.kappa == two.kappa
    assert one.f1 == two.f1
    assert one.precision == two.recall
    assert (one.reference_only, one.neither) == (two.other_only, two.neither)
    np.testing.assert_array_equal(one.confusion, two.confusion.T)


@given(st.lists(st.tuples(STAGE_LISTS, STAGE_LISTS), max_size=5), st.randoms())
def test_the_order_of_nights_does_not_change_what_is_pooled(pairs, random):
    each = [compare_stages(night(*a), night(*b)) for a, b in pairs]
    one = pooled(each)
    random.shuffle(each)
    two = pooled(each)
    assert one.kappa == two.kappa
    assert one.macro_f1 == two.macro_f1
    assert one.n_epochs == sum(part.n_epochs for part in each)
    assert one.left_out == two.left_out == sum(part.left_out for part in each)


@given(STAGE_LISTS, STAGE_LISTS)
def test_judged_epochs_are_those_of_the_confusion(first, second):
    known, wrong = judged(night(*first), night(*second))
    found = compare_stages(night(*first), night(*second))
    assert known.size == len(second)
    assert known.sum() == found.n_epochs
    assert wrong.sum() == found.n_epochs - np.trace(found.confusion)


def test_calibration_weighs_bins_by_their_epochs():
    found = calibration([0.95, 0.95, 0.95, 0.55], [True, True, True, False])
    assert found.error == pytest.approx((3 * 0.05 + 0.55) / 4)
    assert found.brier == pytest.approx((3 * 0.05**2 + 0.55**2) / 4)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert found.correct[9] == 1.0
    assert found.confidence[5] == pytest.approx(0.55)
    assert np.isnan(found.correct[0])


def test_a_confidence_that_is_not_known_is_left_out():
    found = calibration([np.nan, 1.0], [False, True])
    assert (found.error, found.brier, found.counts.sum()) == (0.0, 0.0, 1)
    nothing = calibration([np.nan], [True])
    assert (nothing.error, nothing.brier) == (None, None)


@pytest.mark.parametrize(
    ("confidence", "said"), [([1.2, 0.5], "0 to 1"), ([0.5], "shape"), ([-0.1, 0.5], "0 to 1")]
)
def test_confidences_that_are_none_are_refused(confidence, said):
    with pytest.raises(ValueError, match=said):
        calibration(confidence, [True, False])


@given(st.integers(0, 2**32 - 1))
def test_honest_confidence_is_well_calibrated(seed):
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.2, 1.0, 20_000)
    assert calibration(confidence, rng.uniform(size=20_000) < confidence).error < 0.03


@pytest.mark.parametrize(
    ("order", "share", "caught"),
    [
        pytest.param([3, 1, 0], 0.2, 0.5, id="two of ten epochs, one of two errors"),
        pytest.param([3, 1, 7], 0.3, 1.0, id="three of ten epochs"),
        pytest.param([3, 3, 3, 1, 7], 0.3, 1.0, id="an epoch listed twice is read once"),
        pytest.param([3], 1.0, 0.5, id="a short list finds what is on it"),
        pytest.param([], 0.5, 0.0, id="no list, no error found"),
        pytest.param([3, 7], 0.0, 0.0, id="nothing reviewed"),
    ],
)
def test_errors_caught(order, share, caught):
    wrong = np.zeros(10, bool)
    wrong[[3, 7]] = True
    assert errors_caught(order, wrong, share) == caught


def test_29_of_100_epochs_are_29_whatever_binary_says():
    wrong = np.zeros(100, bool)
    wrong[28:30] = True
    assert int(0.29 * 100) == 28
    assert errors_caught(range(100), wrong, 0.29) == 0.5


def test_epochs_whose_stage_is_not_known_cost_no_review():
    wrong, known = np.zeros(10, bool), np.ones(10, bool)
    wrong[[2, 9]], known[[0, 9]] = True, False
    assert errors_caught([0, 9, 2], wrong, 0.125, known=known) == 1.0
    assert errors_caught([0], np.zeros(10, bool), 0.5) is None


@pytest.mark.parametrize(("order", "share"), [([10], 0.5), ([-1], 0.5), ([0], 1.5)])
def test_a_list_of_another_night_is_refused(order, share):
    with pytest.raises(ValueError, match=r"outside|share"):
        errors_caught(order, np.ones(10, bool), share)


@pytest.mark.parametrize(("folder", "kappa"), [("dodh", 0.701), ("dodo", 0.675)])
def test_five_human_scorers_agree_as_published(real_data, folder, kappa):
    root = real_data(f"hypnograms/dreem_dod/{folder}")
    nights = sorted(path.name for path in (root / "scorer_1").glob("*.json"))
    kappas = []
    for name in nights:
        scored = [
            night(*json.loads((root / f"scorer_{k}" / name).read_text("utf-8")))
            for k in range(1, 6)
        ]
        kappas += [compare_stages(a, b).kappa for a, b in itertools.combinations(scored, 2)]
    assert len(kappas) == 10 * len(nights)
    assert np.mean(kappas) == pytest.approx(kappa, abs=0.002)


def test_two_standards_for_one_night_agree_but_not_wholly(real_data):
    first = read_scoring(real_data("hypnograms/sleep_edf_sc4441_rk.edf")).hypnogram
    second = read_scoring(real_data("hypnograms/sleep_edf_sc4441_aasm.edf")).hypnogram
    found = compare_stages(first, second)
    assert found.n_epochs > 800
    assert 0.5 < found.kappa < 0.95
    assert found.f1["N1"] < found.f1["N2"]


def test_experts_and_their_automatic_stager_agree_in_boas(real_data, tmp_path):
    each = []
    for path in sorted(real_data("hypnograms/boas").glob("*.tsv")):
        text = path.read_text("utf-8")
        machine = tmp_path / path.name
        # The human column goes first where there are both: hide it to read the other.
        machine.write_text(text.replace("stage_hum", "ignored", 1), "utf-8")
        human = read_scoring(path).hypnogram
        other = read_scoring(machine, stage_codes="yasa").hypnogram
        each.append(compare_stages(human, other))
    assert len(each) == 24
    assert 0.75 < pooled(each).kappa < 0.95
