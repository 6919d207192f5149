/** The dialog of channels: what is drawn, in which order, how large; and what is put together. */

/** @import {Review} from "./review.js" */
/** @import {Channel} from "./types.js" */
import { button, byId, choices, make, say, select } from "./dom.js";
import { gainText, short } from "./format.js";

/** @param {Review} review */
export function showChannels(review) {
  const { electrodes } = review.recording;
  const options = electrodes.map(({ id, label, rate_hz: rate }) => ({
    value: id, text: `${label} (${short(rate)} Hz)`,
  }));
  const form = /** @type {HTMLFormElement} */ (byId("own"));
  form.hidden = !options.length;
  choices(select("own-plus"), options, options[0]?.value ?? "");
  choices(select("own-minus"), [{ value: "", text: "nothing" }, ...options], "");
  say(byId("own-problem"), "");
  form.onsubmit = (event) => {
    event.preventDefault();
    void add(review);
  };
  fill(review);
  /** @type {HTMLDialogElement} */ (byId("channels")).showModal();
}

/**
 * Draws what the two lists say; why not, if that cannot be.
 * @param {Review} review
 */
async function add(review) {
  let problem = "";
  try {
    const found = await review.api.derivation(select("own-plus").value, select("own-minus").value);
    review.sheet.arrangement.add(found);
    changed(review);
    row(found.id)?.scrollIntoView({ block: "nearest" });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  say(byId("own-problem"), problem);
}

/** @param {Review} review */
function changed(review) {
  const { arrangement, plot } = review.sheet;
  review.sheet.draw();
  // Its signals may still be on their way; its gain need not be.
  arrangement.fit(plot.layout.tracks, null);
  fill(review);
}

/**
 * @param {string} id of a channel
 * @returns {HTMLElement|undefined}
 */
function row(id) {
  const rows = /** @type {HTMLElement[]} */ ([...byId("channels-body").children]);
  return rows.find((one) => one.dataset["channel"] === id);
}

/**
 * Writes the list anew; the focus stays on what it was on.
 * @param {Review} review
 */
function fill(review) {
  const active = document.activeElement;
  const name = active instanceof HTMLElement ? active.getAttribute("aria-label") : null;
  const within = active?.closest("tr")?.dataset["channel"];
  const { channels } = review.sheet.arrangement;
  byId("channels-body").replaceChildren(...channels.map((one) => rowOf(one, review)));
  if (!name || within === undefined) return;
  const again = [...(row(within)?.querySelectorAll("[aria-label]") ?? [])].find(
    (one) => one.getAttribute("aria-label") === name,
  );
  if (again instanceof HTMLElement) again.focus();
}

/**
 * @param {Channel} channel
 * @param {Review} review
 */
function rowOf(channel, review) {
  const { id, label } = channel;
  const { arrangement } = review.sheet;
  /** @param {() => void} change */
  const then = (change) => () => {
    change();
    changed(review);
  };
  /**
   * @param {string} name
   * @param {boolean} checked
   * @param {(on: boolean) => void} change
   */
  const box = (name, checked, change) => {
    const found = make("input", { type: "checkbox", "aria-label": `${name} ${label}` });
    found.checked = checked;
    found.addEventListener("change", then(() => change(found.checked)));
    return found;
  };
  /**
   * @param {string} text
   * @param {string} name
   * @param {() => void} change
   */
  const small = (text, name, change) =>
    button(text, then(change), { "aria-label": `${name} ${label}`, class: "small" });
  const on = box("show", arrangement.shows(id), (wanted) => arrangement.show(id, wanted));
  on.disabled = !channel.usable;
  const gain = arrangement.gains.get(id);
  const told = gain === undefined ? "-" : gainText(gain, channel.unit);
  const cells = [
    make("td", {}, on),
    make("th", { scope: "row", title: channel.made_of }, label),
    make("td", {}, channel.derived ? `${channel.group}, derived` : channel.group),
    make("td", {}, channel.usable ? channel.filter.text : channel.why_not),
    make(
      "td",
      {},
      make(
        "div",
        { class: "gain" },
        small("\u2212", "smaller", () => arrangement.larger(id, -1)),
        make("span", {}, told),
        small("+", "larger", () => arrangement.larger(id, 1)),
      ),
    ),
    make("td", {}, box("invert", arrangement.inverted.has(id), () => arrangement.invert(id))),
    make(
      "td",
      {},
      small("\u2191", "move up", () => arrangement.move(id, -1)),
      small("\u2193", "move down", () => arrangement.move(id, 1)),
    ),
  ];
  return make("tr", { "data-channel": id }, ...cells);
}
