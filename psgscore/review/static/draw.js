/** Draws the signals of a page: the extremes of every column of device pixels. */

/** @import {Channel, Layout, Level, Page, Recording, Tile} from "./types.js" */
import { COLOURS, FONT } from "./colours.js";
import { clock, secondsOfDay } from "./format.js";
import { PX_PER_MM, ticks, xOf } from "./layout.js";
import { restAt } from "./state.js";

/**
 * @typedef {{recording: Recording, channels: Channel[], layout: Layout, page: Page,
 *   tile: Tile|null, levels: Level[], gains: Map<string, number>, inverted: Set<string>,
 *   filter: string, ratio: number}} Scene
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in CSS pixels
 * @param {number} height
 * @param {number} ratio device pixels per CSS pixel
 * @returns {CanvasRenderingContext2D}
 */
export function prepared(canvas, width, height, ratio) {
  const w = Math.round(width * ratio);
  const h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { alpha: canvas.dataset["alpha"] !== "no" })
  );
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  return context;
}

/**
 * The value in the middle of a track: 0 where a filter took slow changes out, else the middle of
 * the page.
 * @param {Channel} channel
 * @param {string} filter
 * @param {Tile|null} tile
 * @param {number} row of the tile
 */
export function middleOf(channel, filter, tile, row) {
  if (filter !== "off" && channel.filter.high_pass_hz !== null) return 0;
  const min = tile?.min[row];
  const max = tile?.max[row];
  if (!min || !max) return 0;
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < min.length; k += 1) {
    const one = min[k] ?? NaN;
    const other = max[k] ?? NaN;
    if (one < low) low = one;
    if (other > high) high = other;
  }
  return low <= high ? (low + high) / 2 : 0;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 */
