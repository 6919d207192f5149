/** Which channels are drawn, in which order, how large, and which way up. */

/** @import {Channel, Montage, Recording, Tile} from "./types.js" */
import { PX_PER_MM, gainFor, nextGain } from "./layout.js";

const GROUPS = ["leg", "EEG", "EOG", "chin", "ECG", "respiration", "SpO2", "other"];

/**
 * What one montage offers, from top to bottom, and what of that is drawn.
 * @typedef {{order: Channel[], on: Set<string>}} Rows
 */

/** The channels of one recording as a person arranged them, montage by montage. */
export class Arrangement {
  /** @param {Pick<Recording, "channels"|"montages">} recording */
  constructor({ channels, montages }) {
    this.known = new Map(channels.map((one) => [one.id, one]));
    this.montages = montages;
    this.name = montages[0]?.name ?? "";
    /** Derivations of a person's own. @type {Channel[]} */
    this.own = [];
    /** Montages that were seen, as they were left. @type {Map<string, Rows>} */
    this.seen = new Map();
    this.rows = this.rowsOf(this.name);
    /** @type {Map<string, number>} */
    this.gains = new Map();
    /** @type {Set<string>} */
    this.inverted = new Set();
  }

  /** Every channel there is, whatever the montage. */
  get all() {
    return [...this.known.values(), ...this.own];
  }

  /** Everything that can be drawn in this montage, in its order. */
  get channels() {
    return this.rows.order;
  }

  /** @returns {Channel[]} */
  shown() {
    return this.rows.order.filter((one) => this.rows.on.has(one.id));
  }

  /**
   * @param {string} id
   * @returns {boolean}
   */
  shows(id) {
    return this.rows.on.has(id);
  }

  /** @param {string} name */
  setMontage(name) {
    if (!this.montages.some((one) => one.name === name)) return;
    this.name = name;
    this.rows = this.rowsOf(name);
  }

  /**
   * @param {1|-1} step
   * @returns {string} the name of the montage that many further on, round and round
   */
  montageBeside(step) {
    const { length } = this.montages;
    const at = this.montages.findIndex((one) => one.name === this.name);
    return this.montages[(at + step + length) % length]?.name ?? this.name;
  }

  /**
   * @param {string} name of a montage
   * @returns {Rows}
   */
  rowsOf(name) {
    let rows = this.seen.get(name);
    if (!rows) {
      const wanted = this.montages.find((one) => one.name === name)?.channels ?? [];
      const drawn = wanted.flatMap((id) => this.known.get(id) ?? []);
      rows = { order: [...drawn], on: new Set() };
      for (const one of drawn) if (one.usable) rows.on.add(one.id);
      // What other montages derive is theirs; everything else can be added to this one.
      for (const one of this.known.values()) if (one.shown || !one.derived) place(rows.order, one);
      for (const one of this.own) place(rows.order, one);
      this.seen.set(name, rows);
    }
    return rows;
  }

  /**
   * Draws a channel that a person put together, in this montage; others offer it.
   * @param {Channel} channel
   */
  add(channel) {
    if (!this.known.has(channel.id) && !this.own.some((one) => one.id === channel.id)) {
      this.own.push(channel);
      for (const { order } of this.seen.values()) place(order, channel);
    }
    this.show(channel.id, true);
  }

  /**
   * Gives channels that have none yet the gain of those of their kind, so that montages can be
   * compared, or the one at which their range fills their track.
   * @param {readonly {id: string, h: number, flag: number}[]} tracks
   * @param {Tile|null} tile
   */
  fit(tracks, tile) {
    this.shown().forEach((channel, row) => {
      if (this.gains.has(channel.id)) return;
      const like = this.all.find((one) => isLike(one, channel) && this.gains.has(one.id));
      const same = like && this.gains.get(like.id);
      if (same) {
        this.gains.set(channel.id, same);
        return;
      }
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
    if (on) this.rows.on.add(id);
    else if (this.rows.on.size > 1) this.rows.on.delete(id);
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
    const { order } = this.rows;
    const at = order.findIndex((one) => one.id === id);
    const other = at + step;
    const [here, there] = [order[at], order[other]];
    if (!here || !there) return;
    order[at] = there;
    order[other] = here;
  }
}

/**
 * Puts a channel below the last one of its group, or where its group belongs.
 * @param {Channel[]} order
 * @param {Channel} channel
 */
function place(order, channel) {
  if (order.some((one) => one.id === channel.id)) return;
  const rank = GROUPS.indexOf(channel.group);
  const above = order.findLastIndex((one) => GROUPS.indexOf(one.group) <= rank);
  order.splice(above + 1, 0, channel);
}

/**
 * Whether two channels hold the same kind of signal.
 * @param {Channel} one
 * @param {Channel} other
 */
const isLike = (one, other) =>
  one.group === other.group && one.unit === other.unit && one.range !== null &&
  one.range === other.range;

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
