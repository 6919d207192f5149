"""Montages and derivations of one's own, in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.pages import serving

LEGS = ["Left Leg", "Right Leg"]


@pytest.fixture
def see(referential, tmp_path, looking):
    """Give the page of a recording of single electrodes."""
    path, _ = referential
    for file in path.parent.glob("night.score*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with serving(path, tmp_path, "--reviewer", "A") as (_, url):
        yield looking().without_levels().open(url)


def rows(see):
    return see.page.locator("#gutter .track b").all_text_contents()


def scales(see):
    return see.page.locator("#gutter .track small").all_text_contents()


def changed(see, before):
    """Wait until something else is drawn, and return that."""
    see.when(f"document.getElementById('signals').toDataURL() !== {before!r}")
    return see.picture()


def scaled(see):
    """Wait until every channel that is drawn has a gain, and return the gains by name."""
    see.when("[...document.querySelectorAll('#gutter small')].every(one => one.textContent)")
    return dict(zip(rows(see), scales(see), strict=True))


def first(see, kind):
    """Return when the first event of a kind begins, and its channel."""
    events = see.state()["events"]
    found = zip(events["start_s"], events["channel"], events["kind"], strict=True)
    return min((start_s, channel) for start_s, channel, one in found if one == kind)


def derive(see, plus, minus):
    see.page.select_option("#own-plus", label=plus)
    see.page.select_option("#own-minus", label=minus)
    see.page.click("#own button")


def test_a_list_of_montages(see):
    titles = see.page.locator("#montage option").all_text_contents()
    assert titles == [
        *("As scored", "As recorded", "Contralateral mastoid"),
        *("Linked mastoids", "Bipolar", "Average"),
    ]
    see.page.select_option("#montage", label="Bipolar")
    pairs = ["F3-C3", "C3-O1", "F4-C4", "C4-O2"]
    assert rows(see) == [*LEGS, *pairs, "E1-M2", "E2-M1", "ECG"]
    name = see.page.locator("#gutter [title^='F3 less C3']")
    assert name.get_attribute("title") == "F3 less C3: 0.3 to 35 Hz"


def test_the_tools_stay_in_one_row_of_a_small_laptop(see):
    see.page.set_viewport_size({"width": 1366, "height": 768})
    rows = "new Set([...document.querySelectorAll('#tools > *')].map(one => Math.round("
    rows += "(one.getBoundingClientRect().top + one.getBoundingClientRect().bottom) / 20))).size"
    assert see.page.evaluate(rows) == 1


def test_the_key_goes_through_the_montages(see):
    picture = see.picture()
    see.page.keyboard.press("o")
    assert see.page.input_value("#montage") == "recorded"
    assert see.text("#told") == "As recorded"
    picture = changed(see, picture)
    see.page.keyboard.press("o")
    assert "F3-M2" in rows(see)
    see.page.keyboard.press("Shift+o")
    see.page.keyboard.press("Shift+o")
    see.page.keyboard.press("Shift+o")
    assert see.page.input_value("#montage") == "average"
    assert "F3-avg" in rows(see)


def test_gains_and_arrangement_stay_with_the_montage_that_has_them(see):
    see.page.keyboard.press("ArrowUp")
    before, gains = rows(see), scaled(see)
    see.page.keyboard.press("c")
    see.page.click("[aria-label='show ECG']")
    see.page.keyboard.press("Escape")
    assert rows(see) == before[:-1]
    picture = see.picture()
    see.page.select_option("#montage", "contralateral")
    changed(see, picture)
    found = scaled(see)
    assert found["ECG"] == gains["ECG"]
    assert found["F3-M2"] == gains["C3-M2"]
    see.page.select_option("#montage", "scored")
    assert rows(see) == before[:-1]


def test_a_derivation_of_ones_own(see):
    picture = see.picture()
    see.page.keyboard.press("c")
    derive(see, "E1 (128 Hz)", "E2 (128 Hz)")
    box = see.page.locator("[aria-label='show E1-E2']")
    box.wait_for()
    assert box.is_checked()
    changed(see, picture)
    assert rows(see)[-2:] == ["E1-E2", "ECG"]
    # Nothing less is the channel as it is stored, which was there to be shown.
    derive(see, "F3 (128 Hz)", "nothing")
    see.when("document.querySelector(\"[aria-label='show F3']\").checked")
    derive(see, "F3 (128 Hz)", "F3 (128 Hz)")
    see.when("document.getElementById('own-problem').textContent !== ''")
    assert see.text("#own-problem") == "F3-F3 is nothing: choose two different channels"
    see.page.keyboard.press("Escape")
    assert rows(see).count("F3") == 1
    see.page.keyboard.press("o")
    assert "E1-E2" not in rows(see)
    see.page.keyboard.press("Shift+o")
    assert "E1-E2" in rows(see)


def test_movements_are_marked_in_every_montage(see):
    see.page.select_option("#montage", "linked")
    see.go("+00:00:30")
    see.drag(0, 0.2, 0.3)
    assert first(see, "LM:left") == (pytest.approx(36, abs=0.2), "c0")
    # On an EEG of any montage an arousal is marked.
    see.drag(2, 0.5, 0.6)
    assert first(see, "arousal") == (pytest.approx(45, abs=0.2), "")


def test_a_gain_is_for_a_channel_that_is_seen(see):
    see.page.click("#gutter [data-channel] >> text=C3-M2")
    before = scales(see)
    see.page.keyboard.press("ArrowUp")
    assert [a != b for a, b in zip(before, scales(see), strict=True)].count(True) == 1
    see.page.select_option("#montage", "bipolar")
    assert see.page.locator("#gutter [aria-pressed=true]").count() == 0
    before = list(scaled(see).values())
    see.page.focus("#plot")
    see.page.keyboard.press("ArrowDown")
    assert all(a != b for a, b in zip(before, scales(see), strict=True))
