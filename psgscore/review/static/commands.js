/** Every command of the page by its name: what keys and buttons call. */

/** @import {Review} from "./review.js" */
import { showChannels } from "./channels.js";
import * as dialogs from "./dialogs.js";
import { byId } from "./dom.js";

/** Buttons that do what a command does: id of the button, name of the command. */
export const BUTTONS = /** @type {const} */ ([
  ["undo", "undo"],
  ["redo", "redo"],
  ["page-previous", "page-previous"],
  ["page-next", "page-next"],
  ["place", "go"],
  ["accept", "accept"],
  ["stop-previous", "stop-previous"],
  ["stop-next", "stop-next"],
  ["filter", "filter"],
  ["invert", "invert"],
  ["gain-down", "gain-down"],
  ["gain-up", "gain-up"],
  ["channels-open", "channels"],
  ["help-open", "help"],
  ["act-reject", "reject"],
  ["act-reject-why", "reject-why"],
  ["act-remove", "remove"],
  ["act-side", "side"],
  ["act-kind", "kind"],
  ["mark-open", "mark"],
  ["take", "take"],
  ["take-second", "take-second"],
  ["dismiss", "dismiss"],
  ["sign", "sign"],
  ["reopen", "reopen"],
  ["export", "export"],
]);

/**
 * @param {Review} review
 * @param {string} name
 * @param {number} at when it was asked for
 */
export function command(review, name, at) {
  const [head, rest] = name.split(":");
  if (head === "stage") review.editor.stage(Number(rest));
  else commands(review, at)[name]?.();
}

/**
 * @param {Review} review
 * @param {number} at
 * @returns {Record<string, () => void>}
 */
function commands(review, at) {
  const { decisions, editor, sheet, signing, steps } = review;
  return {
    "page-next": () => review.place.turn(1, at),
    "page-previous": () => review.place.turn(-1, at),
    "page-bit-next": () => review.place.turn(0.25, at),
    "page-bit-previous": () => review.place.turn(-0.25, at),
    "night-start": () => review.place.goTo(0),
    "night-end": () => review.place.goTo(review.recording.duration_s - 1e-3),
    go: () => void askTime(review),
    "span-next": () => review.place.stepSpan(1),
    "span-previous": () => review.place.stepSpan(-1),
    "stop-next": () => steps.step(1, at),
    "stop-previous": () => steps.step(-1, at),
    "only-uncertain": () => steps.switchMode("uncertain"),
    "only-disagreements": () => steps.switchMode("disagreements"),
    accept: () => editor.accept(),
    remove: () => editor.remove(),
    reject: () => editor.reject(),
    "reject-why": () => void editor.rejectWhy(),
    side: () => editor.changeSide(),
    kind: () => void editor.changeKind(),
    take: () => decisions.take(0),
    "take-second": () => decisions.take(1),
    dismiss: () => void decisions.dismiss(),
    mark: () => void editor.mark(),
    "begin-earlier": () => editor.nudge("start_s", -1),
    "begin-later": () => editor.nudge("start_s", 1),
    "end-earlier": () => editor.nudge("stop_s", -1),
    "end-later": () => editor.nudge("stop_s", 1),
    undo: () => editor.back("undo"),
    redo: () => editor.back("redo"),
    "gain-up": () => sheet.larger(review.channel, 1),
    "gain-down": () => sheet.larger(review.channel, -1),
    filter: () => switchFilter(review),
    invert: () => invert(review),
    channels: () => showChannels(review),
    "montage-next": () => setMontage(review, sheet.arrangement.montageBeside(1)),
    "montage-previous": () => setMontage(review, sheet.arrangement.montageBeside(-1)),
    sign: () => void signing.sign(),
    reopen: () => void signing.reopen(),
    export: () => void signing.exportAgain(),
    escape: () => {
      review.voice.quiet();
      review.escape();
    },
  };
}

/** @param {Review} review */
async function askTime(review) {
  const found = await dialogs.askTime(review.recording, review.place.page.start_s);
  if (found !== null) review.place.goTo(found);
}

/** @param {Review} review */
function switchFilter({ sheet }) {
  sheet.switchFilter();
  byId("filter").setAttribute("aria-pressed", String(sheet.filter === "default"));
}

/** @param {Review} review */
function invert({ sheet }) {
  sheet.invertAll();
  byId("invert").setAttribute("aria-pressed", String(sheet.arrangement.inverted.size > 0));
}

/**
 * @param {Review} review
 * @param {string} name of the montage
 */
export function setMontage(review, name) {
  const { arrangement } = review.sheet;
  review.sheet.setMontage(name);
  /** @type {HTMLSelectElement} */ (byId("montage")).value = arrangement.name;
  // The gain keys are for a channel that is seen.
  if (review.channel && !arrangement.shows(review.channel)) review.chooseChannel(review.channel);
  review.tell(arrangement.montages.find((one) => one.name === name)?.title ?? "");
}
