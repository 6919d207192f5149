"""Small pictures: what is put in is what an independent reader finds."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from psgscore.report.marks import Box, Picture, columns, curve, place, png, xml_text

NAN = float("nan")
RAINBOW = [f"#{number:02x}{255 - number:02x}{number // 2:02x}" for number in range(0, 256, 16)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 8), (40, 241)])
def test_a_png_is_read_back(shape):
    pixels = np.random.default_rng(4).integers(0, 16, shape).astype(np.uint8)
    colours = np.array([[int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in RAINBOW])
    read = np.asarray(Image.open(io.BytesIO(png(pixels, RAINBOW))).convert("RGB"))
    assert read.tolist() == colours[pixels].tolist()


@pytest.mark.parametrize(
    ("pixels", "palette"),
    [
        pytest.param(np.zeros((0, 3), np.uint8), RAINBOW, id="no pixel"),
        pytest.param(np.full((1, 1), 2, np.uint8), RAINBOW[:2], id="a colour that is not there"),
        pytest.param(np.zeros((1, 1), np.uint8), RAINBOW * 2, id="more colours than 4 bits hold"),
    ],
)
def test_what_is_no_image_is_refused(pixels, palette):
    with pytest.raises(ValueError, match="no image"):
        png(pixels, palette)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.001, "0"), (12.5, "12.5"), (1.234, "1.23"), (3.999, "4"), (-7.25, "-7.25")],
)
def test_places_have_at_most_two_decimals(value, text):
    assert place(value) == text


def test_a_curve_breaks_where_a_value_is_not_known():
    y = np.array([1.0, 2.0, NAN, NAN, 3.04, 4.0])
    assert curve(np.arange(6.0), y) == "M0 1L1 2M4 3L5 4"
    assert curve(np.arange(2.0), np.full(2, NAN)) == ""


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(0, 99), st.floats(0, 99)), min_size=1))
def test_the_steps_of_columns_lead_to_every_one_of_them(points):
    x, top, bottom = np.array(points).T
    x.sort()
    places, here = [], np.zeros(2)
    for word, numbers in re.findall(r"([Mlv])([^Mlv]*)", columns(x, top, bottom)):
        step = [float(one) for one in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        here = np.array(step) if word == "M" else here + (step if word == "l" else [0.0, *step])
        places.append(here)
    expected = np.column_stack([x, top, x, bottom]).reshape(-1, 2)
    assert np.abs(np.array(places) - expected).max() <= 0.05 + 1e-9


def test_columns_break_where_a_value_is_not_known():
    top, bottom = np.array([1.0, NAN, 2.0, 2.0]), np.array([5.0, NAN, 2.5, 3.0])
    assert columns(np.arange(4.0), top, bottom) == "M0 1v4M2 2v.5l1-.5v1"
    assert columns(np.arange(1.0), np.array([NAN]), np.array([NAN])) == ""


@given(st.text())
def test_every_text_becomes_xml_that_says_it(words):
    picture = Picture(10.0, 10.0, 8.0)
    picture.text((0.0, 0.0), words)
    read = ElementTree.fromstring(picture.svg().encode("utf-8", "strict"))
    # XML reads every end of line as one and the same.
    said = re.sub("\r\n?", "\n", xml_text(words))
    assert "".join(read.itertext()).strip("\n") == said.strip("\n")


def test_a_box_turns_values_into_places_and_keeps_them_in():
    box = Box(10.0, 20.0, 100.0, 50.0, (0.0, 10.0), (-1.0, 1.0))
    assert (box.at_x(2.5), box.at_y(1.0), box.at_y(-1.0)) == (35.0, 20.0, 70.0)
    assert [box.inside(value) for value in (-3.0, 4.0, 99.0)] == [0.0, 4.0, 10.0]


def test_a_picture_that_draws_nothing_is_still_a_picture():
    picture = Picture(10.0, 5.5, 8.0)
    picture.path("", "")
    assert ElementTree.fromstring(picture.svg()).get("viewBox") == "0 0 10 5.5"
