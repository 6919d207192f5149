import assert from "node:assert/strict";
import { test } from "node:test";
import * as layout from "../../../psgscore/review/static/layout.js";
import { markedEvents } from "../../../psgscore/review/static/state.js";
import { CHANNELS, KINDS, state } from "./made.js";

const PAGE = { start_s: 0, span_s: 30 };
const made = () => layout.layoutOf(600, 500, CHANNELS);
const events = () => markedEvents(state(), "wasm", KINDS);
const middle = (row) => row.y + row.h / 2;

test("rows lie under each other and do not overlap", () => {
  const { axis, stage, lanes, tracks, height } = made();
  const rows = [axis, stage, ...lanes, ...tracks];
  rows.slice(1).forEach((row, k) => assert.ok(row.y >= rows[k].y + rows[k].h));
  const last = rows.at(-1);
  assert.ok(last.y + last.h <= height);
  assert.ok(tracks[0].h > tracks[2].h);
});

test("many channels make the plot higher, not the rows too low", () => {
  const many = Array.from({ length: 64 }, () => CHANNELS[2]);
  const found = layout.layoutOf(600, 500, many);
  assert.ok(found.height > 64 * 28);
});

test("times and places are each other's inverse", () => {
  const page = { start_s: 120, span_s: 60 };
  assert.equal(layout.timeOf(page, 600, layout.xOf(page, 600, 133)), 133);
});

test("what a press takes hold of", () => {
  const plot = made();
  const [left, , eeg, flow] = plot.tracks;
  const at = (x, y, chosen = "") => layout.holdAt(plot, PAGE, events(), { x, y }, chosen);
  assert.equal(at(220, middle(left)).event.id, "e0");
  assert.deepEqual([at(200, middle(left)).what, at(200, middle(left)).edge], ["edge", "start_s"]);
  assert.deepEqual([at(240, middle(left)).what, at(240, middle(left)).edge], ["edge", "stop_s"]);
  assert.deepEqual([at(400, middle(left)).group, at(400, middle(left)).channel], ["leg", "c0"]);
  assert.equal(at(400, middle(eeg)).group, "arousal");
  assert.equal(at(400, middle(flow)).group, "respiratory");
  assert.equal(at(400, middle(plot.lanes[2])).group, "movement");
  assert.equal(at(400, middle(plot.stage)).what, "epoch");
  assert.equal(at(400, 2).what, "none");
});

test("a narrow event can be chosen, not only stretched", () => {
  const narrow = { ...events()[0], start_s: 10, stop_s: 10.2 };
  const plot = made();
  const point = { x: 202, y: middle(plot.tracks[0]) };
  assert.equal(layout.holdAt(plot, PAGE, [narrow], point, "").what, "event");
});

test("the chosen one of two that overlap comes first", () => {
  const [one] = events();
  const other = { ...one, id: "other", start_s: 10.5, stop_s: 11.5 };
  const plot = made();
  const point = { x: 220, y: middle(plot.tracks[0]) };
  assert.equal(layout.holdAt(plot, PAGE, [one, other], point, "other").event.id, "other");
});

test("marks of the axis are whole steps of the clock", () => {
  const { step, at } = layout.ticks({ start_s: 0, span_s: 60 }, 600, 22 * 3600 + 3, 80);
  assert.equal(step, 10);
  assert.deepEqual(at.slice(0, 2), [7, 17]);
});

test("gains are usual ones, up draws larger", () => {
  assert.equal(layout.gainFor(100, 60), 7);
  assert.equal(layout.nextGain(7, 1), 5);
  assert.equal(layout.nextGain(7, -1), 10);
  assert.ok(layout.gainFor(3.2, 30) * 30 / layout.PX_PER_MM >= 3.2);
  for (const start of [0.001, 0.5, 500, 5000]) {
    assert.ok(layout.nextGain(start, 1) < start && layout.nextGain(start, -1) > start);
  }
});
