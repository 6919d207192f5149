"""The whole way of a review in a real browser."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.browser.pages import serving
from tests.unit.review.servers import HOSTILE, write_night

# The row of the epochs, and the last of ten.
EPOCH_ROW_PX = 28
FAR = "document.getElementById('marks').clientWidth * 0.95"
HERE_IS_SEEN = """() => {
  const row = document.querySelector("#stops-list [aria-current]").getBoundingClientRect();
  const part = document.getElementById("part-stops").getBoundingClientRect();
  return row.top >= part.top - 1 && row.bottom <= part.bottom + 1;
}"""
NAMES_CUT = """[...document.querySelectorAll("#gutter .track")].filter(row => {
  const [box, name] = [row, row.querySelector("b")].map(one => one.getBoundingClientRect());
  return name.top < box.top || name.bottom > box.bottom;
}).map(row => row.textContent)"""


SAVED_AFTER_THE_ANSWER = """async () => {
  document.querySelector("#mark form").requestSubmit();
  for (let step = 0; step < 20; step += 1) await null;
  return document.getElementById("saved").textContent;
}"""


def kinds(state):
    return state["events"]["kind"]


def spans(state, kind):
    events = state["events"]
    rows = zip(events["start_s"], events["stop_s"], events["kind"], strict=True)
    return [(start, stop) for start, stop, one in rows if one == kind]


def test_the_whole_way(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A. Name") as (_, url):
        see = looking(url)
        begin = see.state()
        find(see)
        add_and_change(see, begin)
        take_back(see, begin)
        stage_and_accept(see)
        sign(see, folder)
        reopen(see)


def find(see):
    see.press("n")
    see.page.wait_for_selector("#why-lines dt")
    assert "leg movement" in see.text("#why-title")
    assert "Duration" in see.text("#why-lines")


def add_and_change(see, begin):
    see.go("+00:00:30")
    see.drag(0, 0.2, 0.3)  # where nothing is on the left leg
    assert len(kinds(see.state())) == len(kinds(begin)) + 1
    assert min(spans(see.state(), "LM:left")) == pytest.approx((36, 39), abs=0.2)
    # What was added is chosen; drag its end.
    see.drag(0, 0.3, 0.4)
    begun = min(spans(see.state(), "LM:left"))
    assert begun == pytest.approx((36, 42), abs=0.3)
    # By keys: the other side, begin and end, reject, delete.
    see.press("s")
    assert min(spans(see.state(), "LM:right")) == begun
    see.press(",", "Shift+.")
    wanted = (begun[0] - 0.1, begun[1] + 0.1)
    assert min(spans(see.state(), "LM:right")) == pytest.approx(wanted, abs=0.002)
    see.press("x")
    assert sum(map(bool, see.state()["events"]["rejected"])) == 1
    assert see.text("#act-reject") == "Restore"
    see.press("Delete")
    assert len(kinds(see.state())) == len(kinds(begin))


def take_back(see, begin):
    for _ in range(7):
        see.press("Control+z")
    assert see.state()["events"] == begin["events"]
    assert see.page.locator("#undo").is_disabled()
    see.press("Control+y")
    assert len(kinds(see.state())) == len(kinds(begin)) + 1


def stage_and_accept(see):
    before = see.text("#place")
    see.press("3")
    assert see.text("#place") != before
    see.press("r", "w")
    assert see.state()["hypnogram"]["stages"][1:4] == [3, 4, 0]
    see.press("a")
    assert see.state()["review"]["accepted_s"] == [[120, 150]]
    assert "%" in see.text("#progress-text")
    # The numbers on the page are the server's.
    (now,) = (one for one in see.state()["indices"] if one["key"] == "sleep/tst_min")
    assert f"{now['now']:.1f}" in see.text("#indices-body")


def sign(see, folder):
    see.page.click("#sign")
    see.page.wait_for_selector("#sign-ask[open]")
    assert see.page.input_value("#sign-name") == "A. Name"
    see.page.click("#sign-ask button[type=submit]")
    see.page.wait_for_selector("#files[open]")
    names = see.page.locator("#files-list li").all_text_contents()
    assert names
    assert all((folder / name).is_file() for name in names)
    see.page.keyboard.press("Escape")
    assert "Signed by A. Name" in see.text("#standing")
    assert see.page.locator("#stages button:not([disabled]), #accept:not([disabled])").count() == 0
    see.page.keyboard.press("2")
    assert "signed" in see.text("#message-text")


def reopen(see):
    see.page.click("#reopen")
    see.page.fill("#reopen-why", "one more look")
    see.page.keyboard.press("Enter")
    see.page.wait_for_selector("#sign:not([hidden])")
    assert "revision 2" in see.text("#standing")
    assert see.page.locator("#stages button[disabled], #accept[disabled]").count() == 0


def test_events_of_other_kinds(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        see.drag(2, 0.2, 0.4)  # on the EEG
        assert min(spans(see.state(), "arousal")) == pytest.approx((6, 12), abs=0.2)
        see.press("k")
        see.page.select_option("#kind-list", "apnea:central")
        see.page.keyboard.press("Enter")
        see.page.wait_for_selector("#kind", state="hidden")
        see.settled()
        assert spans(see.state(), "apnea:central")[0] == pytest.approx((6, 12), abs=0.2)
        # In the row of other movements the page asks which.
        see.drag_along(see.row(".lane", 2), 0.5, 0.6)
        see.page.wait_for_selector("#kind[open]")
        see.page.select_option("#kind-list", "jerk:probable")
        see.page.keyboard.press("Enter")
        see.page.wait_for_selector("#kind", state="hidden")
        see.settled()
        assert spans(see.state(), "jerk:probable")[0] == pytest.approx((15, 18), abs=0.2)
        # Leaving the question marks nothing.
        edits = see.state()["n"]
        see.press("k")
        see.page.keyboard.press("Escape")
        see.settled()
        assert see.state()["n"] == edits


def test_a_rejection_can_say_why(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        see.press("n")
        see.page.keyboard.press("Shift+X")
        see.page.fill("#reject-why", "somebody in the room")
        see.page.keyboard.press("Enter")
        see.page.wait_for_selector("#reject-ask", state="hidden")
        see.settled()
        assert [one for one in see.state()["events"]["rejected"] if one] == ["somebody in the room"]
        see.when("document.getElementById('why-lines').textContent.includes('in the room')")
        assert see.page.locator("#act-reject-why").is_hidden()
        # The same key that rejects brings it back.
        see.press("x")
        assert not any(see.state()["events"]["rejected"])


def test_a_long_list_is_shown_in_parts(night, folder, looking):
    path, _ = night
    with serving(path, folder) as (_, url):
        see = looking(url)
        shown = see.page.evaluate(
            """async () => {
              const { Rows } = await import("/static/panels.js");
              const rows = new Rows("stops-more", 400, () => undefined);
              const all = [rows.of(1000)];
              const turn = name => document.querySelector(`#stops-more .${name}`);
              const ends = [[turn("before").disabled, turn("after").disabled]];
              turn("after").click();
              turn("after").click();
              all.push(rows.of(1000));
              ends.push([turn("before").disabled, turn("after").disabled]);
              rows.reach(399);
              all.push(rows.of(1000));
              rows.reach(400);
              all.push(rows.of(1000), rows.of(300));
              return { all: all.map(one => [one.from, one.to]), ends };
            }"""
        )
        assert shown["all"] == [[0, 400], [800, 1000], [0, 400], [400, 800], [0, 300]]
        assert shown["ends"] == [[True, False], [False, True]]


def test_an_answer_counts_before_the_next_key(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        see.page.keyboard.press("m")
        see.page.wait_for_selector("#mark[open]")
        # No other event of the browser, and so no key, comes between.
        assert see.page.evaluate(SAVED_AFTER_THE_ANSWER) == "saving 1 ..."
        see.settled()
        assert see.state()["n"] == 1


def test_what_is_drawn_can_be_arranged(night, folder, looking):
    path, _ = night
    with serving(path, folder) as (_, url):
        see = looking().without_levels().open(url)
        names = see.page.locator("#gutter .track b")
        scale = see.page.locator("#gutter .track small").first
        before, picture = scale.text_content(), see.picture()
        see.page.keyboard.press("ArrowUp")
        assert scale.text_content() != before
        assert see.picture() != picture
        see.page.keyboard.press("ArrowDown")
        assert scale.text_content() == before
        see.page.keyboard.press("i")
        assert "inverted" in scale.text_content()
        see.page.keyboard.press("i")
        assert see.picture() == picture
        see.page.keyboard.press("f")
        see.when("document.getElementById('filter').getAttribute('aria-pressed') === 'false'")
        see.page.keyboard.press("f")
        see.page.keyboard.press("c")
        see.page.click("[aria-label='move down Left Leg']")
        see.page.click("[aria-label='show ECG']")
        see.page.keyboard.press("Escape")
        assert names.all_text_contents() == ["Right Leg", "Left Leg", "C3-M2"]


def test_only_what_is_uncertain(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        # The last movement of the night begins at 1898 s; one 10.2 s later is near the limit.
        see.mark("LM:left", "+00:31:48", "0.2")
        items = see.ask("uncertain")["items"]
        assert any("10.2 s after" in reason for one in items for reason in one["reasons"])
        see.page.keyboard.press("u")
        see.when(f"document.getElementById('stop-count').textContent === '{len(items)}'")
        see.page.keyboard.press("n")
        see.page.wait_for_selector("#why-note:not([hidden])")
        assert see.text("#why-note") in {"; ".join(one["reasons"]) for one in items}
        assert see.page.input_value("#mode") == "uncertain"


def test_a_stage_shows_while_it_is_saved_and_goes_if_it_is_not(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        held = []

        def hold(route):
            held.append(route)

        see.page.route("**/edit", hold)
        see.page.keyboard.press("3")
        see.page.keyboard.press("ArrowLeft")
        pressed = see.page.locator("#stages [aria-pressed=true]")
        assert pressed.text_content() == "N3"
        assert "saving" in see.text("#saved")
        see.until(lambda: held, "the edit is sent")
        held.pop().abort()
        see.settled()
        assert pressed.text_content() == "W"
        assert "not saved" in see.text("#message-text")
        assert see.state()["n"] == 0


def test_what_cannot_be_opened_is_told_and_not_waited_for(tmp_path, looking):
    path = tmp_path / "empty.edf"
    path.write_bytes(b"0" * 300)
    with serving(path, tmp_path) as (_, url):
        see = looking()
        see.page.goto(url)
        see.page.wait_for_selector("#message:not([hidden])")
        assert "empty.edf: not scorable" in see.text("#message-text")
        assert see.page.locator("#opening").is_hidden()


def test_a_second_program_reads_only(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        first = looking(url)
        with serving(path, folder, "--reviewer", "B") as (_, other):
            second = looking(other)
            assert "Read only" in second.text("#message-text")
            second.page.keyboard.press("2")
            second.settled()
            assert second.state()["n"] == 0
            assert second.page.locator("#sign").is_hidden()
        first.press("2")
        assert first.state()["n"] == 1


def test_two_windows(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        one = looking()
        other = looking(beside=one)
        # Neither hears of the other meanwhile: what they ask by themselves brings nothing new.
        for see in (one, other):
            see.page.route("**/state?since=*", lambda route: route.fulfill(json={"changed": False}))
        one.open(url)
        other.open(url.split("/open")[0] + "/")
        one.press("1")
        other.press("3")
        other.page.wait_for_selector("#message:not([hidden])")
        assert "another window" in other.text("#message-text")
        assert other.state()["hypnogram"]["stages"][0] == 1
        assert other.state()["n"] == 1
        other.press("2")
        assert other.state()["n"] == 2


def test_killed_in_the_middle_nothing_is_lost(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (process, url):
        see = looking(url)
        see.press("1", "2")
        for key in ("3", "r", "w", "2", "3"):
            see.page.keyboard.press(key)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        see.settled()
        see.page.wait_for_selector("#message:not([hidden])")
        shown = see.text("#saved")
    with serving(path, folder) as (_, url):
        again = looking(url)
        state = again.state()
        # All that was shown as saved is there; the one under way may be there too.
        saved = int(shown.split()[0])
        assert saved >= 2
        assert saved <= state["review"]["edits"] <= saved + 1
        wanted = [1, 2, 3, 4, 0, 2, 3][: state["n"]]
        assert state["hypnogram"]["stages"][: state["n"]] == wanted


def test_hostile_texts_are_texts(night, tmp_path, looking):
    label = "<img src=x>"
    path = write_night(tmp_path / "night.edf", labels=("Left Leg", label))
    with serving(path, tmp_path, "--reviewer", HOSTILE) as (_, url):
        see = looking(url)
        see.page.keyboard.press("c")
        assert label in see.text("#channels-body")
        assert see.page.locator("img, #channels-body script").count() == 0
        see.page.keyboard.press("Escape")
        see.press("1")
        see.page.click("#tab-history")
        see.page.wait_for_selector("#history-list li")
        assert "<script>" in see.text("#history-list")
        assert see.page.locator("body script").count() == 0


def test_a_folder(night, folder, looking):
    path, _ = night
    for name in ("a.edf", "b.edf"):
        (folder / name).write_bytes(path.read_bytes())
    (folder / "night.score.json").unlink()
    with serving(folder, None, "--reviewer", "A") as (_, url):
        see = looking()
        see.page.goto(url)
        see.when("document.querySelectorAll('#worklist-body .pill').length === 2")
        heads = see.page.locator("#worklist-body th button")
        assert heads.all_text_contents() == ["a.edf", "b.edf"]
        see.page.click("#worklist-head button >> nth=0")
        assert heads.all_text_contents() == ["b.edf", "a.edf"]
        see.page.fill("#worklist-text", "a.e")
        assert heads.all_text_contents() == ["a.edf"]
        heads.first.click()
        see.page.wait_for_selector("#review:not([hidden])")
        see.drawn()
        see.press("2")
        see.page.click("#to-worklist")
        see.page.wait_for_selector("#worklist:not([hidden]) .pill.draft")


def test_blind(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "B", "--blind") as (_, url):
        see = looking(url)
        assert see.page.locator("#blind").is_visible()
        assert not [kind for kind in kinds(see.state()) if not kind.startswith("lights")]
        see.press("2", "2")
        see.go("+00:10:00")
        see.drag(1, 0.5, 0.6)
        assert spans(see.state(), "LM:right")[0][0] == pytest.approx(615, abs=0.2)
        assert see.state()["hypnogram"]["stages"][:2] == [2, 2]


def test_differences_from_a_second_scorer(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A", "--second", str(path)) as (_, url):
        see = looking(url)
        see.press("1")
        see.page.keyboard.press("d")
        see.when("document.getElementById('stop-count').textContent === '1'")
        assert "W there" in see.text("#stops-list")
        see.press("n", "e")
        assert see.state()["hypnogram"]["stages"][0] == 0
        see.when("document.getElementById('stop-count').textContent === '0'")


def test_a_link_into_the_night_and_all_lengths(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--at", "605") as (_, url):
        see = looking(url)
        assert "00:10:00" in see.text("#place")
        # The next movement is the next from there on, not the first of the night.
        see.press("n")
        see.page.wait_for_selector("#why-lines dt")
        assert see.text("#place").startswith("00:10:")
        see.go("+00:10:00")
        for seconds, stop in ((60, "00:11:00"), (120, "00:12:00"), (300, "00:15:00")):
            see.page.keyboard.press("t")
            assert see.text("#place").endswith(stop), seconds
        see.page.keyboard.press("ArrowRight")
        assert "00:15:00" in see.text("#place")
        # A long page and back is the page that it was: the marked epoch is held.
        see.page.click("#marks", position={"x": see.page.evaluate(FAR), "y": EPOCH_ROW_PX})
        for key in ("Shift+T", "Shift+T", "Shift+T"):
            see.page.keyboard.press(key)
        assert see.text("#place").startswith("00:19:30")
        see.go("+00:15:00")
        see.when("location.search.endsWith('t=900')")
        see.page.reload()
        see.page.wait_for_selector("#review:not([hidden])")
        assert "00:15:00" in see.text("#place")
        # The browser keeps title and address: neither names the recording.
        assert "night" not in see.page.title() + see.page.url
        see.when("performance.getEntriesByName('first-page').length")
        see.page.keyboard.press("ArrowRight")
        see.when("performance.getEntriesByName('key-to-drawn').length")


def test_what_is_chosen_is_told_from_its_beginning(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--at", "605") as (_, url):
        see = looking(url, viewport={"width": 1366, "height": 500})
        see.press("n")
        see.page.wait_for_selector("#why-verdict:not([hidden])")
        assert see.text("#why-verdict").startswith("LM:")
        scrolled = "document.getElementById('part-why').scrollTop"
        see.page.evaluate(f"{scrolled} = 9999")
        assert see.page.evaluate(scrolled) > 0
        see.press("n")
        see.when(f"{scrolled} === 0")
        # The list is shown where one is in it.
        see.page.click("#tab-stops")
        assert see.page.evaluate(HERE_IS_SEEN)
        see.page.click("#tab-why")


def test_names_stay_readable_when_signals_are_turned(night, folder, looking):
    path, _ = night
    with serving(path, folder) as (_, url):
        see = looking(url, viewport={"width": 1366, "height": 400})
        see.page.keyboard.press("i")
        assert "inverted" in see.page.locator("#gutter .track small").first.text_content()
        assert see.page.evaluate(NAMES_CUT) == []


def test_sharp_on_a_dense_screen(night, folder, looking):
    path, _ = night
    with serving(path, folder) as (_, url):
        see = looking(url, device_scale_factor=2)
        sizes = see.page.evaluate(
            "(() => { const c = document.getElementById('signals');"
            " return [c.width, c.clientWidth, c.height, c.clientHeight]; })()"
        )
        assert (sizes[0], sizes[2]) == (2 * sizes[1], 2 * sizes[3])


def test_by_keys_alone(night, folder, looking):
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        # A movement by its times, without a mouse.
        see.mark("LM:right", "+00:00:40", "0.25")
        assert min(spans(see.state(), "LM:right")) == (40.25, 42.25)
        # Every command has a button or a place that Tab reaches.
        see.page.focus("#head button:not([disabled]):visible >> nth=0")
        reached = set()
        for _ in range(90):
            see.page.keyboard.press("Tab")
            reached.add(see.page.evaluate("document.activeElement.id"))
        wanted = {"strip", "place", "accept", "mode", "rules", "filter", "plot", "tab-why", "sign"}
        assert wanted <= reached
        # A stage given by its button leaves the focus there, for the next epoch.
        see.page.focus("#stages button >> nth=2")
        see.press("Enter", "Enter")
        assert see.state()["hypnogram"]["stages"][:2] == [2, 2]
        see.page.focus("#plot")
        # Keys can be turned off, for those whose software types letters.
        see.page.keyboard.press("?")
        see.page.click("#keys-on")
        see.page.keyboard.press("Escape")
        edits = see.state()["n"]
        see.page.keyboard.press("2")
        see.settled()
        assert see.state()["n"] == edits


@pytest.mark.parametrize("part", ["page", "help", "channels", "sign", "mark"])
def test_axe_finds_nothing_serious(night, folder, looking, part):
    source = os.environ.get("PSGSCORE_AXE")
    if source is None:
        pytest.skip("set PSGSCORE_AXE to the path of axe.min.js")
    path, _ = night
    with serving(path, folder, "--reviewer", "A") as (_, url):
        see = looking(url)
        see.press("n")
        keys = {"help": "?", "channels": "c", "mark": "m"}
        if part in keys:
            see.page.keyboard.press(keys[part])
        elif part == "sign":
            see.page.click("#sign")
        see.page.evaluate(Path(source).read_text())
        found = see.page.evaluate("axe.run()")
        bad = [
            (one["id"], one["nodes"][0]["html"])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert bad == []
