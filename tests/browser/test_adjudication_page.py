"""A third person decides between two blind scorers, with keys, in a browser."""

from __future__ import annotations

import pytest

from psgscore.io.score_read import read_score
from tests.browser.pages import Looking, copy_scores, serving

LEFT_ROW, RIGHT_ROW = 0, 1


@pytest.fixture(scope="module")
def scored_twice(night, browser, tmp_path_factory):
    """Score 40 minutes twice, blind: another stage, a movement each, and two in common."""
    path, _ = night
    folder = tmp_path_factory.mktemp("blind")
    copy_scores(path.parent, folder)
    for name, own_leg, stage in (("Ann", LEFT_ROW, "2"), ("Bob", RIGHT_ROW, "3")):
        with serving(path, folder, "--reviewer", name, "--blind") as (_, url):
            context = browser.new_context()
            see = Looking(context.new_page()).open(url)
            see.press("2", stage, "2")
            see.go("+00:10:00")
            see.drag(LEFT_ROW, 0.1, 0.2)
            see.drag(RIGHT_ROW, 0.3, 0.4)
            see.go("+00:15:00")
            see.drag(own_leg, 0.5, 0.6)
            context.close()
    return folder


@pytest.fixture
def deciding(night, scored_twice, folder):
    """Return a function that serves the two scorings to a third person."""
    path, _ = night
    copy_scores(scored_twice, folder, "night.*.review.jsonl")
    two = [str(folder / f"night.{name}.review.jsonl") for name in ("Ann", "Bob")]
    return lambda *more: serving(path, folder, "--reviewer", "Cleo", *more, "--adjudicate", *two)


def left(see, count):
    """Wait until so many differences are left to decide."""
    see.when(f"document.getElementById('progress-text').textContent.startsWith('{count} of 3 ')")
    see.when(f"/(^| of ){count}$/.test(document.getElementById('stop-count').textContent)")


def movements(see):
    return sorted(kind for kind in see.state()["events"]["kind"] if kind.startswith("LM"))


def stages(see):
    return see.state()["hypnogram"]["stages"][:3]


def test_differences_are_listed_with_who_says_what(deciding, looking):
    with deciding() as (_, url):
        see = looking(url, viewport={"width": 1366, "height": 768})
        assert see.text("#between") == "Between Ann and Bob"
        assert see.text("#indices-before") == "Agreed"
        left(see, 3)
        assert see.page.locator("#stops-list li").all_inner_texts() == [
            "00:00:30\nAnn: N2, Bob: N3",
            "00:15:15\nonly Ann: LM:left",
            "00:15:15\nonly Bob: LM:right",
        ]
        assert stages(see) == [2, -1, 2]
        assert movements(see) == ["LM:left", "LM:right"]
        see.press("n")
        assert see.text("#why-note") == "Ann: N2, Bob: N3"
        assert see.text("#take") == "Take Ann's"
        assert see.text("#take-second") == "Take Bob's"
        assert see.page.locator("#dismiss").is_hidden()
        see.press("n", "n")
        assert see.text("#why-title") == "Difference"
        assert see.page.locator("#why-empty").is_hidden()
        assert see.text("#take") == "Take Bob's"
        assert see.page.locator("#take-second").is_hidden()
        assert see.page.locator("#dismiss").is_visible()


def test_each_key_decides_one_difference(deciding, looking):
    with deciding() as (_, url):
        see = looking(url)
        left(see, 3)
        # What Bob says of the stage; then it goes on to the next difference by itself.
        see.press("n", "Shift+E")
        left(see, 2)
        assert stages(see) == [2, 3, 2]
        see.when("document.getElementById('why-note').textContent === 'only Ann: LM:left'")
        # Two events lie at one place: each key decides one of them.
        see.press("e")
        left(see, 1)
        see.when("document.getElementById('why-note').textContent === 'only Bob: LM:right'")
        see.press("Delete")
        left(see, 0)
        assert movements(see) == ["LM:left", "LM:left", "LM:right"]
        assert see.state()["review"]["counts"]["dismissed"] == 1
        # Undone, it is back on the list.
        see.press("Control+z")
        left(see, 1)
        see.press("Control+y")
        left(see, 0)
        # Nothing is left: the keys do nothing more.
        n = see.state()["n"]
        see.press("e", "Shift+E", "Delete")
        assert see.state()["n"] == n


def test_a_decided_adjudication_is_signed(deciding, folder, looking):
    before = [one.read_bytes() for one in sorted(folder.glob("night.*.review.jsonl"))]
    assert len(before) == 2
    with deciding() as (_, url):
        see = looking(url)
        left(see, 3)
        see.press("n", "e", "e", "Delete")
        left(see, 0)
        see.page.click("#sign")
        see.page.wait_for_selector("#sign-ask[open]")
        facts = see.text("#sign-facts")
        assert "2 events and 2 epochs agreed; 3 of 3 differences decided" in facts
        assert "undecided" not in facts
        see.page.keyboard.press("Enter")
        see.page.wait_for_selector("#files[open]")
        assert "night.Cleo.adjudication.reviewed.report.html" in see.text("#files-list")
    score = read_score(folder / "night.Cleo.adjudication.reviewed.score.json")
    assert score.provenance.stage_source.startswith("adjudicated from Ann and Bob (2 epochs")
    assert len(score.events.of_kind("LM:left")) == 2
    assert len(score.events.of_kind("LM:right")) == 1
    blind = [folder / f"night.{name}.review.jsonl" for name in ("Ann", "Bob")]
    assert [one.read_bytes() for one in blind] == before


def test_keys_pressed_fast_decide_each_difference_once(deciding, looking):
    with deciding() as (_, url):
        see = looking(url)
        left(see, 3)
        for key in ("n", "1", "e", "e", "e", "Delete"):
            see.page.keyboard.press(key)
        see.settled()
        left(see, 0)
        assert (see.state()["n"], stages(see)) == (3, [2, 1, 2])
        assert movements(see) == ["LM:left", "LM:left", "LM:right", "LM:right"]


def test_accepting_a_page_decides_what_is_on_it_as_it_stands(deciding, looking):
    with deciding() as (_, url):
        see = looking(url)
        left(see, 3)
        # An epoch that is stepped to is on the page whole, and so are both events of the other.
        see.press("n", "a")
        left(see, 2)
        see.when("document.getElementById('why-note').textContent === 'only Ann: LM:left'")
        see.press("a")
        left(see, 0)
        state = see.state()
        assert (stages(see), movements(see)) == ([2, -1, 2], ["LM:left", "LM:right"])
        assert (state["adjudication"]["unscored_epochs"], state["review"]["edits"]) == (1, 0)


def test_what_is_left_undecided_is_said_before_signing(deciding, looking):
    with deciding("--masked") as (_, url):
        see = looking(url)
        left(see, 3)
        assert see.text("#between") == "Between A and B"
        see.press("n", "0")
        left(see, 2)
        see.page.click("#sign")
        see.page.wait_for_selector("#sign-ask[open]")
        facts = see.text("#sign-facts")
        assert "1 of 3 differences decided" in facts
        assert "left undecided: 0 epochs unscored for that, 2 events not counted" in facts
        assert "decided without a stage: 1 epoch" in facts
        assert "Ann" not in see.page.content()
