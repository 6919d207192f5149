/** The column beside the signals: indices, why, what is on the page, the journal. */

/** @import {Entry, Index, Marked, Stop, Why} from "./types.js" */
import { button, byId, make, say } from "./dom.js";
import { words } from "./edit.js";
import { clock, moment, number } from "./format.js";

/**
 * The indices of one rule set and of sleep; what the last edit changed stands out.
 * @param {readonly Index[]} indices
 * @param {string} title of the rule set
 * @param {boolean} blind
 */
export function showIndices(indices, title, blind) {
  const rows = indices
    .filter((one) => !one.rules || one.rules === title)
    .map((one) => indexRow(one, blind));
  byId("indices-body").replaceChildren(...rows);
}

/**
 * @param {Index} index
 * @param {boolean} blind
 */
function indexRow(index, blind) {
  const now = number(index.now);
  const before = number(index.before);
  const changed = now !== before;
  const start = blind ? "-" : number(index.automatic);
  const value = make("td", { class: "value" });
  if (changed) {
    value.append(make("span", { class: "old" }, before), " \u2192 ", make("strong", {}, now));
  } else {
    value.append(now);
  }
  const name = make("th", { scope: "row" }, index.label, make("small", {}, ` ${index.unit}`));
  const row = make("tr", changed ? { class: "changed" } : {}, name, make("td", {}, start), value);
  if (index.count !== null && index.hours !== null) {
    row.title = `${index.count} in ${number(index.hours)} h`;
  }
  return row;
}

/**
 * @param {string} title of what is chosen, "" for nothing
 * @param {string} note of the stop at hand
 * @param {string} verdict what it counts as, in a line
 * @param {Why["lines"]} lines
 */
export function showWhy(title, note, verdict, lines) {
  say(byId("why-title"), title || "Nothing chosen");
  for (const [place, text] of /** @type {const} */ ([
    [byId("why-note"), note],
    [byId("why-verdict"), verdict],
  ])) {
    say(place, text);
    place.hidden = !text;
  }
  byId("why-empty").hidden = title !== "";
  byId("why-lines").replaceChildren(
    ...lines.flatMap(({ label, value, note: more }) => {
      const told = make("dd", {}, value);
      if (more) told.append(make("small", {}, more));
      return [make("dt", {}, label), told];
    }),
  );
}

/**
 * What an event is, in a line.
 * @param {Marked} one
 */
export function eventText(one) {
  const parts = [one.kind, `${(one.stop_s - one.start_s).toFixed(1)} s`];
  if (one.rejected) parts.push(`rejected`);
  else if (one.plm) parts.push(`PLM, series ${one.series}`);
  else if (one.excluded_by) parts.push(`not counted: ${one.excluded_by}`);
  else if (one.group === "leg") parts.push(one.counted ? "isolated" : "not counted");
  if (one.side === "bilateral") parts.push("both legs");
  if (one.changed) parts.push("edited");
  return parts.join(" \u00b7 ");
}

/**
 * @param {readonly Marked[]} events on the page
 * @param {string} chosen
 * @param {string} startClock
 * @param {(id: string) => void} choose
 */
export function showPageList(events, chosen, startClock, choose) {
  const list = byId("page-list");
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const heldId = held instanceof HTMLElement ? held.dataset["id"] : undefined;
  const items = events.map((one) => {
    const pressed = String(one.id === chosen);
    const label = button("", () => choose(one.id), { "aria-pressed": pressed, class: "row" });
    label.dataset["id"] = one.id;
    label.append(make("span", { class: "time" }, clock(startClock, one.start_s)), eventText(one));
    return make("li", {}, label);
  });
  list.replaceChildren(...items);
  byId("page-empty").hidden = events.length > 0;
  if (heldId === undefined) return;
  const again = [...list.querySelectorAll("button")].find((one) => one.dataset["id"] === heldId);
  again?.focus();
}

/**
 * @param {readonly Stop[]} stops those that are listed
 * @param {Stop|null} at
 * @param {string} startClock
 * @param {(stop: Stop) => void} go
 */
export function showStops(stops, at, startClock, go) {
  const items = stops.map((one) => {
    /** @type {Record<string, string>} */
    const here = one === at ? { "aria-current": "true", class: "row" } : { class: "row" };
    const label = button("", () => go(one), here);
    label.append(make("span", { class: "time" }, clock(startClock, one.start_s)), one.text);
    return make("li", {}, label);
  });
  const list = byId("stops-list");
  list.replaceChildren(...items);
  list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  byId("stops-empty").hidden = items.length > 0;
}

/**
 * @param {readonly Entry[]} entries those that are listed
 * @param {string} startClock
 * @param {(id: string) => {kind: string, start_s: number}|undefined} event
 */
export function showHistory(entries, startClock, event) {
  const items = entries.toReversed().map((one) => {
    const text = words(one.edit, (seconds) => clock(startClock, seconds), event);
    const who = `${moment(one.at)} ${one.by}`;
    return make("li", {}, `${one.n}. ${text}`, make("small", {}, `${who}${one.why ? `: ${one.why}` : ""}`));
  });
  byId("history-list").replaceChildren(...items);
  byId("history-empty").hidden = items.length > 0;
}

/** The rows of a long list that are shown, with buttons to those before and after. */
export class Rows {
  /**
   * @param {string} id of the buttons
   * @param {number} most rows at once
   * @param {() => void} changed
   */
  constructor(id, most, changed) {
    this.place = byId(id);
    this.most = most;
    this.from = 0;
    for (const [name, step] of /** @type {const} */ ([["before", -most], ["after", most]])) {
      const turn = /** @type {HTMLButtonElement} */ (this.place.querySelector(`.${name}`));
      turn.onclick = () => {
        this.from += step;
        changed();
      };
    }
  }

  /**
   * Comes to where a row is listed.
   * @param {number} row -1 for none
   */
  reach(row) {
    if (row >= 0) this.from = row - (row % this.most);
  }

  /**
   * @param {number} count of all rows
   * @returns {{from: number, to: number}} those that are shown
   */
  of(count) {
    if (this.from >= count || this.from < 0) this.from = 0;
    const { place, from } = this;
    const to = Math.min(count, from + this.most);
    place.hidden = count <= this.most;
    say(/** @type {HTMLElement} */ (place.querySelector(".shown")), `${from + 1} to ${to} of ${count}`);
    /** @type {HTMLButtonElement} */ (place.querySelector(".before")).disabled = from === 0;
    /** @type {HTMLButtonElement} */ (place.querySelector(".after")).disabled = to === count;
    return { from, to };
  }
}

/** Tabs: one of the parts is shown; arrow keys go from one to the next. */
export class Tabs {
  /** @param {(name: string) => void} shown */
  constructor(shown) {
    this.tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
    this.shown = shown;
    this.name = "why";
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.show(tab.dataset["tab"] ?? ""));
      tab.addEventListener("keydown", (event) => this.step(event));
    }
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.tabs.findIndex((one) => one.dataset["tab"] === this.name);
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    this.show(next?.dataset["tab"] ?? "why");
    next?.focus();
  }

  /** @param {string} name */
  show(name) {
    this.name = name;
    for (const tab of this.tabs) {
      const chosen = tab.dataset["tab"] === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls") ?? "").hidden = !chosen;
    }
    this.shown(name);
  }
}
