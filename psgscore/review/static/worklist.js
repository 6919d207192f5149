/** The recordings of a folder: sorted and filtered here, opened from here. */

/** @import {Row} from "./types.js" */
import { button, byId, choices, make, say } from "./dom.js";
import { hours, moment, number, size, times } from "./format.js";

/**
 * What a column is sorted by.
 * @param {Row} row
 * @param {string} column
 * @returns {string|number}
 */
export function sortValue(row, column) {
  if (column === "name") return row.name.toLowerCase();
  if (column === "state") return row.state ?? "";
  if (column === "quality") return -(row.findings ?? -1);
  if (column === "edits") return -(row.edits ?? 0);
  if (column === "duration") return -(row.duration_s ?? -1);
  const value = row.indices?.find((one) => one.key === column)?.value;
  return value === null || value === undefined ? Infinity : -value;
}

/**
 * @param {readonly Row[]} rows
 * @param {{text: string, state: string, column: string, down: boolean}} wanted
 * @returns {Row[]}
 */
export function arranged(rows, { text, state, column, down }) {
  const words = text.trim().toLowerCase();
  const kept = rows.filter(
    (row) =>
      (!words || row.name.toLowerCase().includes(words) || (row.by ?? "").toLowerCase().includes(words)) &&
      (!state || row.state === state),
  );
  const sign = down ? -1 : 1;
  return kept.sort((one, other) => {
    const [a, b] = [sortValue(one, column), sortValue(other, column)];
    if (a === b) return one.name < other.name ? -1 : 1;
    // What is not known comes last, whichever way one sorts.
    if (a === Infinity || b === Infinity) return a === Infinity ? 1 : -1;
    return (a < b ? -1 : 1) * sign;
  });
}

/**
 * The indices that have a column: those of the first rule set, and sleep.
 * @param {readonly Row[]} rows
 */
export function indexColumns(rows) {
  const found = new Map();
  for (const row of rows) {
    const rules = row.indices?.find((one) => one.rules)?.rules;
    for (const one of row.indices ?? []) {
      if (!one.rules || one.rules === rules) found.set(one.key, one);
    }
  }
  const wanted = ["plm/", "plm_arousal/", "sleep/tst_min", "sleep/sleep_efficiency", "sleep/arousal"];
  return [...found.values()].filter(
    (one) => wanted.some((head) => one.key.startsWith(head)) && !one.key.endsWith("/W"),
  );
}

const LEFT = ["name", "state", "quality"];

/** The table of recordings. */
export class Worklist {
  /** @param {(row: Row) => void} open */
  constructor(open) {
    this.open = open;
    /** @type {Row[]} */
    this.rows = [];
    this.wanted = { text: "", state: "", column: "name", down: false };
    const text = /** @type {HTMLInputElement} */ (byId("worklist-text"));
    text.addEventListener("input", () => this.want({ text: text.value }));
    const state = /** @type {HTMLSelectElement} */ (byId("worklist-state"));
    const states = ["not scored", "automatic", "draft", "reviewed", "unreadable"];
    const all = { value: "", text: "any state" };
    choices(state, [all, ...states.map((one) => ({ value: one, text: one }))], "");
    state.addEventListener("change", () => this.want({ state: state.value }));
  }

  /** @param {Partial<{text: string, state: string, column: string, down: boolean}>} change */
  want(change) {
    this.wanted = { ...this.wanted, ...change };
    this.draw();
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.rows = rows;
    this.draw();
  }

  draw() {
    const columns = indexColumns(this.rows);
    const heads = [
      { column: "name", text: "Recording" },
      { column: "state", text: "Review" },
      { column: "edits", text: "Edits" },
      { column: "duration", text: "Length" },
      { column: "quality", text: "Findings" },
      ...columns.map((one) => ({ column: one.key, text: `${one.label} (${one.unit})` })),
    ];
    const held = document.activeElement?.getAttribute("data-column");
    byId("worklist-head").replaceChildren(...heads.map((one) => this.head(one)));
    if (held) {
      for (const one of byId("worklist-head").querySelectorAll("button")) {
        if (one.dataset["column"] === held) one.focus();
      }
    }
    const rows = arranged(this.rows, this.wanted);
    byId("worklist-body").replaceChildren(
      ...rows.map((row) => this.row(row, columns.map((one) => one.key))),
    );
    const done = this.rows.filter((one) => one.state === "reviewed").length;
    const shown = rows.length === this.rows.length ? "" : `, ${rows.length} shown`;
    const all = times(this.rows.length, "recording");
    say(byId("worklist-count"), `${all}, ${done} reviewed${shown}`);
  }

  /** @param {{column: string, text: string}} head */
  head({ column, text }) {
    const here = this.wanted.column === column;
    const sort = here ? (this.wanted.down ? "descending" : "ascending") : "none";
    const arrow = here ? (this.wanted.down ? " \u25be" : " \u25b4") : "";
    const press = button(`${text}${arrow}`, () =>
      this.want({ column, down: here && !this.wanted.down }), { "data-column": column });
    const side = LEFT.includes(column) ? "text" : "number";
    return make("th", { scope: "col", "aria-sort": sort, class: side }, press);
  }

  /**
   * @param {Row} row
   * @param {string[]} keys
   */
  row(row, keys) {
    const name = button(row.name, () => this.open(row), { class: "link" });
    const first = make("th", { scope: "row" }, name);
    if (row.size_bytes) first.append(make("small", {}, size(row.size_bytes)));
    if (row.pending) return make("tr", {}, first, make("td", {}, "reading ..."));
    const state = make("td", {}, make("span", { class: `pill ${row.state}` }, row.state ?? ""));
    if (row.by) state.append(make("small", {}, `${row.by} ${moment(row.at ?? "")}`));
    const looked = row.state !== "not scored" && row.state !== "unreadable";
    const count = looked ? String(row.findings ?? "-") : "-";
    const quality = make("td", {}, row.error ? row.error : count);
    quality.title = (row.quality ?? []).map((one) => one.message).join("\n");
    const worst = row.quality?.[0];
    if (worst && !row.error) quality.append(make("small", {}, worst.message));
    return make(
      "tr",
      {},
      first,
      state,
      make("td", { class: "number" }, String(row.edits ?? 0)),
      make("td", { class: "number" }, hours(row.duration_s)),
      quality,
      ...keys.map((key) => {
        const value = row.indices?.find((one) => one.key === key)?.value;
        return make("td", { class: "number" }, number(value ?? null));
      }),
    );
  }
}
