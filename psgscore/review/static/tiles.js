/** Keeps pages of signals that were shown, and asks for those that come next. */

/** @import {Page, Tile} from "./types.js" */
/** @import {RecordingApi} from "./api.js" */

const MOST_KEPT = 40;

/**
 * What a page of signals depends on.
 * @param {string[]} channels
 * @param {Page} page
 * @param {number} px
 * @param {string} filter
 */
export function keyOf(channels, page, px, filter) {
  return `${page.start_s.toFixed(3)}|${page.span_s}|${px}|${filter}|${channels.join(",")}`;
}

/** The pages at hand, those used last at the end. */
export class Tiles {
  /** @param {RecordingApi} api */
  constructor(api) {
    this.api = api;
    /** @type {Map<string, Tile>} */
    this.kept = new Map();
    /** @type {Map<string, Promise<Tile>>} */
    this.asked = new Map();
  }

  /**
   * @param {string} key
   * @returns {Tile|undefined}
   */
  at(key) {
    const tile = this.kept.get(key);
    if (tile) {
      this.kept.delete(key);
      this.kept.set(key, tile);
    }
    return tile;
  }

  /**
   * @param {string[]} channels
   * @param {Page} page
   * @param {number} px
   * @param {string} filter
   * @returns {Promise<Tile>}
   */
  async ask(channels, page, px, filter) {
    const key = keyOf(channels, page, px, filter);
    const kept = this.at(key);
    if (kept) return kept;
    let asked = this.asked.get(key);
    if (!asked) {
      asked = this.api.tile(channels, page, px, filter).finally(() => this.asked.delete(key));
      this.asked.set(key, asked);
    }
    const tile = await asked;
    this.kept.set(key, tile);
    while (this.kept.size > MOST_KEPT) {
      this.kept.delete(/** @type {string} */ (this.kept.keys().next().value));
    }
    return tile;
  }
}
