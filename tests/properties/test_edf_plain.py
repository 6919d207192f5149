"""Records read all at once: the same as one after the other, whatever they hold."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from psgscore.io.edf_plain import plain_onsets
from psgscore.io.edf_tal import AnnotationReader, read_any_entry, read_entry

DIGITS = st.text("0123456789", min_size=1, max_size=11).map(str.encode)
TIMES = st.builds(
    lambda sign, whole, point, part: sign + whole + point + part,
    st.sampled_from([b"+", b"+", b"+", b"-", b""]),
    DIGITS,
    st.sampled_from([b"", b".", b","]),
    st.one_of(st.just(b""), DIGITS),
)
KEEPERS = TIMES.map(lambda time: time + b"\x14\x14")
ENTRIES = st.builds(
    lambda time, length, text, end: time + length + b"\x14" + text + end,
    TIMES,
    st.one_of(st.just(b""), TIMES.map(lambda time: b"\x15" + time[1:])),
    st.one_of(
        st.sampled_from([b"", b"Sleep stage N2", b"Arousal@@C3", b"\xe4", b"A\0p\0n\0", b"a\x14b"]),
        st.binary(max_size=8),
    ),
    st.sampled_from([b"\x14", b"\x14", b""]),
)
ALPHABET = st.lists(st.sampled_from(list(b"+-0129.,\x14\x15\0 a\xff\xfe")), max_size=24).map(bytes)
BODIES = st.one_of(
    KEEPERS,
    KEEPERS,
    KEEPERS,
    st.lists(st.one_of(KEEPERS, ENTRIES), max_size=3).map(b"\0".join),
    ALPHABET,
    st.binary(max_size=24),
)


@st.composite
def annotation_signals(draw):
    """Return the blocks of one or two annotation signals, some bytes of them changed."""
    n_records = draw(st.integers(0, 6))
    signals = []
    for _ in range(draw(st.integers(1, 2))):
        size = draw(st.integers(0, 40))
        rows = [draw(BODIES)[:size].ljust(size, b"\0") for _ in range(n_records)]
        block = np.frombuffer(b"".join(rows), np.uint8).reshape(n_records, size).copy()
        for place in draw(st.lists(st.integers(0, max(block.size - 1, 0)), max_size=2)):
            block.reshape(-1)[place : place + 1] = draw(st.integers(0, 255))
        signals.append(block)
    return signals


def one_by_one(signals):
    reader = AnnotationReader()
    for record in range(len(signals[0])):
        reader.read_record([block[record].tobytes() for block in signals])
    return reader


def as_rows(*bodies, size=30):
    rows = [body.ljust(size, b"\0") for body in bodies]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), size)


@settings(max_examples=500)
@given(annotation_signals())
@example([as_rows(b"+0\x14\x14", b"rubbish", b"rubbish", b"+3\x14\x14", b"rubbish")])
@example([as_rows(b"rubbish", b"+1\x14\x14", b"rubbish")])
@example([as_rows(b"+0\x14\x14", b"+1\x14\x14"), as_rows(b"", b"+1\x14Arousal\x14")])
@example([as_rows(b"+0\x14\x14\0+1\x14Arousal\x14"), as_rows(b"+2\x14Apnea\x14")])
@example([as_rows(b"+0\x14\x14\0+1\x14A\0p\0n\0\x14")])
@example([as_rows(b"+0\x14\x14\0+1\x14a\0+2\x14b\x14")])
def test_all_records_at_once_are_read_as_one_after_the_other(signals):
    reader = AnnotationReader()
    reader.read_records(signals)
    # repr tells -0.0 from 0.0, and floats of Python from those of numpy.
    assert repr(reader) == repr(one_by_one(signals))


@settings(max_examples=500)
@given(st.one_of(ENTRIES, KEEPERS, ALPHABET).map(lambda raw: raw.replace(b"\0", b"")))
@example(b"+999999999.999999999999\x14\x14")
@example(b"+1\x15999999999.999999999999\x14Arousal\x14")
@example(b"-0\x14\x14")
@example(b"+1\x152\x14two\nlines\x14")
@example(b"+1\x15\x14no length\x14")
def test_a_plain_entry_is_read_as_one_of_any_form(raw):
    assert repr(read_entry(raw)) == repr(read_any_entry(raw))


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**6 - 1), st.integers(0, 6))
def test_a_plain_onset_is_the_float_of_its_text(whole, part, n_decimals):
    decimals = f"{part:06d}"[:n_decimals]
    text = f"+{whole}.{decimals}" if decimals else f"+{whole}"
    assert plain_onsets([as_rows(text.encode() + b"\x14\x14")])[0] == float(text)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        pytest.param(b"+0\x14\x14", True, id="whole seconds"),
        pytest.param(b"+12.345678\x14\x14", True, id="a fraction"),
        pytest.param(b"+999999999\x14\x14", True, id="nine digits"),
        pytest.param(b"+1000000000\x14\x14", False, id="ten digits are no time that is read"),
        pytest.param(b"+1.00000000000000\x14\x14", True, id="fifteen digits"),
        pytest.param(b"+1.000000000000000\x14\x14", False, id="sixteen digits are not exact"),
        pytest.param(b"-1\x14\x14", False, id="before the start"),
        pytest.param(b"+1.\x14\x14", False, id="nothing behind the point"),
        pytest.param(b"+.5\x14\x14", False, id="nothing before the point"),
        pytest.param(b"+1.2.3\x14\x14", False, id="two points"),
        pytest.param(b"+1,5\x14\x14", False, id="a comma"),
        pytest.param(b"+1:\x14\x14", False, id="the byte after 9"),
        pytest.param(b"+1/\x14\x14", False, id="the byte before 0"),
        pytest.param(b"+\x14\x14", False, id="no digits"),
        pytest.param(b"+1\x14", False, id="one end mark"),
        pytest.param(b"+1\x14\x14\x14", False, id="three end marks"),
        pytest.param(b"+1\x14.\x14", False, id="a text that is a point"),
        pytest.param(b"+1\x14\x14\0+1\x14Arousal\x14", False, id="an event"),
        pytest.param(b"+1\x14\x14".ljust(29, b"\0") + b"x", False, id="rubbish in the last byte"),
        pytest.param(b"", False, id="empty"),
    ],
)
def test_only_records_with_nothing_but_their_time_are_plain(body, plain):
    assert np.isfinite(plain_onsets([as_rows(body)])[0]) == plain


@pytest.mark.parametrize(
    ("size", "plain"),
    [
        pytest.param(4, True, id="fills the signal"),
        pytest.param(3, False, id="end mark cut off"),
        pytest.param(1, False, id="one byte"),
    ],
)
def test_the_end_marks_must_be_in_the_signal(size, plain):
    row = np.frombuffer(b"+1\x14\x14"[:size], np.uint8).reshape(1, -1)
    assert np.isfinite(plain_onsets([row])[0]) == plain


def test_a_further_annotation_signal_that_holds_something_is_not_plain():
    keeper = as_rows(b"+0\x14\x14", b"+1\x14\x14")
    assert np.isnan(plain_onsets([keeper, as_rows(b"", b"x")])).tolist() == [False, True]
