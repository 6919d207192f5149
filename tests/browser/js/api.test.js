import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, RecordingApi, readTile } from "../../../psgscore/review/static/api.js";
import { Journal } from "../../../psgscore/review/static/journal.js";
import { Tiles } from "../../../psgscore/review/static/tiles.js";
import { arranged, indexColumns } from "../../../psgscore/review/static/worklist.js";

function tileBytes(values, px) {
  const buffer = new ArrayBuffer(32 + values.length * 4);
  new Uint8Array(buffer).set([80, 83, 84, 49]);
  const view = new DataView(buffer);
  view.setUint32(4, values.length / px / 2, true);
  view.setUint32(8, px, true);
  view.setFloat64(16, 30, true);
  view.setFloat64(24, 10, true);
  new Float32Array(buffer, 32).set(values);
  return buffer;
}

test("a page of signals is read by channel", () => {
  const tile = readTile(tileBytes([1, 2, 3, 4, 5, 6, 7, NaN], 2));
  assert.deepEqual([tile.start_s, tile.span_s, tile.px], [30, 10, 2]);
  assert.deepEqual([...tile.min[1]], [5, 6]);
  assert.deepEqual([...tile.max[0]], [3, 4]);
});

test("bytes that are no page are refused", () => {
  assert.throws(() => readTile(tileBytes([1, 2, 3], 2)), ApiError);
  const bytes = tileBytes([1, 2], 1);
  new Uint8Array(bytes)[0] = 0;
  assert.throws(() => readTile(bytes), ApiError);
});

test("ids cannot leave their place in an address", () => {
  assert.equal(new RecordingApi("../quit?x").base, "/api/recordings/..%2Fquit%3Fx");
});

test("a page is asked for once", async () => {
  let asked = 0;
  const tile = { start_s: 0, span_s: 30, px: 1, min: [], max: [] };
  const tiles = new Tiles({ tile: async () => { asked += 1; return tile; } });
  const page = { start_s: 0, span_s: 30 };
  await Promise.all([tiles.ask(["c0"], page, 9, "off"), tiles.ask(["c0"], page, 9, "off")]);
  await tiles.ask(["c0"], page, 9, "off");
  assert.equal(asked, 1);
  await tiles.ask(["c0"], page, 9, "default");
  assert.equal(asked, 2);
});

test("not all pages are kept", async () => {
  const tiles = new Tiles({ tile: async () => ({ min: [], max: [] }) });
  for (let k = 0; k < 60; k += 1) await tiles.ask(["c0"], { start_s: k, span_s: 30 }, 9, "off");
  assert.equal(tiles.kept.size, 40);
});

const review = (n) => ({ n, review: {} });

function journal(edit) {
  const said = [];
  const api = { edit };
  const made = new Journal(api, review(0), {
    now: () => {},
    busy: () => {},
    refused: (text, code) => said.push([code, text]),
  });
  return { made, said };
}

test("edits go one after the other, each on the state before it", async () => {
  const expected = [];
  const { made } = journal(async (n) => {
    expected.push(n);
    return review(n + 1);
  });
  const sent = [1, 2, 3].map(() => made.send(() => ({ type: "undo" })));
  assert.deepEqual(await Promise.all(sent), [true, true, true]);
  assert.deepEqual(expected, [0, 1, 2]);
});

test("an edit is made when those before it are done", async () => {
  const { made } = journal(async (n) => review(n + 1));
  const seen = [];
  const sent = [1, 2].map(() => made.send(() => { seen.push(made.state.n); return { type: "undo" }; }));
  const none = made.send(() => null);
  assert.deepEqual(await Promise.all([...sent, none]), [true, true, false]);
  assert.deepEqual(seen, [0, 1]);
});

test("after a conflict what waited is not sent, and is said to be lost", async () => {
  let calls = 0;
  const { made, said } = journal(async () => {
    calls += 1;
    throw new ApiError(409, "conflict", "", review(7));
  });
  const sent = [1, 2, 3].map(() => made.send(() => ({ type: "undo" })));
  assert.deepEqual(await Promise.all(sent), [false, false, false]);
  assert.equal(calls, 1);
  assert.equal(made.state.n, 7);
  assert.match(said[0][1], /another window.*2 more/s);
  made.api = { edit: async (n) => review(n + 1) };
  assert.equal(await made.send(() => ({ type: "redo" })), true);
  assert.equal(made.state.n, 8);
});

test("a server that is gone saves nothing, and it is said", async () => {
  const { made, said } = journal(async () => {
    throw new ApiError(0, "gone", "It was stopped.");
  });
  assert.equal(await made.send(() => ({ type: "undo" })), false);
  assert.match(said[0][1], /not saved/);
});

const ROWS = [
  { rid: "1", name: "b.edf", state: "draft", edits: 2, indices: [{ key: "plm", rules: "W", value: 3 }] },
  { rid: "2", name: "a.edf", state: "automatic", edits: 0, indices: [{ key: "plm", rules: "W", value: null }] },
  { rid: "3", name: "c.edf", state: "draft", edits: 5, by: "Zoe", indices: [{ key: "plm", rules: "W", value: 9 }] },
];
const WANTED = { text: "", state: "", column: "name", down: false };

test("the worklist is sorted and filtered", () => {
  const ids = (change) => arranged(ROWS, { ...WANTED, ...change }).map((one) => one.rid).join("");
  assert.equal(ids({}), "213");
  assert.equal(ids({ down: true }), "312");
  assert.equal(ids({ state: "draft" }), "13");
  assert.equal(ids({ text: "ZOE" }), "3");
  assert.equal(ids({ column: "edits" }), "312");
  // Unknown comes last both ways.
  assert.equal(ids({ column: "plm" }), "312");
  assert.equal(ids({ column: "plm", down: true }), "132");
});

test("indices of one rule set have a column", () => {
  const indices = [
    { key: "plm/a/sleep", rules: "A" }, { key: "plm/b/sleep", rules: "B" }, { key: "sleep/tst_min", rules: "" },
  ];
  assert.deepEqual(indexColumns([{ indices }]).map((one) => one.key), ["plm/a/sleep", "sleep/tst_min"]);
});
