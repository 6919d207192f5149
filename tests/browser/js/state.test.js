import assert from "node:assert/strict";
import { test } from "node:test";
import * as states from "../../../psgscore/review/static/state.js";
import { KINDS, state } from "./made.js";

test("pages stay in the recording", () => {
  const rows = [[-5, 0], [0, 0], [45, 45], [3570, 3570], [3590, 3570], [9999, 3570]];
  for (const [start, wanted] of rows) {
    assert.deepEqual(states.pageAt(start, 30, 3600), { start_s: wanted, span_s: 30 });
  }
  assert.equal(states.pageAt(50, 30, 70).start_s, 50);
  assert.equal(states.pageAt(10, 300, 70).start_s, 0);
});

test("a time lies on the page of the grid", () => {
  assert.equal(states.pageWith(29.99, 30, 3600).start_s, 0);
  assert.equal(states.pageWith(30, 30, 3600).start_s, 30);
  assert.equal(states.pageWith(3600, 30, 3600).start_s, 3570);
});

test("a page shows the whole of what one goes to", () => {
  const page = { start_s: 0, span_s: 30 };
  for (const [start, stop] of [[5, 7], [28, 33], [59, 61], [100, 101], [29.9, 30.5]]) {
    const found = states.pageShowing(page, start, stop, 3600);
    assert.ok(found.start_s <= start && stop <= found.start_s + 30, `${start}`);
  }
  assert.equal(states.pageShowing(page, 5, 7, 3600), page);
  // An epoch as long as the page fills it, on the grid or not.
  assert.equal(states.pageShowing(page, 60, 90, 3600, 0).start_s, 60);
  assert.equal(states.pageShowing(page, 72, 102, 3600, 0).start_s, 72);
});

test("events carry the verdict of their movement", () => {
  const [left, right, rejected, arousal] = states.markedEvents(state(), "wasm", KINDS);
  assert.deepEqual([left.side, left.plm, left.series, left.counted], ["bilateral", true, 4, true]);
  assert.equal(right.movement, left.movement);
  assert.deepEqual([rejected.counted, rejected.plm, rejected.side], [false, false, "left"]);
  assert.deepEqual([arousal.group, arousal.counted], ["arousal", true]);
});

test("with an unknown rule set no movement counts", () => {
  assert.ok(states.markedEvents(state(), "none", KINDS).slice(0, 3).every((one) => !one.counted));
});

test("a leg movement no rule takes for a movement is not counted", () => {
  const made = state();
  made.movements.wasm.candidate = [false];
  assert.equal(states.markedEvents(made, "wasm", KINDS)[0].counted, false);
});

test("hostile and unknown kinds have a row", () => {
  assert.equal(states.groupOf("<script>", KINDS), "mark");
  assert.equal(states.groupOf("apnea:new", KINDS), "respiratory");
  assert.equal(states.groupOf("__proto__", KINDS), "mark");
});

test("both legs of a movement are one stop", () => {
  const events = states.markedEvents(state(), "wasm", KINDS);
  assert.deepEqual(states.stopsOfEvents(events, true).map((one) => one.event), ["e0", "e2"]);
  assert.deepEqual(states.stopsOfEvents(events, false).map((one) => one.event), ["e0", "e2", "e3"]);
});

test("stepping goes on from the stop at hand, else from the time", () => {
  const stops = [10, 20, 30].map((start_s) => ({
    start_s, stop_s: start_s + 1, event: `e${start_s}`, epoch: null, text: "",
  }));
  const at = (one) => one?.start_s ?? null;
  assert.equal(at(states.stepFrom(stops, stops[0], 0, 1)), 20);
  assert.equal(at(states.stepFrom(stops, stops[2], 0, 1)), null);
  assert.equal(at(states.stepFrom(stops, stops[0], 0, -1)), null);
  assert.equal(at(states.stepFrom(stops, null, 15, 1)), 20);
  assert.equal(at(states.stepFrom(stops, null, 15, -1)), 10);
  // What was stepped to is gone: it goes on from where it was.
  assert.equal(at(states.stepFrom(stops, { ...stops[1], event: "gone" }, 20.5, 1)), 30);
  assert.equal(at(states.stepFrom([], null, 0, 1)), null);
});

test("doubts are stepped through in order of time", () => {
  const item = { stop_s: 1, what: "movement", event: "e", epoch: null, reasons: ["a", "b"], doubt: 1 };
  const stops = states.stopsOfDoubt([{ ...item, start_s: 9 }, { ...item, start_s: 3 }]);
  assert.deepEqual(stops.map((one) => one.start_s), [3, 9]);
  assert.equal(stops[0].text, "a; b");
});

test("epochs are those of the stages, else of the recording", () => {
  const recording = { epoch_s: 30 };
  assert.deepEqual(states.epochGrid(state(), recording), { start_s: 0, epoch_s: 30 });
  const grid = { start_s: 10, epoch_s: 30 };
  assert.equal(states.epochAt(grid, 40), 1);
  assert.equal(states.epochAt(grid, 39.9), 0);
  assert.equal(states.epochAt(grid, 5), 0);
  assert.equal(states.epochCount(grid, 100), 3);
});

test("a stretch is accepted only as a whole", () => {
  assert.ok(states.covered([[0, 60]], 30, 60));
  assert.ok(!states.covered([[0, 45]], 30, 60));
  assert.ok(!states.covered([], 0, 30));
});

test("the resting level is linear between its points and unknown elsewhere", () => {
  const pieces = [{ start_s: 10, step_s: 6, rest_uv: [2, 4, null] }];
  assert.equal(states.restAt(pieces, 13), 3);
  assert.equal(states.restAt(pieces, 9), null);
  assert.equal(states.restAt(pieces, 30), null);
  assert.equal(states.restAt(pieces, 22), null);
});
