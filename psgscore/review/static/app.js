/** Begins: the worklist or the recording, the keys, and keeping the server awake. */

/** @import {About, Row, Status} from "./types.js" */
import * as api from "./api.js";
import { byId, say } from "./dom.js";
import * as dialogs from "./dialogs.js";
import { actionOf } from "./keys.js";
import { Review } from "./review.js";
import { Worklist } from "./worklist.js";

const PING_MS = 60_000;
const ASK_AGAIN_MS = 100;
const LIST_AGAIN_MS = 1000;

/** What the page is doing. */
class App {
  constructor() {
    /** @type {About|null} */
    this.about = null;
    /** @type {Review|null} */
    this.review = null;
    this.worklist = new Worklist((row) => void this.open(row, null));
    this.listing = 0;
  }

  async begin() {
    const query = new URLSearchParams(location.search);
    const asked = Number(query.get("t") ?? NaN);
    const atS = Number.isFinite(asked) ? asked : null;
    this.wire();
    try {
      const [about, { recordings }] = await Promise.all([api.about(), api.recordings()]);
      this.about = about;
      say(byId("disclaimer"), this.about.disclaimer);
      setInterval(() => void api.ping().catch(() => undefined), PING_MS);
      const wanted = recordings.find((one) => one.rid === query.get("r"));
      const row = this.about.mode === "folder" ? wanted : recordings[0];
      if (row) await this.open(row, atS);
      else this.showList();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      this.part("");
    }
  }

  // -- parts -----------------------------------------------------------------------------------

  /** @param {string} name of the part that is shown */
  part(name) {
    for (const id of ["opening", "worklist", "review"]) byId(id).hidden = id !== name;
    const folder = this.about?.mode === "folder";
    byId("to-worklist").hidden = !folder || name === "worklist";
    if (name === "review") return;
    for (const id of ["standing", "saved", "progress-part", "undo", "redo", "sign", "reopen", "export"]) {
      byId(id).hidden = true;
    }
  }

  showList() {
    const left = this.leave();
    this.part("worklist");
    say(byId("name"), "review");
    history.replaceState(null, "", "/");
    void left.then(() => this.fetchList());
  }

  async fetchList() {
    clearTimeout(this.listing);
    const found = await api.recordings().catch((error) => this.say(error.message));
    if (!found || byId("worklist").hidden) return;
    this.worklist.show(found.recordings);
    if (found.recordings.some((one) => one.pending)) {
      this.listing = setTimeout(() => void this.fetchList(), LIST_AGAIN_MS);
    }
  }

  /** Gives back the recording that was open, so that its journal is free. */
  async leave() {
    const { review } = this;
    this.review = null;
    review?.close();
    if (!review || this.about?.mode !== "folder") return;
    await review.journal.last;
    await review.api.close().catch(() => undefined);
  }

  /**
   * @param {Row} row
   * @param {number|null} atS
   */
  async open(row, atS) {
    const about = this.about;
    if (!about) return;
    this.quiet();
    this.part("opening");
    say(byId("opening-title"), `Opening ${row.name}`);
    const one = new api.RecordingApi(row.rid);
    try {
      await this.untilReady(one);
      const [recording, state] = await Promise.all([one.recording(), one.state()]);
      this.part("review");
      this.review = new Review(about, recording, state, one, {
        say: (text, good) => this.say(text, good),
        quiet: () => this.quiet(),
      });
      this.review.begin(atS);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      if (about.mode === "folder") this.showList();
    }
  }

  /** @param {api.RecordingApi} one */
  async untilReady(one) {
    /** @type {Status} */
    let status = await one.open();
    while (status.state !== "ready") {
      if (status.state === "failed") throw new Error(status.error);
      say(byId("opening-step"), status.step);
      /** @type {HTMLProgressElement} */ (byId("opening-share")).value = status.share;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      status = await one.status();
    }
  }

  /**
   * @param {string} text
   * @param {boolean} good
   */
  say(text, good = false) {
    say(byId("message-text"), text);
    byId("message").classList.toggle("good", good);
    byId("message").hidden = false;
  }

  quiet() {
    byId("message").hidden = true;
  }

  // -- hands -----------------------------------------------------------------------------------

