import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../../psgscore/review/static/format.js";

test("the clock goes over midnight", () => {
  assert.equal(format.clock("22:30:00", 2 * 3600), "00:30:00");
  assert.equal(format.clock("22:30:00", 0.999), "22:30:00");
  assert.equal(format.clock("22:30:00", 89.9999999), "22:31:30");
});

test("a recording without a clock counts from its start", () => {
  assert.equal(format.clock("", 3661), "+01:01:01");
});

test("typed times are found, others are not", () => {
  const rows = [
    ["22:31", 60], ["22:31:05", 65], ["00:30", 7200], ["+00:01", 60], ["90 s", 90], ["1.5s", 1.5],
    ["22:29", null], ["25:00", null], ["12:60", null], ["", null], ["soon", null], ["-5 s", null],
  ];
  for (const [text, wanted] of rows) {
    assert.equal(format.typedTime(text, "22:30:00", 8 * 3600), wanted, text);
  }
});

test("a typed time without a clock counts from the start", () => {
  assert.equal(format.typedTime("01:00", "", 8 * 3600), 3600);
});

test("what cannot be known is a dash, never 0", () => {
  assert.equal(format.number(null), "-");
  assert.equal(format.number(NaN), "-");
  assert.equal(format.number(0), "0.0");
  assert.equal(format.hours(null), "-");
  assert.equal(format.hours(28800), "8 h 00 min");
});

test("one is not many", () => {
  assert.equal(format.times(1, "edit"), "1 edit");
  assert.equal(format.times(0, "edit"), "0 edits");
});

test("a moment is cut off at hundredths, as clocks are at seconds", () => {
  const rows = [[0.996, "22:30:00.99"], [0.29, "22:30:00.29"], [59.9999999, "22:31:00.00"]];
  for (const [seconds, wanted] of rows) {
    assert.equal(format.fineClock("22:30:00", seconds), wanted, seconds);
  }
});

test("a text takes the room there is", () => {
  const within = (letters) => (text) => text.length <= letters;
  const rows = [[8, "hypopnea"], [7, "hypopn\u2026"], [3, "hy\u2026"], [2, ""], [0, ""]];
  for (const [letters, wanted] of rows) {
    assert.equal(format.cutTo("hypopnea", within(letters)), wanted, letters);
  }
});

test("a gain has its unit", () => {
  assert.equal(format.gainText(7, "uV"), "7 \u00b5V/mm");
  assert.equal(format.gainText(0.5, "cmH2O"), "0.5 cmH2O/mm");
  assert.equal(format.gainText(1, ""), "1 unit/mm");
});

test("when somebody signed is told with its zone", () => {
  assert.equal(format.moment("2026-01-02T03:04:05Z"), "2026-01-02 03:04 UTC");
  assert.equal(format.moment(""), "");
});
