/** Edits as the server takes them, made from what a person did. Pure. */

/** @import {Channel, Kind, Marked, Page, StageKey, Stop} from "./types.js" */

/** A press that moved less is a click. */
export const LEAST_DRAG_PX = 4;
/** Nothing shorter is an event. */
const LEAST_S = 0.05;
const NUDGE_S = 0.1;

/** @typedef {Record<string, unknown> & {type: string}} Edit */

/** @param {number} seconds */
const milli = (seconds) => Math.round(seconds * 1000) / 1000;

/**
 * The stretch between two times, in order, inside the recording.
 * @param {number} one
 * @param {number} other
 * @param {number} durationS
 * @returns {{start_s: number, stop_s: number}|null} null if it is too short for an event
 */
export function stretch(one, other, durationS) {
  const start = milli(Math.max(0, Math.min(one, other)));
  const stop = milli(Math.min(durationS, Math.max(one, other)));
  return stop - start >= LEAST_S ? { start_s: start, stop_s: stop } : null;
}

/**
 * The kind of a leg movement on a channel.
 * @param {string} role "leg:left", "leg:right", "leg"
 */
export function legKind(role) {
  const side = role.split(":")[1];
  return side === "left" || side === "right" ? `LM:${side}` : "LM";
}

/**
 * What may be marked in a row or on a channel.
 * @param {readonly Kind[]} kinds
 * @param {string} group
 * @param {Channel|undefined} channel
 * @returns {Kind[]}
 */
export function kindsFor(kinds, group, channel) {
  const those = kinds.filter((one) => one.group === group);
  if (group !== "leg" || !channel) return those;
  if (!channel.role.startsWith("leg")) return [];
  return those.filter((one) => one.kind === legKind(channel.role));
}

/**
 * @param {{start_s: number, stop_s: number}} where
 * @param {string} kind
 * @param {string} channel
 * @returns {Edit}
 */
export const adding = (where, kind, channel) => ({ type: "add", ...where, kind, channel });

/**
 * @param {Marked} event
 * @param {"start_s"|"stop_s"} edge
 * @param {number} timeS
 * @param {number} durationS
 * @returns {Edit|null}
 */
export function moving(event, edge, timeS, durationS) {
  const fixed = edge === "start_s" ? event.stop_s : event.start_s;
  const where = stretch(timeS, fixed, durationS);
  if (!where || (where.start_s === event.start_s && where.stop_s === event.stop_s)) return null;
  return { type: "move", id: event.id, ...where };
}

/**
 * One edge a little earlier or later; never past the other.
 * @param {Marked} event
 * @param {"start_s"|"stop_s"} edge
 * @param {1|-1} step
 * @param {number} durationS
 * @returns {Edit|null}
 */
export function nudging(event, edge, step, durationS) {
  const timeS = event[edge] + step * NUDGE_S;
  if (edge === "start_s" ? timeS >= event.stop_s : timeS <= event.start_s) return null;
  return moving(event, edge, timeS, durationS);
}

/**
 * @param {Marked} event
 * @param {string} reason "" for none
 * @returns {Edit}
 */
export const rejecting = (event, reason = "") =>
  event.rejected ? { type: "restore", id: event.id } : { type: "reject", id: event.id, reason };

/**
 * The same movement on the other leg.
 * @param {Marked} event
 * @param {readonly Channel[]} channels
 * @returns {Edit|null} null where there is no other leg
 */
export function changingSide(event, channels) {
  const side = event.kind === "LM:left" ? "right" : event.kind === "LM:right" ? "left" : "";
  const other = channels.find((one) => one.role === `leg:${side}` && one.usable);
  if (!side || !other) return null;
  return { type: "relabel", id: event.id, kind: `LM:${side}`, channel: other.id };
}

/**
 * Another kind for an event; a leg movement needs a leg.
 * @param {Marked} event
 * @param {string} kind
 * @param {readonly Channel[]} channels
 * @returns {Edit}
 */
