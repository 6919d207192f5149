"""Lights off and on from a light sensor."""

import numpy as np
import pytest

from psgscore.model.signal import Signal
from psgscore.staging.lights import lights_from_sensor


def sensor(levels):
    """Return a sensor at 1 Hz: (minutes, level) one after the other."""
    samples = np.concatenate([np.full(60 * minutes, level) for minutes, level in levels])
    return Signal("Light", samples.astype(np.float32), 1.0, "lx")


@pytest.mark.parametrize(
    ("levels", "lights"),
    [
        pytest.param([(20, 90), (400, 2), (10, 80)], (1200.0, 25200.0), id="off and on"),
        pytest.param([(400, 2), (10, 80)], (None, 24000.0), id="begins dark"),
        pytest.param([(20, 90), (400, 2)], (1200.0, None), id="ends dark"),
        pytest.param(
            [(20, 90), (200, 2), (3, 90), (150, 2), (10, 90)], (1200.0, 13200.0), id="lamp at night"
        ),
        pytest.param([(500, 2)], (None, None), id="always dark"),
        pytest.param([(300, 90), (60, 2), (100, 90)], (None, None), id="dark for an hour only"),
        pytest.param([(5, 90), (20, 2)], (None, None), id="too short"),
    ],
)
def test_lights(levels, lights):
    assert lights_from_sensor(sensor(levels)) == lights
