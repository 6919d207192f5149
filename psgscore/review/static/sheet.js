/** The signals of the page: asked for, drawn, and those of the pages beside it made ready. */

/** @import {RecordingApi} from "./api.js" */
/** @import {Marks} from "./marks.js" */
/** @import {Hands} from "./plot.js" */
/** @import {Channel, Level, Page, Recording} from "./types.js" */
import { byId } from "./dom.js";
import { Arrangement } from "./montage.js";
import { Plot } from "./plot.js";
import * as states from "./state.js";
import { Tiles, keyOf } from "./tiles.js";

const LOADING_SHOWN_MS = 200;
const LEVELS_AGAIN_MS = 1000;

/**
 * What a sheet shows, and whom it tells.
 * @typedef {{page: () => Page, recording: () => Recording, channel: () => string,
 *   marks: () => Omit<Marks, "layout"|"ratio"|"drag"|"moved"|"pointer_x">,
 *   drawn: () => void, failed: (text: string) => void}} View
 */

/** What is drawn of one recording, as a person arranged it. */
export class Sheet {
  /**
   * @param {View} view
   * @param {Hands} hands
   * @param {RecordingApi} api
   * @param {number} mostPx columns that the server gives
   */
  constructor(view, hands, api, mostPx) {
    this.view = view;
    this.api = api;
    this.tiles = new Tiles(api);
    this.plot = new Plot(hands, mostPx);
    this.arrangement = new Arrangement(view.recording());
    this.filter = "default";
    /** @type {Level[]} */
    this.levels = [];
    /** When a key asked for the page that is not drawn yet. @type {number|null} */
    this.askedAt = null;
    /** Where one goes: pages are made ready there first. */
    this.direction = 1;
    this.marksDue = false;
    this.closed = false;
    this.loading = 0;
  }

  close() {
    this.closed = true;
    this.plot.close();
  }

  /** Draws the resting levels as soon as the server has them. */
  async fetchLevels() {
    while (!this.closed) {
      const found = await this.api.levels().catch(() => null);
      if (found?.ready) {
        this.levels = found.levels;
        this.draw();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LEVELS_AGAIN_MS));
    }
  }

  switchFilter() {
    this.filter = this.filter === "default" ? "off" : "default";
    this.draw();
  }

  invertAll() {
    this.arrangement.invertAll();
    this.draw();
  }

  /** @param {string} name */
  setMontage(name) {
    this.arrangement.setMontage(name);
    this.draw();
  }

  /**
   * @param {string} id "" for every channel that is shown
   * @param {1|-1} step
   */
  larger(id, step) {
    this.arrangement.larger(id, step);
    this.draw();
  }

  /** @returns {{channels: Channel[], ids: string[], px: number, key: string, page: Page}} */
  wanted() {
    const channels = this.arrangement.shown();
    const ids = channels.map((one) => one.id);
    const px = this.plot.columns();
    const page = this.view.page();
    return { channels, ids, px, page, key: keyOf(ids, page, px, this.filter) };
  }

  /** Draws the page; its signals at once if they are at hand, else when they come. */
  draw() {
    if (this.closed) return;
    this.plot.arrange(this.arrangement.shown());
    const { ids, px, page, key } = this.wanted();
    const { filter } = this;
    clearTimeout(this.loading);
    if (this.tiles.at(key)) {
      this.drawSignals();
    } else {
      this.loading = setTimeout(() => {
        byId("loading").hidden = false;
        this.drawSignals();
      }, LOADING_SHOWN_MS);
      this.tiles.ask(ids, page, px, filter).then(
        () => {
          if (key !== this.wanted().key) return;
          clearTimeout(this.loading);
          this.drawSignals();
        },
        (error) => this.failed(error),
      );
    }
    this.label();
  }

  /** @param {unknown} error */
  failed(error) {
    clearTimeout(this.loading);
    byId("loading").hidden = true;
    this.view.failed(error instanceof Error ? error.message : String(error));
  }

  drawSignals() {
    const { arrangement } = this;
    const { channels, ids, px, page, key } = this.wanted();
    const tile = this.tiles.at(key) ?? null;
    arrangement.fit(this.plot.layout.tracks, tile);
    this.label();
    this.plot.drawSignals({
      recording: this.view.recording(),
      channels,
      page,
      tile,
      levels: this.levels,
      gains: arrangement.gains,
      inverted: arrangement.inverted,
      filter: this.filter,
    });
    this.drawMarks();
    if (!tile) return;
    byId("loading").hidden = true;
    this.measure();
    setTimeout(() => this.prefetch(ids, px, page));
    this.view.drawn();
  }

  /** Tells how long it took from a key to a page that is drawn. */
  measure() {
    const { askedAt } = this;
    this.askedAt = null;
    if (askedAt === null) {
      if (!performance.getEntriesByName("first-page").length) performance.mark("first-page");
      return;
    }
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        performance.measure("key-to-drawn", { start: askedAt, end: performance.now() });
        channel.port1.close();
      };
      channel.port2.postMessage(null);
    });
  }

  /**
   * @param {string[]} ids
   * @param {number} px
   * @param {Page} page
   */
  prefetch(ids, px, page) {
    if (this.closed || page !== this.view.page()) return;
    const { filter, direction } = this;
    const { duration_s: durationS } = this.view.recording();
    for (const pages of [direction, 2 * direction, -direction]) {
      const next = states.pageAt(page.start_s + pages * page.span_s, page.span_s, durationS);
      if (next.start_s !== page.start_s) {
        this.tiles.ask(ids, next, px, filter).catch(() => {
          // It is asked for again when it is shown; what is wrong is said then.
        });
      }
    }
  }

  /** What is marked changes often: it is drawn once for all of a frame. */
  marksSoon() {
    if (this.marksDue) return;
    this.marksDue = true;
    requestAnimationFrame(() => {
      this.marksDue = false;
      this.drawMarks();
    });
  }

  drawMarks() {
    if (!this.closed) this.plot.drawMarks(this.view.marks());
  }

  label() {
    const { gains, inverted } = this.arrangement;
    this.plot.label(this.arrangement.shown(), gains, inverted, this.view.channel());
  }
}
