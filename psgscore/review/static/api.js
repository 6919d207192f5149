/** Talks to the server of this page, and to nothing else. */

/** @import {About, Channel, Disagreement, Entry, Level, Page, Recording, Row, State, Status, Tile, Uncertain, Why} from "./types.js" */

/** An answer that is not what was asked for. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 if the server did not answer
   * @param {string} code
   * @param {string} message one sentence for people
   * @param {State|null} state what is true now, after a conflict
   */
  constructor(status, code, message, state = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.state = state;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
async function ask(path, init) {
  let answer;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "gone", "psgscore does not answer: it was stopped.");
  }
  if (answer.ok) return answer;
  /** @type {{error?: string, code?: string, state?: State}} */
  let told = {};
  try {
    told = await answer.json();
  } catch {
    // The status says enough.
  }
  const text = told.error ?? `psgscore answered ${answer.status}.`;
  throw new ApiError(answer.status, told.code ?? "", text, told.state ?? null);
}

/** @param {string} path */
const get = async (path) => (await ask(path)).json();

/**
 * @param {string} path
 * @param {unknown} document
 */
async function post(path, document) {
  const body = JSON.stringify(document);
  const headers = { "Content-Type": "application/json" };
  return (await ask(path, { method: "POST", headers, body })).json();
}

/**
 * Reads the bytes of a page of signals.
 * @param {ArrayBuffer} buffer
 * @returns {Tile}
 */
export function readTile(buffer) {
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  const count = view.getUint32(4, true);
  const px = view.getUint32(8, true);
  if (magic !== "PST1" || buffer.byteLength !== 32 + count * px * 8) {
    throw new ApiError(0, "tile", "The signals of this page cannot be read.");
  }
  const min = [];
  const max = [];
  for (let k = 0; k < count; k += 1) {
    min.push(new Float32Array(buffer, 32 + k * px * 8, px));
    max.push(new Float32Array(buffer, 32 + k * px * 8 + px * 4, px));
  }
  return { start_s: view.getFloat64(16, true), span_s: view.getFloat64(24, true), px, min, max };
}

/** @returns {Promise<About>} */
export const about = () => get("/api/about");
/** @returns {Promise<{recordings: Row[]}>} */
export const recordings = () => get("/api/recordings");
export const ping = () => post("/api/ping", {});
export const quit = () => post("/api/quit", {});

/** Everything about one recording. */
export class RecordingApi {
  /** @param {string} rid */
  constructor(rid) {
    this.base = `/api/recordings/${encodeURIComponent(rid)}`;
  }

  /** @returns {Promise<Status>} */
  open() {
    return post(`${this.base}/open`, {});
  }

  /** @returns {Promise<Status>} */
  close() {
    return post(`${this.base}/close`, {});
  }

  /** @returns {Promise<Status>} */
  status() {
    return get(`${this.base}/status`);
  }

  /** @returns {Promise<Recording>} */
  recording() {
    return get(this.base);
  }

  /**
   * @param {number} since
   * @returns {Promise<State>}
   */
  state(since = -1) {
    return get(`${this.base}/state${since >= 0 ? `?since=${since}` : ""}`);
  }

  /** @returns {Promise<{levels: Level[], ready: boolean}>} */
  levels() {
    return get(`${this.base}/levels`);
  }

  /**
   * @param {string} plus
   * @param {string} minus "" for nothing
   * @returns {Promise<Channel>}
   */
  derivation(plus, minus) {
    return get(`${this.base}/derivation?${new URLSearchParams({ plus, minus })}`);
  }

  /**
   * @param {string} event
   * @param {string} rules
   * @returns {Promise<Why>}
   */
  why(event, rules) {
    return get(`${this.base}/why?${new URLSearchParams({ event, rules })}`);
  }

  /** @returns {Promise<{items: Uncertain[]}>} */
  uncertain() {
    return get(`${this.base}/uncertain`);
  }

  /** @returns {Promise<{other: {name: string}|null, items: Disagreement[]}>} */
  disagreements() {
    return get(`${this.base}/disagreements`);
  }

  /**
   * @param {number} from
   * @returns {Promise<{entries: Entry[], next: number|null}>}
   */
  history(from) {
    return get(`${this.base}/history?from=${from}`);
  }

  /**
   * @param {number} expect
   * @param {Record<string, unknown>} edit
   * @param {string} why
   * @returns {Promise<State>}
   */
  edit(expect, edit, why = "") {
    return post(`${this.base}/edit`, { expect, edit, why });
  }

  /**
   * @param {number} expect
   * @param {string} by
   * @returns {Promise<{files: string[], folder: string, state: State}>}
   */
  sign(expect, by) {
    return post(`${this.base}/sign`, { expect, by });
  }

  /** @returns {Promise<{files: string[], folder: string, state: State}>} */
  exportAgain() {
    return post(`${this.base}/export`, {});
  }

  /**
   * @param {number} expect
   * @param {string} why
   * @returns {Promise<State>}
   */
  reopen(expect, why) {
    return post(`${this.base}/reopen`, { expect, why });
  }

  /**
   * @param {string[]} channels
   * @param {Page} page
   * @param {number} px
   * @param {string} filter
   * @returns {Promise<Tile>}
   */
  async tile(channels, page, px, filter) {
    const query = new URLSearchParams({
      channels: channels.join(","),
      start: String(page.start_s),
      span: String(page.span_s),
      px: String(px),
      filter,
    });
    return readTile(await (await ask(`${this.base}/tile?${query}`)).arrayBuffer());
  }
}
