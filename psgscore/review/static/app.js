/** Begins: the worklist or the recording, the keys, and keeping the server awake. */

/** @import {About, Row, Status} from "./types.js" */
import * as api from "./api.js";
import { BUTTONS, command, setMontage } from "./commands.js";
import { byId, say } from "./dom.js";
import * as dialogs from "./dialogs.js";
import { actionOf } from "./keys.js";
import { Review } from "./review.js";
import { isMode } from "./steps.js";
import { Worklist } from "./worklist.js";

const PING_MS = 60_000;
/** The server answers when it is open, or after a moment. */
const ASK_AGAIN_MS = 20;
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
      else this.part("");
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
    for (const [id, name] of BUTTONS) {
      byId(id).addEventListener("click", (event) => this.does(name, event.timeStamp));
    }
    byId("message-close").addEventListener("click", () => this.quiet());
    byId("to-worklist").addEventListener("click", () => this.showList());
    byId("mode").addEventListener("change", (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      if (isMode(value)) this.review?.steps.setMode(value);
    });
    byId("montage").addEventListener("change", (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      if (this.review) setMontage(this.review, value);
    });
    byId("rules").addEventListener("change", (event) => {
      this.review?.setRules(/** @type {HTMLSelectElement} */ (event.target).value);
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
    else if (review) command(review, action, at);
  }
}

void new App().begin();
