/** Draws the whole night: hypnogram, movements of both legs, events, what was accepted. */

/** @import {Hypnogram, Marked, Page, Recording} from "./types.js" */
import { COLOURS, FONT } from "./colours.js";
import { prepared } from "./draw.js";
import { clock, secondsOfDay } from "./format.js";
import { ticks, xOf } from "./layout.js";

/**
 * @typedef {{width: number, height: number, ratio: number, recording: Recording,
 *   hypnogram: Hypnogram|null, events: Marked[], accepted_s: number[][], page: Page,
 *   lights_s: (number|null)[]}} Night
 */

/** Rows from the top, with their names. */
const STAGES_TOP = 3;
const STAGES_H = 44;
const RASTERS = ["Left", "Right", "Events"];
const RASTER_H = 9;
const SIDES = ["left", "right"];
const ROW_OF = new Map([[0, 0], [4, 1], [1, 2], [2, 3], [3, 4]]);
export const STRIP_H = STAGES_TOP + STAGES_H + 6 + RASTERS.length * (RASTER_H + 1) + 4 + 14;
export const STRIP_NAMES = [
  ...["W", "R", "N1", "N2", "N3"].map((name, k) => ({ name, y: stageY(k) })),
  ...RASTERS.map((name, k) => ({ name, y: rasterY(k) + RASTER_H / 2 })),
];

/** @param {number} row */
function stageY(row) {
  return STAGES_TOP + 4 + (row * (STAGES_H - 8)) / 4;
}

/** @param {number} row */
function rasterY(row) {
  return STAGES_TOP + STAGES_H + 6 + row * (RASTER_H + 1);
}

/**
 * Draws all but the page at hand.
 * @param {HTMLCanvasElement} canvas
 * @param {Night} night
 */
export function drawNight(canvas, night) {
  const context = prepared(canvas, night.width, night.height, night.ratio);
  const whole = { start_s: 0, span_s: night.recording.duration_s };
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, night.width, night.height);
  drawHours(context, night, whole);
  drawAccepted(context, night, whole);
  drawHypnogram(context, night, whole);
  drawRaster(context, night, whole);
  drawLights(context, night, whole);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Night} night
 * @param {Page} whole
 */
function drawHours(context, night, whole) {
  const start = secondsOfDay(night.recording.start_clock) ?? 0;
  const marks = ticks(whole, night.width, start, 60);
  context.font = FONT;
  context.textBaseline = "middle";
  for (const at of marks.at) {
    const x = Math.round(xOf(whole, night.width, at));
    context.fillStyle = COLOURS.grid;
    context.fillRect(x, 0, 1, night.height - 12);
    context.fillStyle = COLOURS.quiet;
    context.textAlign = x < 16 ? "left" : x > night.width - 16 ? "right" : "center";
    const time = clock(night.recording.start_clock, at);
    context.fillText(marks.step < 60 ? time : time.slice(0, -3), x, night.height - 6);
  }
  context.textAlign = "left";
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Night} night
 * @param {Page} whole
 */
function drawAccepted(context, night, whole) {
  const y = rasterY(RASTERS.length) + 1;
  context.fillStyle = COLOURS.separator;
  context.fillRect(0, y, night.width, 3);
  context.fillStyle = COLOURS.accepted;
  for (const [from = 0, to = 0] of night.accepted_s) {
    const left = xOf(whole, night.width, from);
    context.fillRect(left, y, Math.max(1, xOf(whole, night.width, to) - left), 3);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Night} night
 * @param {Page} whole
 */
function drawHypnogram(context, night, whole) {
  const { hypnogram } = night;
  if (!hypnogram) {
    context.fillStyle = COLOURS.quiet;
    context.textAlign = "center";
    context.fillText("no stages", night.width / 2, STAGES_TOP + STAGES_H / 2);
    context.textAlign = "left";
    return;
  }
  let last = -1;
  hypnogram.stages.forEach((stage, epoch) => {
    const row = ROW_OF.get(stage);
    const from = hypnogram.start_s + epoch * hypnogram.epoch_s;
    const left = xOf(whole, night.width, from);
    const wide = Math.max(1, xOf(whole, night.width, from + hypnogram.epoch_s) - left);
    if (row === undefined) {
      last = -1;
      return;
    }
    const y = stageY(row);
    context.fillStyle = COLOURS.hypnogram;
    if (last >= 0 && last !== row) {
      const other = stageY(last);
      context.fillRect(left - 0.5, Math.min(y, other), 1, Math.abs(y - other));
    }
    context.fillStyle = stage === 4 ? COLOURS.rem : COLOURS.hypnogram;
    const thick = stage === 4 ? 4 : 2;
    context.fillRect(left, y - thick / 2, wide + 0.5, thick);
    last = row;
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Night} night
 * @param {Page} whole
 */
function drawRaster(context, night, whole) {
  RASTERS.forEach((_, k) => {
    context.fillStyle = COLOURS.gridFine;
    context.fillRect(0, rasterY(k), night.width, RASTER_H);
  });
  for (const one of night.events) {
    if (one.group === "mark" || one.rejected) continue;
    const left = xOf(whole, night.width, one.start_s);
    const wide = Math.max(1, xOf(whole, night.width, one.stop_s) - left);
    if (one.group !== "leg") {
      context.fillStyle = COLOURS.group[one.group]?.line ?? COLOURS.quiet;
      context.fillRect(left, rasterY(2) + 1, wide, RASTER_H - 2);
      continue;
    }
    // A periodic movement fills its row, another one the lower half: not told by colour alone.
    const tall = one.plm ? RASTER_H : RASTER_H / 2;
    for (const own of SIDES.filter((side) => one.kind === "LM" || one.kind === `LM:${side}`)) {
      const look = COLOURS.side[own];
      context.fillStyle = one.plm ? look?.line ?? "" : `rgba(${look?.fill}, 0.4)`;
      const row = rasterY(SIDES.indexOf(own));
      context.fillRect(left, row + RASTER_H - tall, wide, tall);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Night} night
 * @param {Page} whole
 */
function drawLights(context, night, whole) {
  const [off, on] = night.lights_s;
  context.fillStyle = "rgba(85, 99, 111, 0.14)";
  const tall = night.height - 13;
  if (off) context.fillRect(0, 0, xOf(whole, night.width, off), tall);
  if (on) {
    const left = xOf(whole, night.width, on);
    context.fillRect(left, 0, night.width - left, tall);
  }
}

/**
 * Draws the page at hand over the night.
 * @param {HTMLCanvasElement} canvas
 * @param {Night} night
 */
export function drawPlace(canvas, night) {
  const context = prepared(canvas, night.width, night.height, night.ratio);
  const whole = { start_s: 0, span_s: night.recording.duration_s };
  const left = xOf(whole, night.width, night.page.start_s);
  const wide = Math.max(3, xOf(whole, night.width, night.page.start_s + night.page.span_s) - left);
  const tall = night.height - 13;
  context.fillStyle = "rgba(11, 87, 208, 0.16)";
  context.fillRect(left, 0, wide, tall);
  context.strokeStyle = COLOURS.focus;
  context.lineWidth = 1.5;
  context.strokeRect(left, 0.75, wide, tall - 1);
  context.fillStyle = COLOURS.focus;
  context.beginPath();
  context.moveTo(left + wide / 2 - 4, 0);
  context.lineTo(left + wide / 2 + 4, 0);
  context.lineTo(left + wide / 2, 6);
  context.fill();
}