export function relabelling(event, kind, channels) {
  return { type: "relabel", id: event.id, kind, channel: channelFor(kind, event, channels) };
}

/**
 * @param {string} kind
 * @param {{channel: string}} event
 * @param {readonly Channel[]} channels
 * @returns {string} "" for none
 */
export function channelFor(kind, event, channels) {
  if (!kind.startsWith("LM")) return "";
  const own = channels.find((one) => one.id === event.channel);
  if (own && own.role.startsWith("leg") && legKind(own.role) === kind) return own.id;
  return channels.find((one) => one.role.startsWith("leg") && legKind(one.role) === kind)?.id ?? "";
}

/**
 * @param {number} epoch
 * @param {number} stage
 * @returns {Edit}
 */
export const restaging = (epoch, stage) => ({
  type: "restage",
  first_epoch: epoch,
  stages: [stage],
});

/**
 * What another scorer has there; where only one of two has something, the first is that one.
 * @param {Stop} stop
 * @param {number} who
 * @param {readonly StageKey[]} stages
 * @param {readonly Channel[]} channels
 * @returns {Edit|null} null where there is nothing to take over
 */
export function takingOver(stop, who, stages, channels) {
  const claims = stop.claims ?? [];
  const claim = claims[who] ?? (who === 0 ? claims.find((one) => one !== null) : null);
  if (!claim) return null;
  const { kind, stage, start_s, stop_s } = claim;
  if (!kind) {
    const value = stages.find((one) => one.name === stage)?.value;
    return value === undefined || stop.epoch === null ? null : restaging(stop.epoch, value);
  }
  return adding({ start_s, stop_s }, kind, channelFor(kind, { channel: "" }, channels));
}

/**
 * Leaves an event that another scorer has as this review has it: not at all.
 * @param {Stop} stop
 * @returns {Edit|null} null where that decides nothing
 */
export function dismissing({ start_s, stop_s, kind, claims }) {
  if (!kind || !claims?.some((one) => one !== null)) return null;
  return { type: "dismiss", start_s, stop_s, kind };
}

/**
 * @param {Page} page
 * @param {number} durationS
 * @returns {Edit}
 */
export const accepting = (page, durationS) => ({
  type: "accept",
  start_s: milli(page.start_s),
  stop_s: milli(Math.min(durationS, page.start_s + page.span_s)),
});

/**
 * An entry of the journal in words.
 * @param {Record<string, unknown>} edit
 * @param {(seconds: number) => string} clock
 * @param {(id: string) => {kind: string, start_s: number}|undefined} event as it is now, if it is
 * @returns {string}
 */
export function words(edit, clock, event) {
  /** @param {string} key */
  const text = (key) => (typeof edit[key] === "string" ? String(edit[key]) : "");
  const type = text("type");
  if (type !== "restage") {
    const now = event(text("id"));
    const start = typeof edit["start_s"] === "number" ? edit["start_s"] : now?.start_s;
    const what = type === "relabel" ? `as ${text("kind")}` : text("kind") || (now?.kind ?? "");
    const at = start === undefined ? text("id") : `${type === "move" ? "to" : "at"} ${clock(start)}`;
    const signer = text("by") && `by ${text("by")}`;
    const said = [type, what, at, signer].filter(Boolean).join(" ");
    const why = text("reason");
    return why ? `${said}: ${why}` : said;
  }
  const stages = Array.isArray(edit["stages"]) ? edit["stages"] : [];
  const first = typeof edit["first_epoch"] === "number" ? edit["first_epoch"] : 0;
  const names = stages.slice(0, 5).map((one) => STAGE_NAMES[String(one)] ?? "?");
  return `stage of epoch ${first + 1}: ${names.join(" ")}${stages.length > 5 ? " ..." : ""}`;
}

/** @type {Readonly<Record<string, string>>} */
const STAGE_NAMES = { "-1": "unscored", 0: "W", 1: "N1", 2: "N2", 3: "N3", 4: "R" };
