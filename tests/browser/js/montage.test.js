import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutOf, rowsOf } from "../../../psgscore/review/static/layout.js";
import { Arrangement } from "../../../psgscore/review/static/montage.js";
import { markedEvents } from "../../../psgscore/review/static/state.js";
import { CHANNELS, KINDS, channel, state } from "./made.js";

const eeg = (id, label, more = {}) =>
  channel({ id, label, role: "EEG", group: "EEG", shown: false, ...more });
const recording = {
  channels: [
    ...CHANNELS,
    eeg("c4", "C3"),
    eeg("c5", "C4", { usable: false }),
    eeg("c6", "C3-C4", { derived: true }),
  ],
  montages: [
    { name: "scored", title: "As scored", channels: ["c0", "c1", "c2", "c3"] },
    { name: "recorded", title: "As recorded", channels: ["c0", "c1", "c4", "c5", "c3"] },
    { name: "bipolar", title: "Bipolar", channels: ["c0", "c1", "c6", "c3"] },
  ],
};
const made = () => new Arrangement(recording);
const ids = (channels) => channels.map((one) => one.id);

test("the first montage is drawn; other channels are offered beside those of their group", () => {
  const found = made();
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c2", "c3"]);
  assert.deepEqual(ids(found.channels), ["c0", "c1", "c2", "c4", "c5", "c3"]);
});

test("a montage shows its rows, but none that cannot be drawn", () => {
  const found = made();
  found.setMontage("recorded");
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c4", "c3"]);
  found.setMontage("bipolar");
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c6", "c3"]);
  found.setMontage("no such montage");
  assert.equal(found.name, "bipolar");
});

test("montages follow each other round and round", () => {
  const found = made();
  assert.equal(found.montageBeside(1), "recorded");
  assert.equal(found.montageBeside(-1), "bipolar");
  found.setMontage("bipolar");
  assert.equal(found.montageBeside(1), "scored");
});

test("what a person arranged in a montage is there again when they come back", () => {
  const found = made();
  found.show("c3", false);
  found.move("c1", -1);
  found.setMontage("bipolar");
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c6", "c3"]);
  found.setMontage("scored");
  assert.deepEqual(ids(found.shown()), ["c1", "c0", "c2"]);
});

test("gain and direction belong to a channel, whatever the montage", () => {
  const found = made();
  found.fit([{ id: "c0", h: 80, flag: 0 }], null);
  found.larger("c0", 1);
  found.invert("c0");
  const gain = found.gains.get("c0");
  found.setMontage("bipolar");
  assert.equal(found.gains.get("c0"), gain);
  assert.ok(found.inverted.has("c0"));
});

test("a derivation of one's own is drawn where it was made, and offered elsewhere", () => {
  const found = made();
  found.setMontage("bipolar");
  found.setMontage("scored");
  const own = eeg("c2-c4", "C3-M2-C3", { shown: true, derived: true });
  found.add(own);
  found.add(own);
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c2", "c2-c4", "c3"]);
  for (const name of ["bipolar", "recorded"]) {
    found.setMontage(name);
    assert.ok(!found.shows("c2-c4"));
    assert.equal(ids(found.channels).filter((id) => id === "c2-c4").length, 1);
  }
  assert.equal(found.all.length, recording.channels.length + 1);
});

test("a stored channel that is asked for is shown, not doubled", () => {
  const found = made();
  found.add(recording.channels[4]);
  assert.deepEqual(ids(found.shown()), ["c0", "c1", "c2", "c4", "c3"]);
  assert.equal(found.own.length, 0);
});

test("the last channel cannot be hidden, and all that are shown are turned at once", () => {
  const found = made();
  for (const id of ids(found.shown())) found.show(id, false);
  assert.equal(found.shown().length, 1);
  found.invertAll();
  assert.equal(found.inverted.size, 1);
  found.invertAll();
  assert.equal(found.inverted.size, 0);
});

test("movements are on the row they were scored on, else on that leg, else on the legs there are", () => {
  const found = made();
  found.setMontage("bipolar");
  const [left] = markedEvents(state(), "wasm", KINDS);
  const on = (change = {}) => {
    const plot = layoutOf(600, 500, found.shown());
    const rows = rowsOf(plot, { ...left, ...change });
    return rows.map((row) => plot.tracks.find((one) => one.y === row.y)?.id);
  };
  assert.deepEqual(on(), ["c0"]);
  assert.deepEqual(on({ channel: "" }), ["c0"]);
  assert.deepEqual(on({ channel: "", kind: "LM" }), ["c0", "c1"]);
  found.add(channel({ id: "c0-c1", label: "Left Leg-Right Leg", derived: true }));
  assert.deepEqual(on({ channel: "" }), ["c0", "c0-c1"]);
  found.show("c0", false);
  assert.deepEqual(on(), ["c0-c1"]);
  found.show("c0-c1", false);
  assert.deepEqual(on(), ["c1"]);
});