export function drawSignals(canvas, scene) {
  const { layout, ratio } = scene;
  const context = prepared(canvas, layout.width, layout.height, ratio);
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, layout.width, layout.height);
  drawGrid(context, scene);
  drawOutside(context, scene);
  scene.channels.forEach((channel, row) => {
    const track = layout.tracks[row];
    if (!track) return;
    const gain = scene.gains.get(channel.id) ?? 1;
    const scale = (PX_PER_MM / gain) * (scene.inverted.has(channel.id) ? -1 : 1);
    const centre = track.y + (track.h + track.flag) / 2;
    const middle = middleOf(channel, scene.filter, scene.tile, row);
    context.fillStyle = COLOURS.separator;
    context.fillRect(0, track.y + track.h - 1, layout.width, 1);
    if (scene.tile) drawTrack(context, scene, row, { centre, scale, middle });
    if (channel.role.startsWith("leg") && scene.filter !== "off") {
      drawLegLines(context, scene, channel.id, centre, scale);
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawGrid(context, scene) {
  const { layout, page, recording } = scene;
  const start = secondsOfDay(recording.start_clock) ?? 0;
  const fine = ticks(page, layout.width, start, 9);
  const coarse = ticks(page, layout.width, start, 84);
  const top = layout.stage.y;
  context.fillStyle = COLOURS.gridFine;
  for (const at of fine.at) {
    context.fillRect(Math.round(xOf(page, layout.width, at)), top, 1, layout.height);
  }
  context.fillStyle = COLOURS.grid;
  for (const at of coarse.at) {
    context.fillRect(Math.round(xOf(page, layout.width, at)), top - 5, 1, layout.height);
  }
  context.fillStyle = COLOURS.quiet;
  context.textBaseline = "middle";
  for (const at of coarse.at) {
    // Beside the edge, where the frame of the focus is.
    const x = Math.min(Math.max(4, xOf(page, layout.width, at)), layout.width - 4);
    context.textAlign = x < 26 ? "left" : x > layout.width - 26 ? "right" : "center";
    context.fillText(clock(recording.start_clock, at), x, layout.axis.y + 8);
  }
  context.textAlign = "left";
}

/**
 * Shades what is no part of the recording, and its gaps.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawOutside(context, scene) {
  const { layout, page, recording } = scene;
  const after = [recording.duration_s, Infinity];
  for (const [from = 0, to = 0] of [...recording.gaps, ...recording.unreadable, after]) {
    const left = Math.max(0, xOf(page, layout.width, from));
    const right = Math.min(layout.width, xOf(page, layout.width, to));
    if (right <= left) continue;
    context.fillStyle = COLOURS.outside;
    context.fillRect(left, layout.stage.y, right - left, layout.height);
    if (right - left > 80) {
      context.fillStyle = COLOURS.quiet;
      const text = from === after[0] ? "end of the recording" : "no signal";
      context.fillText(text, left + 8, layout.height - 12);
    }
  }
}

/**
 * The resting level as a band, and the thresholds of onset and end over it.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {string} id
 * @param {number} centre
 * @param {number} scale
 */
function drawLegLines(context, scene, id, centre, scale) {
  const level = scene.levels.find((one) => one.channel === id);
  const track = scene.layout.tracks.find((one) => one.id === id);
  if (!level || !track) return;
  const { page, layout, recording } = scene;
  const tall = Math.abs(scale);
  const lines = [
    { rise: 0, colour: COLOURS.rest, dash: [] },
    { rise: recording.leg_lines.offset_rise_uv, colour: COLOURS.offset, dash: [2, 3] },
    { rise: recording.leg_lines.onset_rise_uv, colour: COLOURS.onset, dash: [6, 4] },
  ];
  context.save();
  context.beginPath();
  context.rect(0, track.y + track.flag, layout.width, track.h - track.flag);
  context.clip();
  context.lineWidth = 1;
  for (const { rise, colour, dash } of lines) {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    for (const sign of [-1, 1]) {
      context.beginPath();
      let pen = false;
      for (let x = 0; x <= layout.width; x += 8) {
        const rest = restAt(level.pieces, page.start_s + (x / layout.width) * page.span_s);
        if (rest === null) {
          pen = false;
          continue;
        }
        const y = centre + sign * (rest + rise) * tall;
        if (pen) context.lineTo(x, y);
        else context.moveTo(x, y);
        pen = true;
      }
      context.stroke();
    }
  }
  drawLineNames(context, lines, { level, page, layout, centre, tall });
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{rise: number, colour: string}[]} lines
 * @param {{level: Level, page: Page, layout: Layout, centre: number, tall: number}} place
 */
function drawLineNames(context, lines, { level, page, layout, centre, tall }) {
  const rest = restAt(level.pieces, page.start_s + page.span_s * 0.995);
  if (rest === null) return;
  context.textAlign = "right";
  let last = Infinity;
  // The highest first: where there is room for one name only, it is that of the onset.
  for (const { rise, colour } of lines.toReversed()) {
    const y = centre - (rest + rise) * tall;
    if (rise === 0 || Math.abs(last - y) < 12) continue;
    last = y;
    const text = `+${rise} \u00b5V`;
    const wide = context.measureText(text).width;
    context.fillStyle = COLOURS.paperVeil;
    context.fillRect(layout.width - wide - 6, y - 6, wide + 4, 11);
    context.fillStyle = colour;
    context.fillText(text, layout.width - 4, y);
  }
  context.textAlign = "left";
}

/**
 * One stroke per column of device pixels, from its smallest to its largest value. Columns are
 * whole pixels, so they stay sharp; ends are not, so slow slopes stay smooth.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {number} row
 * @param {{centre: number, scale: number, middle: number}} place
 */
function drawTrack(context, scene, row, { centre, scale, middle }) {
  const { layout, ratio, tile, channels } = scene;
  const track = layout.tracks[row];
  const min = tile?.min[row];
  const max = tile?.max[row];
  if (!min || !max || !track) return;
  const line = Math.max(1, 1.15 * ratio);
  const up = scale * ratio;
  const zero = centre * ratio + middle * up;
  // A burst of a leg ends at its row, that no other is covered; the rest may reach over a little.
  const spill = channels[row]?.group === "leg" ? 0 : 0.3;
  const top = (track.y + track.flag - track.h * spill) * ratio;
  const bottom = (track.y + track.h * (1 + spill) - 1) * ratio;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = COLOURS.signal[channels[row]?.group ?? ""] ?? COLOURS.ink;
  for (let x = 0; x < min.length; x += 1) {
    const one = zero - (max[x] ?? NaN) * up;
    const other = zero - (min[x] ?? NaN) * up;
    if (one !== one || other !== other) continue;
    // What goes beyond the row runs along its edge: it must not look like no signal.
    const from = Math.min(bottom - line, Math.max(top, Math.min(one, other) - line / 2));
    const to = Math.max(top + line, Math.min(bottom, Math.max(one, other) + line / 2));
    context.fillRect(x, from, 1, to - from);
  }
  context.restore();
}