  wire() {
    dialogs.wireDialogs();
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.review?.journal.waiting) event.preventDefault();
    });
    /** @type {[string, string][]} */
    const buttons = [
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
      ["act-remove", "remove"],
      ["act-side", "side"],
      ["act-kind", "kind"],
      ["mark-open", "mark"],
      ["take", "take"],
      ["sign", "sign"],
      ["reopen", "reopen"],
      ["export", "export"],
    ];
    for (const [id, action] of buttons) {
      byId(id).addEventListener("click", (event) => this.does(action, event.timeStamp));
    }
    byId("message-close").addEventListener("click", () => this.quiet());
    byId("to-worklist").addEventListener("click", () => this.showList());
    byId("mode").addEventListener("change", (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      if (value === "uncertain" || value === "disagreements" || value === "all" || value === "legs") {
        this.review?.setMode(value);
      }
    });
    byId("rules").addEventListener("change", (event) => {
      if (!this.review) return;
      this.review.rules = /** @type {HTMLSelectElement} */ (event.target).value;
      this.review.now(this.review.state, null);
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (dialogs.dialogOpen() || event.isComposing) return;
    const { target } = event;
    const typing =
      target instanceof HTMLInputElement ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement;
    if (typing) {
      if (event.key === "Escape") byId("plot").focus();
      return;
    }
    const onButton = target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter");
    const action = onButton ? null : actionOf(event);
    const plain = !event.ctrlKey && !event.metaKey;
    if (!action || (plain && !dialogs.keysOn() && action !== "help")) return;
    if (!this.review && action !== "help") return;
    event.preventDefault();
    this.does(action, event.timeStamp);
  }

  /**
   * @param {string} action
   * @param {number} at when it was asked for
   */
  does(action, at) {
    const { review } = this;
    if (action === "help") dialogs.showHelp();
    if (!review) return;
    const [head, rest] = action.split(":");
    if (head === "stage") review.stage(Number(rest));
    else this.actions(review, at)[action]?.();
  }

  /**
   * @param {Review} review
   * @param {number} at
   * @returns {Record<string, () => void>}
   */
  actions(review, at) {
    return {
      "page-next": () => review.turn(1, at),
      "page-previous": () => review.turn(-1, at),
      "page-bit-next": () => review.turn(0.25, at),
      "page-bit-previous": () => review.turn(-0.25, at),
      "night-start": () => review.goTo(0),
      "night-end": () => review.goTo(review.recording.duration_s - 1e-3),
      "stop-next": () => review.step(1, at),
      "stop-previous": () => review.step(-1, at),
      "only-uncertain": () => review.setMode(review.mode === "uncertain" ? "legs" : "uncertain"),
      "only-disagreements": () =>
        review.setMode(review.mode === "disagreements" ? "legs" : "disagreements"),
      accept: () => review.accept(),
      remove: () => review.act("remove"),
      reject: () => review.act("reject"),
      side: () => review.act("side"),
      kind: () => review.act("kind"),
      take: () => review.take(),
      mark: () => void review.mark(),
      "begin-earlier": () => review.nudge("start_s", -1),
      "begin-later": () => review.nudge("start_s", 1),
      "end-earlier": () => review.nudge("stop_s", -1),
      "end-later": () => review.nudge("stop_s", 1),
      "span-next": () => review.stepSpan(1),
      "span-previous": () => review.stepSpan(-1),
      "gain-up": () => this.gain(review, review.channel, 1),
      "gain-down": () => this.gain(review, review.channel, -1),
      undo: () => review.back("undo"),
      redo: () => review.back("redo"),
      filter: () => this.filter(review),
      invert: () => this.invert(review),
      channels: () => this.channels(review),
      go: () => void this.askTime(review),
      sign: () => void review.sign(),
      reopen: () => void review.reopen(),
      export: () => void review.exportAgain(),
      escape: () => this.escape(review),
    };
  }

  /** @param {Review} review */
  escape(review) {
    this.quiet();
    if (!review.plot.letGo()) review.choose("");
    byId("plot").focus();
  }

  /**
   * @param {Review} review
   * @param {string} id
   * @param {1|-1} step
   */
  gain(review, id, step) {
    review.arrangement.larger(id, step);
    review.drawPage();
  }

  /** @param {Review} review */
  filter(review) {
    review.filter = review.filter === "default" ? "off" : "default";
    byId("filter").setAttribute("aria-pressed", String(review.filter === "default"));
    review.drawPage();
  }

  /** @param {Review} review */
  invert(review) {
    review.arrangement.invertAll();
    byId("invert").setAttribute("aria-pressed", String(review.arrangement.inverted.size > 0));
    review.drawPage();
  }

  /** @param {Review} review */
  channels(review) {
    const { arrangement } = review;
    const changed = () => {
      review.drawPage();
      dialogs.fillChannels(arrangement.channels, montage);
    };
    /** @type {dialogs.Montage} */
    const montage = {
      shown: (id) => arrangement.on.has(id),
      gain: (id) => arrangement.gains.get(id) ?? null,
      inverted: (id) => arrangement.inverted.has(id),
      show: (id, on) => {
        arrangement.show(id, on);
        changed();
      },
      invert: (id) => {
        arrangement.invert(id);
        changed();
      },
      larger: (id, step) => {
        arrangement.larger(id, step);
        changed();
      },
      move: (id, step) => {
        arrangement.move(id, step);
        changed();
      },
    };
    dialogs.showChannels(arrangement.channels, montage);
  }

  /** @param {Review} review */
  async askTime(review) {
    const found = await dialogs.askTime(review.recording, review.page.start_s);
    if (found !== null) review.goTo(found);
  }
}

void new App().begin();
