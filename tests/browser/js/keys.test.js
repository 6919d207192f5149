import assert from "node:assert/strict";
import { test } from "node:test";
import { HELP, actionOf } from "../../../psgscore/review/static/keys.js";

test("what keys do", () => {
  const rows = [
    [{ key: "ArrowRight" }, "page-next"],
    [{ key: "ArrowRight", shiftKey: true }, "page-bit-next"],
    [{ key: "2" }, "stage:2"], [{ key: "w" }, "stage:0"], [{ key: "r" }, "stage:4"],
    [{ key: "0" }, "stage:-1"], [{ key: "a" }, "accept"], [{ key: "Delete" }, "remove"],
    [{ key: "z", ctrlKey: true }, "undo"], [{ key: "z", metaKey: true }, "undo"],
    [{ key: "Z", ctrlKey: true, shiftKey: true }, "redo"], [{ key: "y", ctrlKey: true }, "redo"],
    [{ key: "?", shiftKey: true, code: "Minus" }, "help"], [{ key: "+", shiftKey: true }, "gain-up"],
    [{ key: ";", shiftKey: true, code: "Comma" }, "end-earlier"],
    [{ key: ">", shiftKey: true, code: "Period" }, "end-later"],
    [{ key: "," }, "begin-earlier"], [{ key: "X", shiftKey: true }, "reject-why"],
    [{ key: "e" }, "take"], [{ key: "E", shiftKey: true }, "take-second"],
  ];
  for (const [stroke, wanted] of rows) assert.equal(actionOf(stroke), wanted, stroke.key);
});

test("keys of the browser stay the browser's", () => {
  const strokes = [
    { key: "r", ctrlKey: true }, { key: "w", metaKey: true }, { key: "ArrowLeft", altKey: true },
    { key: "Tab" }, { key: "Enter" }, { key: "F5" }, { key: "A", shiftKey: true },
    { key: "constructor" }, { key: "1", ctrlKey: true }, { key: "Delete", ctrlKey: true },
  ];
  for (const stroke of strokes) assert.equal(actionOf(stroke), null, stroke.key);
});

test("the help tells every key once", () => {
  const keys = HELP.flatMap(([, rows]) => rows.map(([key]) => key));
  assert.equal(new Set(keys).size, keys.length);
});
