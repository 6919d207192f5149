/** What is said above and beside the signals: where the review stands, lengths, stages, notes. */

/** @import {About, Recording, Review, StageKey, State, Tally} from "./types.js" */
import { byId, make, pressable, say } from "./dom.js";
import { moment, percent, times } from "./format.js";
import { SPANS_S } from "./state.js";

const STANDINGS = new Map([
  ["automatic", "Not reviewed"],
  ["draft", "Draft"],
  ["reviewed", "Signed"],
]);

/**
 * @param {State} state
 * @param {boolean} readonly
 * @param {About} about
 */
export function showStanding({ review, adjudication }, readonly, { blind, others }) {
  const standing = byId("standing");
  const who = review.signed_by ? ` by ${review.signed_by}, ${moment(review.signed_at)}` : "";
  const again = review.revision > 1 ? `, revision ${review.revision}` : "";
  say(standing, `${STANDINGS.get(review.state) ?? review.state}${who}${again}`);
  standing.className = `pill ${review.state}`;
  standing.title = Object.entries(review.counts)
    .map(([name, count]) => `${name.replaceAll("_", " ")}: ${count}`)
    .join("\n");
  const writes = !review.locked && !readonly;
  const signed = review.locked && !readonly;
  const shown = new Map([
    ["standing", true],
    ["saved", true],
    ["progress-part", true],
    ["undo", writes],
    ["redo", writes],
    ["sign", writes],
    ["reopen", signed],
    ["export", signed],
    ["blind", blind],
    ["between", adjudication !== null],
  ]);
  for (const [id, on] of shown) byId(id).hidden = !on;
  /** @type {HTMLButtonElement} */ (byId("accept")).disabled = !writes;
  showBack("undo", "Undo", "Ctrl Z", review.can_undo, review.undo_text);
  showBack("redo", "Redo", "Ctrl Y", review.can_redo, review.redo_text);
  say(byId("between"), `Between ${others.join(" and ")}`);
  showProgress(review, adjudication);
}

/**
 * How much of the night was accepted, or of the differences decided.
 * @param {Review} review
 * @param {Tally|null} tally
 */
function showProgress(review, tally) {
  const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
  const share = tally ? 1 - tally.undecided / Math.max(1, tally.differences) : review.accepted_share;
  const what = tally ? "differences that are decided" : "night that was accepted";
  progress.setAttribute("aria-label", `Share of the ${what}`);
  progress.value = share;
  const accepted = `${percent(share)} accepted`;
  say(byId("progress-text"), tally ? `${tally.undecided} of ${tally.differences} undecided` : accepted);
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} key
 * @param {boolean} can
 * @param {string} what would be taken back or done again
 */
function showBack(id, name, key, can, what) {
  const back = /** @type {HTMLButtonElement} */ (byId(id));
  back.disabled = !can;
  back.title = what ? `${name}: ${what} (${key})` : `${name} (${key})`;
}

/**
 * @param {number} waiting edits that are not on the disk yet
 * @param {number} count of edits
 */
export function showSaved(waiting, count) {
  const place = byId("saved");
  say(place, waiting ? `saving ${waiting} ...` : `${times(count, "edit")}, all saved`);
  place.classList.toggle("busy", waiting > 0);
}

/**
 * The lengths a page may have.
 * @param {number} spanS
 * @param {(spanS: number) => void} choose
 */
export function showSpans(spanS, choose) {
  const options = SPANS_S.map((span) => {
    const name = `${span} seconds`;
    return { value: span, text: `${span}`, name, title: name };
  });
  pressable(byId("spans"), options, spanS, choose);
}

/**
 * The stages an epoch may have; unscored comes last.
 * @param {readonly StageKey[]} stages
 * @param {number} epoch
 * @param {number} value its stage
 * @param {(value: number) => void} choose
 * @param {boolean} disabled
 */
export function showStages(stages, epoch, value, choose, disabled) {
  const keys = stages.filter((one) => one.value >= 0);
  const last = stages.filter((one) => one.value < 0);
  const options = [...keys, ...last].map((one) => ({
    value: one.value,
    text: one.value < 0 ? "\u2013" : one.name,
    name: `epoch ${epoch + 1} is ${one.name}`,
    title: `${one.name} (${one.key.toUpperCase()})`,
  }));
  pressable(byId("stages"), options, value, choose, disabled);
}

/**
 * What was tolerated, and what could not be scored.
 * @param {Recording} recording
 */
export function showNotes({ findings, not_scored: missing }) {
  const list = findings.map((one) =>
    make("li", {}, `${one.severity}: ${one.message}`, make("small", {}, ` ${one.where}`)),
  );
  byId("findings-list").replaceChildren(...(list.length ? list : [make("li", {}, "None.")]));
  const others = missing.map((one) => make("li", {}, make("b", {}, one.what), `: ${one.reason}`));
  byId("not-scored-list").replaceChildren(...(others.length ? others : [make("li", {}, "None.")]));
}
