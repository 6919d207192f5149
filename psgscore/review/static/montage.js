/** Which channels are drawn, in which order, how large, and which way up. */

/** @import {Channel, Tile} from "./types.js" */
import { PX_PER_MM, gainFor, nextGain } from "./layout.js";

/** The channels of one recording as a person arranged them. */
export class Arrangement {
  /** @param {readonly Channel[]} channels */
  constructor(channels) {
    this.channels = [...channels];
    this.on = new Set(channels.filter((one) => one.shown && one.usable).map((one) => one.id));
    /** @type {Map<string, number>} */
    this.gains = new Map();
    /** @type {Set<string>} */
    this.inverted = new Set();
  }

  /** @returns {Channel[]} */
  shown() {
    return this.channels.filter((one) => this.on.has(one.id));
  }

  /**
   * Gives channels that have none yet the gain at which their range fills their track.
   * @param {readonly {id: string, h: number, flag: number}[]} tracks
   * @param {Tile|null} tile
   */
  fit(tracks, tile) {
    this.shown().forEach((channel, row) => {
      if (this.gains.has(channel.id)) return;
      const track = tracks.find((one) => one.id === channel.id);
      const range = channel.range ?? (tile ? spread(tile, row) : null);
      if (track && range) this.gains.set(channel.id, gainFor(range, track.h - track.flag));
    });
  }

  /**
   * @param {string} id
   * @param {boolean} on
   */
  show(id, on) {
    if (on) this.on.add(id);
    else if (this.on.size > 1) this.on.delete(id);
  }

  /** @param {string} id */
  invert(id) {
    if (this.inverted.has(id)) this.inverted.delete(id);
    else this.inverted.add(id);
  }

  /** Everything upside down, or, if all that is shown is so, the right way up. */
  invertAll() {
    const all = this.shown().map((one) => one.id);
    const turned = all.every((id) => this.inverted.has(id));
    this.inverted = new Set(turned ? [] : all);
  }

  /**
   * @param {string} id "" for every channel that is shown
   * @param {1|-1} step
   */
  larger(id, step) {
    for (const one of id ? [id] : this.shown().map(({ id: each }) => each)) {
      const gain = this.gains.get(one);
      if (gain) this.gains.set(one, nextGain(gain, step));
    }
  }

  /**
   * @param {string} id
   * @param {1|-1} step
   */
  move(id, step) {
    const at = this.channels.findIndex((one) => one.id === id);
    const other = at + step;
    const [here, there] = [this.channels[at], this.channels[other]];
    if (!here || !there) return;
    this.channels[at] = there;
    this.channels[other] = here;
  }
}

/**
 * How far the signal of a page goes, for channels that do not say.
 * @param {Tile} tile
 * @param {number} row
 */
function spread(tile, row) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of tile.min[row] ?? []) if (value < low) low = value;
  for (const value of tile.max[row] ?? []) if (value > high) high = value;
  return high > low ? (high - low) * 1.2 : PX_PER_MM;
}
