import assert from "node:assert/strict";
import { test } from "node:test";
import * as edits from "../../../psgscore/review/static/edit.js";
import { markedEvents } from "../../../psgscore/review/static/state.js";
import { CHANNELS, KINDS, channel, state } from "./made.js";

const [left, right, rejected, arousal] = markedEvents(state(), "wasm", KINDS);

test("a drag gives a stretch in order, inside the recording", () => {
  assert.deepEqual(edits.stretch(5, 3, 100), { start_s: 3, stop_s: 5 });
  assert.deepEqual(edits.stretch(-5, 3, 100), { start_s: 0, stop_s: 3 });
  assert.deepEqual(edits.stretch(99, 130, 100), { start_s: 99, stop_s: 100 });
  assert.equal(edits.stretch(5, 5.01, 100), null);
  assert.equal(edits.stretch(130, 140, 100), null);
});

test("what may be marked on a leg is a movement of that leg", () => {
  const kinds = (group, on) => edits.kindsFor(KINDS, group, on).map((one) => one.kind);
  assert.deepEqual(kinds("leg", CHANNELS[0]), ["LM:left"]);
  assert.deepEqual(kinds("leg", channel({ role: "leg" })), ["LM"]);
  assert.deepEqual(kinds("leg", channel({ role: "arm:left" })), []);
  assert.deepEqual(kinds("arousal", undefined), ["arousal"]);
});

test("an edge moves, and over the other edge it turns round", () => {
  assert.deepEqual(edits.moving(left, "stop_s", 13, 100), {
    type: "move", id: "e0", start_s: 10, stop_s: 13,
  });
  assert.deepEqual(edits.moving(left, "stop_s", 8, 100), {
    type: "move", id: "e0", start_s: 8, stop_s: 10,
  });
  assert.equal(edits.moving(left, "stop_s", 12, 100), null);
});

test("a nudge never goes past the other edge", () => {
  assert.equal(edits.nudging(left, "start_s", 1, 100).start_s, 10.1);
  const short = { ...left, stop_s: 10.1 };
  assert.equal(edits.nudging(short, "start_s", 1, 100), null);
  assert.equal(edits.nudging(short, "stop_s", -1, 100), null);
});

test("rejecting twice takes it back", () => {
  assert.deepEqual(edits.rejecting(left), { type: "reject", id: left.id, reason: "" });
  assert.equal(edits.rejecting(left, "artefact").reason, "artefact");
  assert.equal(edits.rejecting(rejected).type, "restore");
});

test("the other side is the other leg's channel, if there is one", () => {
  assert.deepEqual(edits.changingSide(left, CHANNELS), {
    type: "relabel", id: "e0", kind: "LM:right", channel: "c1",
  });
  assert.equal(edits.changingSide(right, CHANNELS).channel, "c0");
  assert.equal(edits.changingSide(left, CHANNELS.slice(0, 1)), null);
  assert.equal(edits.changingSide(arousal, CHANNELS), null);
});

test("another kind has the channel that fits it", () => {
  assert.equal(edits.relabelling(left, "arousal", CHANNELS).channel, "");
  assert.equal(edits.relabelling(arousal, "LM:right", CHANNELS).channel, "c1");
  assert.equal(edits.relabelling(left, "LM:left", CHANNELS).channel, "c0");
});

test("a page is accepted to the end of the recording at most", () => {
  assert.deepEqual(edits.accepting({ start_s: 90, span_s: 30 }, 100), {
    type: "accept", start_s: 90, stop_s: 100,
  });
});

test("the journal in words", () => {
  const clock = (seconds) => `<${seconds}>`;
  const event = (id) => (id === "e0" ? { kind: "LM:left", start_s: 1 } : undefined);
  const say = (edit) => edits.words(edit, clock, event);
  assert.equal(say({ type: "add", kind: "LM:left", start_s: 3 }), "add LM:left at <3>");
  assert.equal(say({ type: "remove", id: "e9" }), "remove e9");
  assert.equal(say({ type: "reject", id: "e0", reason: "" }), "reject LM:left at <1>");
  assert.equal(say({ type: "reject", id: "e0", reason: "artefact" }), "reject LM:left at <1>: artefact");
  // What it was before is not known here: only what it became is said.
  assert.equal(say({ type: "relabel", id: "e0", kind: "LM:right" }), "relabel as LM:right at <1>");
  assert.equal(say({ type: "relabel", id: "e9", kind: "LM:right" }), "relabel as LM:right e9");
  assert.equal(say({ type: "move", id: "e0", start_s: 2, stop_s: 3 }), "move LM:left to <2>");
  assert.equal(say({ type: "accept", start_s: 2, stop_s: 3 }), "accept at <2>");
  assert.equal(say({ type: "sign", by: "A. Name" }), "sign by A. Name");
  assert.equal(say({ type: "restage", first_epoch: 0, stages: [2, -1] }), "stage of epoch 1: N2 unscored");
  assert.equal(say({ type: "undo" }), "undo");
});

const STOP = { start_s: 1, stop_s: 3, event: "", epoch: null, text: "" };

test("what other scorers have can be taken over", () => {
  const stages = [{ value: 2, name: "N2", key: "2" }, { value: 3, name: "N3", key: "3" }];
  const take = (change, who = 0) => edits.takingOver({ ...STOP, ...change }, who, stages, CHANNELS);
  const event = { start_s: 1.000001, stop_s: 3, kind: "LM:right", stage: "" };
  const added = { type: "add", start_s: 1.000001, stop_s: 3, kind: "LM:right", channel: "c1" };
  assert.deepEqual(take({ claims: [event] }), added);
  assert.deepEqual(take({ claims: [event, null] }), added);
  // What only one of two has is taken with the key of the first as well.
  assert.deepEqual(take({ claims: [null, event] }), added);
  assert.deepEqual(take({ claims: [null, event] }, 1), added);
  assert.equal(take({ claims: [event, null] }, 1), null);
  const claims = ["N2", "N3"].map((stage) => ({ start_s: 1, stop_s: 3, kind: "", stage }));
  assert.deepEqual(take({ epoch: 7, claims }).stages, [2]);
  assert.deepEqual(take({ epoch: 7, claims }, 1).stages, [3]);
  assert.equal(take({ epoch: 7, claims: [{ ...claims[0], stage: "?" }] }), null);
  assert.equal(take({}), null);
});

test("only an event of others can be left as it is", () => {
  const claim = { start_s: 1, stop_s: 3, kind: "apnea", stage: "" };
  assert.deepEqual(edits.dismissing({ ...STOP, kind: "respiratory", claims: [claim, null] }), {
    type: "dismiss", start_s: 1, stop_s: 3, kind: "respiratory",
  });
  assert.equal(edits.dismissing({ ...STOP, kind: "LM:left", claims: [null] }), null);
  const stage = { ...claim, kind: "", stage: "N2" };
  assert.equal(edits.dismissing({ ...STOP, kind: "", epoch: 3, claims: [stage, stage] }), null);
});
