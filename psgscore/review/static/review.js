/** One recording under review: what is shown, where, and what was chosen. */

/** @import {About, Channel, Level, Marked, Page, Recording, State, Stop} from "./types.js" */
/** @import {Edit} from "./edit.js" */
/** @import {Hold} from "./layout.js" */
import { ApiError, RecordingApi } from "./api.js";
import { byId, button, choices, make, say } from "./dom.js";
import * as dialogs from "./dialogs.js";
import * as edits from "./edit.js";
import { clock, times } from "./format.js";
import { Journal } from "./journal.js";
import { Arrangement } from "./montage.js";
import { Tabs, eventText, showHistory, showIndices, showPageList, showStops, showWhy } from "./panels.js";
import { Plot } from "./plot.js";
import { Night } from "./night.js";
import * as states from "./state.js";
import { Tiles, keyOf } from "./tiles.js";

const LOADING_SHOWN_MS = 200;
const LEVELS_AGAIN_MS = 1000;
const LOOK_MS = 4000;
const ADDRESS_MS = 250;

/** @typedef {"legs"|"all"|"uncertain"|"disagreements"} Mode */
/** @typedef {{say: (text: string, good?: boolean) => void, quiet: () => void}} Voice */

/** The page of one recording. */
export class Review {
  /**
   * @param {About} about
   * @param {Recording} recording
   * @param {State} state
   * @param {RecordingApi} api
   * @param {Voice} voice
   */
  constructor(about, recording, state, api, voice) {
    this.about = about;
    this.recording = recording;
    this.api = api;
    this.voice = voice;
    this.tiles = new Tiles(api);
    this.journal = new Journal(api, state, {
      now: (found, edit) => this.now(found, edit),
      busy: (waiting) => this.showSaved(waiting),
      refused: (text) => voice.say(text),
    });
    this.rules = recording.rules[0]?.name ?? "";
    this.arrangement = new Arrangement(recording.channels);
    this.page = states.pageWith(0, 30, recording.duration_s);
    this.filter = "default";
    this.epoch = 0;
    /** Stages that were given and are not on the disk yet, by epoch. @type {Map<number, number>} */
    this.awaited = new Map();
    this.chosen = "";
    this.channel = "";
    /** Last answer to "what is it?", by group. @type {Map<string, string>} */
    this.lastKind = new Map();
    /** @type {Mode} */
    this.mode = "legs";
    /** @type {Stop[]} */
    this.stops = [];
    /** @type {Stop|null} */
    this.stop = null;
    this.lastS = 0;
    /** @type {Level[]} */
    this.levels = [];
    /** @type {Marked[]} */
    this.events = [];
    /** When a key asked for the page that is not drawn yet. @type {number|null} */
    this.askedAt = null;
    this.direction = 1;
    this.marksDue = false;
    this.closed = false;
    this.writes = false;
    this.loading = 0;
    this.addressing = 0;
    this.tabs = new Tabs(() => this.showPart());
    this.plot = new Plot(this.hands(), about.limits.px);
    this.night = new Night((timeS) => this.goTo(timeS), recording);
  }

  get state() {
    return this.journal.state;
  }

  /** @returns {import("./plot.js").Hands} */
  hands() {
    return {
      page: () => this.page,
      events: () => this.onPage(),
      chosen: () => this.chosen,
      choose: (id) => this.choose(id),
      chooseEpoch: (timeS) => this.chooseEpoch(timeS),
      chooseChannel: (id) => this.chooseChannel(id),
      redraw: () => this.marksSoon(),
      editable: () => !this.whyNot(),
      added: (hold, fromS, toS) => void this.added(hold, fromS, toS),
      moved: (event, edge, timeS) => this.moved(event, edge, timeS),
      pointed: (timeS) =>
        say(byId("pointed"), timeS === null ? "" : this.fineClock(timeS)),
      resized: () => this.resized(),
    };
  }

  /** @param {number} timeS */
  fineClock(timeS) {
    const part = (timeS - Math.floor(timeS)).toFixed(2).slice(1);
    return `${clock(this.recording.start_clock, timeS)}${part}`;
  }

  /**
   * @param {number|null} atS where to begin
   */
  begin(atS) {
    const { recording } = this;
    say(byId("name"), recording.name);
    choices(
      /** @type {HTMLSelectElement} */ (byId("rules")),
      recording.rules.map(({ name, title }) => ({ value: name, text: title })),
      this.rules,
    );
    this.showSpans();
    this.showStageKeys();
    this.showNotes();
    const mode = /** @type {HTMLSelectElement} */ (byId("mode"));
    const differences = mode.querySelector("option[value=disagreements]");
    if (differences instanceof HTMLOptionElement) differences.disabled = !this.about.second;
    this.tabs.show("why");
    const [off] = recording.lights_s;
    this.page = states.pageWith(atS ?? off ?? 0, this.page.span_s, recording.duration_s);
    this.epoch = this.firstEpoch();
    this.now(this.state, null);
    this.drawPage();
    this.showPlace();
    void this.fetchLevels();
    this.looking = setInterval(() => void this.look(), LOOK_MS);
    if (recording.readonly) this.voice.say(`Read only: ${recording.readonly_why}`);
    byId("plot").focus();
  }

  close() {
    this.closed = true;
    clearInterval(this.looking);
    this.plot.close();
    this.night.close();
  }

  async look() {
    try {
      await this.journal.look();
    } catch (error) {
      if (error instanceof ApiError && error.status !== 425) {
        const more = error.status === 0 ? " What was saved is on the disk." : "";
        this.voice.say(`${error.message}${more}`);
      }
    }
  }

  async fetchLevels() {
    while (!this.closed) {
      const found = await this.api.levels().catch(() => null);
      if (found?.ready) {
        this.levels = found.levels;
        this.drawPage();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LEVELS_AGAIN_MS));
    }
  }

  // -- what is true now ------------------------------------------------------------------------

  /**
   * @param {State} state
   * @param {Edit|null} edit
   */
  now(state, edit) {
    const known = new Set(this.events.map((one) => one.id));
    this.events = states.markedEvents(state, this.rules, this.about.kinds);
    if (edit?.type === "add") {
      const added = this.events.find((one) => !known.has(one.id));
      if (added) this.chosen = added.id;
    }
    if (!this.events.some((one) => one.id === this.chosen)) this.chosen = "";
    this.refreshMode();
    this.showHead();
    this.showNumbers();
    this.night.show(state, this.events, this.page);
    this.chosenChanged();
    if (edit && String(edit["kind"] ?? "").startsWith("lights")) void this.fetchRecording();
    if (this.tabs.name === "history") this.showPart();
  }

  async fetchRecording() {
    const found = await this.api.recording().catch(() => null);
    if (!found) return;
    this.recording = found;
    this.night.recording = found;
    this.night.show(this.state, this.events, this.page);
  }

  onPage() {
    return states.onPage(this.events, this.page);
  }

  /** @returns {Marked|undefined} */
  chosenEvent() {
    return this.events.find((one) => one.id === this.chosen);
  }

  /** @returns {string} why nothing may be edited, "" if it may */
  whyNot() {
    if (this.recording.readonly) return `Read only: ${this.recording.readonly_why}`;
    if (this.state.review.locked) return "This review is signed. Reopen it to change something.";
    return "";
  }

  grid() {
    return states.epochGrid(this.state, this.recording);
  }

  epochs() {
    return states.epochCount(this.grid(), this.recording.duration_s);
  }

  firstEpoch() {
    return Math.min(states.epochAt(this.grid(), this.page.start_s), Math.max(0, this.epochs() - 1));
  }

  // -- where -----------------------------------------------------------------------------------

  /**
   * @param {Page} page
   * @param {number|null} askedAt when a key asked for it
   */
  show(page, askedAt = null) {
    this.direction = page.start_s < this.page.start_s ? -1 : 1;
    this.page = page;
    this.askedAt = askedAt;
    const from = this.grid().start_s + this.epoch * this.grid().epoch_s;
    const stop = page.start_s + page.span_s;
    if (from >= stop || from + this.grid().epoch_s <= page.start_s) this.epoch = this.firstEpoch();
    const event = this.chosenEvent();
    if (event && !this.onPage().includes(event)) this.leaveChosen();
    this.drawPage();
    this.night.place(page);
    this.showPlace();
  }

  /** What is not on the page is not chosen: no key may change what nobody sees. */
  leaveChosen() {
    this.chosen = "";
    this.chosenChanged();
  }

  /** @param {number} timeS */
  goTo(timeS) {
    this.stop = null;
    this.lastS = timeS;
    this.show(states.pageWith(timeS, this.page.span_s, this.recording.duration_s));
  }

  /**
   * @param {number} pages
   * @param {number|null} askedAt
   */
  turn(pages, askedAt = null) {
    const { span_s: span, start_s: start } = this.page;
    const page = states.pageAt(start + pages * span, span, this.recording.duration_s);
    this.stop = null;
    this.lastS = page.start_s;
    this.show(page, askedAt);
  }

  /** @param {number} spanS */
  setSpan(spanS) {
    const event = this.chosenEvent();
    const near = event && this.onPage().includes(event) ? event.start_s : this.page.start_s;
    this.show(states.pageWith(near, spanS, this.recording.duration_s));
    this.showSpans();
  }

  /** @param {1|-1} step */
  stepSpan(step) {
    const at = states.SPANS_S.indexOf(this.page.span_s) + step;
    const span = states.SPANS_S[at];
    if (span !== undefined) this.setSpan(span);
  }

  // -- stepping --------------------------------------------------------------------------------

  refreshMode() {
    const { mode } = this;
    if (mode === "all" || mode === "legs") {
      this.stops = states.stopsOfEvents(this.events, mode === "legs");
      this.showSteps();
      return;
    }
    void this.fetchStops(mode).then((stops) => {
      if (this.mode !== mode) return;
      this.stops = stops;
      this.showSteps();
    }, (error) => this.voice.say(String(error.message)));
  }

  /** @param {"uncertain"|"disagreements"} mode */
  async fetchStops(mode) {
    return mode === "uncertain"
      ? states.stopsOfDoubt((await this.api.uncertain()).items)
      : states.stopsOfDifference((await this.api.disagreements()).items);
  }

  /** @param {Mode} mode */
  setMode(mode) {
    if (mode === "disagreements" && !this.about.second) {
      this.voice.say("There is no second scorer: begin with --second FILE.");
      return;
    }
    this.mode = mode;
    this.stop = null;
    this.lastS = this.page.start_s;
    /** @type {HTMLSelectElement} */ (byId("mode")).value = mode;
    this.tabs.show(this.plain() ? "why" : "stops");
    this.refreshMode();
  }

  /**
   * @param {1|-1} step
   * @param {number|null} askedAt
   */
  step(step, askedAt = null) {
    const chosen = this.stops.find((one) => one.event && one.event === this.chosen);
    const at = this.stop ?? chosen ?? null;
    const next = states.stepFrom(this.stops, at, this.lastS - (step > 0 ? 1e-6 : 0), step);
    // What is to be decided is gone round until nothing is left.
    const round = this.plain() ? null : this.stops.at(step > 0 ? 0 : -1) ?? null;
    const stop = next ?? round;
    if (!stop) {
      this.tell(step > 0 ? "That was the last one." : "That was the first one.");
      return;
    }
    this.goStop(stop, askedAt);
  }

  /**
   * @param {Stop} stop
   * @param {number|null} askedAt
   */
  goStop(stop, askedAt = null) {
    this.stop = stop;
    this.lastS = stop.start_s;
    this.chosen = stop.event;
    if (stop.epoch !== null) this.epoch = stop.epoch;
    const { page, recording } = this;
    const target = states.pageShowing(page, stop.start_s, stop.stop_s, recording.duration_s);
    this.show(target, askedAt);
    this.chosenChanged();
    if (stop.text) this.tabs.show("why");
    this.showSteps();
  }

  /** @returns {boolean} whether one steps through what there is, not through what to decide */
  plain() {
    return this.mode === "all" || this.mode === "legs";
  }

  // -- choosing --------------------------------------------------------------------------------

  /** @param {string} id */
  choose(id) {
    this.chosen = id;
    this.stop = this.stops.find((one) => one.event && one.event === id) ?? null;
    const event = this.chosenEvent();
    if (event) this.lastS = event.start_s;
    if (id && this.tabs.name !== "page") this.tabs.show("why");
    this.chosenChanged();
    this.showSteps();
  }

  /** @param {number} timeS */
  chooseEpoch(timeS) {
    const epoch = states.epochAt(this.grid(), timeS);
    if (epoch < this.epochs()) this.epoch = epoch;
    this.marksSoon();
    this.showStageKeys();
  }

  /** @param {string} id */
  chooseChannel(id) {
    this.channel = this.channel === id ? "" : id;
    this.labels();
  }

  chosenChanged() {
    const event = this.chosenEvent();
    const blocked = Boolean(this.whyNot());
    const acts = ["act-reject", "act-remove", "act-side", "act-kind"];
    byId("acts").hidden = !event;
    for (const id of acts) /** @type {HTMLButtonElement} */ (byId(id)).disabled = blocked;
    say(byId("act-reject"), event?.rejected ? "Restore" : "Reject");
    const side = event && edits.changingSide(event, this.recording.channels);
    /** @type {HTMLButtonElement} */ (byId("act-side")).disabled = blocked || !side;
    if (event) this.plot.reveal(event);
    this.marksSoon();
    this.listPage();
    void this.fetchWhy();
  }

  async fetchWhy() {
    const { chosen, rules } = this;
    const note = this.stop && this.stop.event === chosen ? this.stop.text : "";
    byId("take").hidden = !note || !this.stop?.other;
    if (!chosen) {
      showWhy(null, note);
      return;
    }
    const why = await this.api.why(chosen, rules).catch(() => null);
    if (chosen !== this.chosen || rules !== this.rules) return;
    showWhy(why, note);
    const event = this.chosenEvent();
    if (event) this.tell(`${clock(this.recording.start_clock, event.start_s)} ${eventText(event)}`);
  }

  // -- editing ---------------------------------------------------------------------------------

  /**
   * @param {Edit|null|(() => Edit|null)} edit or what makes it once those before it are done
   * @returns {boolean} whether it was sent
   */
  edit(edit) {
    const blocked = this.whyNot();
    if (blocked) this.voice.say(blocked);
    if (blocked || !edit) return false;
    this.voice.quiet();
    void this.journal.send(typeof edit === "function" ? edit : () => edit);
    return true;
  }

  /**
   * Edits what is chosen now, as it is when those edits before it are done: keys come fast.
   * @param {(event: Marked) => Edit|null} make
   */
  editChosen(make) {
    const { chosen } = this;
    if (!this.chosenEvent()) {
      this.tell("Nothing is chosen.");
      return;
    }
    this.edit(() => {
      const event = this.events.find((one) => one.id === chosen);
      return event ? make(event) : null;
    });
  }

  /**
   * @param {Hold} hold
   * @param {number} fromS
   * @param {number} toS
   */
  async added(hold, fromS, toS) {
    if (hold.what !== "new") return;
    const where = edits.stretch(fromS, toS, this.recording.duration_s);
    const channel = this.recording.channels.find((one) => one.id === hold.channel);
    const kinds = edits.kindsFor(this.about.kinds, hold.group, channel);
    if (!where || !kinds.length) return;
    const last = this.lastKind.get(hold.group) ?? "";
    const kind = kinds.length === 1 ? kinds[0]?.kind : await dialogs.askKind(kinds, last);
    if (!kind) return;
    this.lastKind.set(hold.group, kind);
    this.edit(edits.adding(where, kind, hold.channel));
  }

  /**
   * @param {Marked} event
   * @param {"start_s"|"stop_s"} edge
   * @param {number} timeS
   */
  moved(event, edge, timeS) {
    this.chosen = event.id;
    this.edit(edits.moving(event, edge, timeS, this.recording.duration_s));
  }

  /**
   * @param {"start_s"|"stop_s"} edge
   * @param {1|-1} step
   */
  nudge(edge, step) {
    this.editChosen((event) => edits.nudging(event, edge, step, this.recording.duration_s));
  }

  async mark() {
    if (this.whyNot()) {
      this.voice.say(this.whyNot());
      return;
    }
    const legs = this.arrangement.shown().filter((one) => one.role.startsWith("leg"));
    const own = legs.find((one) => one.id === this.channel) ?? legs[0];
    const kind = own ? edits.legKind(own.role) : "arousal";
    const middle = this.page.start_s + this.page.span_s / 2;
    const { recording, about } = this;
    const found = await dialogs.askEvent(recording, about.kinds, middle, kind);
    if (!found) return;
    const where = edits.stretch(found.start_s, found.stop_s, recording.duration_s);
    const on = edits.channelFor(found.kind, { channel: own?.id ?? "" }, recording.channels);
    if (where) this.edit(edits.adding(where, found.kind, on));
  }

  async changeKind() {
    const event = this.chosenEvent();
    if (!event || this.whyNot()) return;
    const kind = await dialogs.askKind(this.about.kinds, event.kind);
    if (kind && kind !== event.kind) {
      this.edit(edits.relabelling(event, kind, this.recording.channels));
    }
  }

  /** @param {string} what */
  act(what) {
    const { channels } = this.recording;
    if (what === "remove") this.editChosen(({ id }) => ({ type: "remove", id }));
    if (what === "reject") this.editChosen(edits.rejecting);
    if (what === "side") this.editChosen((event) => edits.changingSide(event, channels));
    if (what === "kind") void this.changeKind();
  }

  /** Takes over what the second scorer has at the difference that was stepped to. */
  take() {
    const edit = this.stop && edits.takingOver(this.stop, this.about.stages, this.recording.channels);
    if (edit) this.edit(edit);
    else this.tell("There is nothing to take over.");
  }

  /** @param {number} value */
  stage(value) {
    const { epoch } = this;
    if (epoch >= this.epochs()) return;
    if (!this.edit(edits.restaging(epoch, value))) return;
    this.awaited.set(epoch, value);
    if (epoch + 1 >= this.epochs()) return;
    this.epoch = epoch + 1;
    const next = this.grid().start_s + this.epoch * this.grid().epoch_s;
    const { page, recording } = this;
    if (next >= page.start_s + page.span_s - 1e-6 || next < page.start_s - 1e-6) {
      this.show(states.pageWith(next, page.span_s, recording.duration_s));
    } else {
      this.marksSoon();
      this.showStageKeys();
    }
  }

  accept() {
    if (!this.edit(edits.accepting(this.page, this.recording.duration_s))) return;
    if (this.plain()) this.turn(1);
    else this.step(1);
  }

  /** @param {"undo"|"redo"} type */
  back(type) {
    const { can_undo: undo, can_redo: redo } = this.state.review;
    if (this.journal.waiting || (type === "undo" ? undo : redo)) this.edit({ type });
    else this.tell(`There is nothing to ${type}.`);
  }

  async sign() {
    await this.journal.last;
    const { review, indices } = this.state;
    const title = this.recording.rules.find((one) => one.name === this.rules)?.title;
    const plms = indices.find((one) => one.rules === title);
    const facts = [
      `${this.recording.name}, revision ${review.revision}`,
      `${times(review.edits, "edit")}; ${percent(review.accepted_share)} of the night accepted`,
    ];
    if (plms) facts.push(`${plms.label} (${plms.rules}): ${plms.now?.toFixed(1) ?? "-"} ${plms.unit}`);
    const by = await dialogs.askSign(this.about, facts);
    if (!by) return;
    await this.writing(() => this.api.sign(this.state.n, by));
  }

  async exportAgain() {
    await this.writing(() => this.api.exportAgain());
  }

  /** @param {() => Promise<{files: string[], folder: string, state: State}>} write */
  async writing(write) {
    if (this.writes) return;
    this.writes = true;
    this.voice.say("Writing report, tables and annotations. This takes up to half a minute.", true);
    try {
      const { files, folder, state } = await write();
      this.voice.quiet();
      this.journal.take(state, null);
      dialogs.showFiles(files, folder);
    } catch (error) {
      if (error instanceof ApiError && error.state) this.journal.take(error.state, null);
      this.voice.say(error instanceof Error ? error.message : String(error));
      // It may be signed although a file could not be written.
      await this.journal.look().catch(() => undefined);
    } finally {
      this.writes = false;
    }
  }

  async reopen() {
    await this.journal.last;
    const why = await dialogs.askReopen();
    if (why === null) return;
    try {
      this.voice.quiet();
      this.journal.take(await this.api.reopen(this.state.n, why), null);
    } catch (error) {
      this.journal.failed(error);
    }
  }

  // -- drawing ---------------------------------------------------------------------------------

  resized() {
    this.drawPage();
    this.night.resized();
  }

  /** Draws the page; its signals at once if they are at hand, else when they come. */
  drawPage() {
    if (this.closed) return;
    const channels = this.arrangement.shown();
    this.plot.arrange(channels);
    const ids = channels.map((one) => one.id);
    const px = this.plot.columns();
    const key = keyOf(ids, this.page, px, this.filter);
    clearTimeout(this.loading);
    if (this.tiles.at(key)) {
      this.drawSignals();
    } else {
      this.loading = setTimeout(() => {
        byId("loading").hidden = false;
        this.drawSignals();
      }, LOADING_SHOWN_MS);
      const { page, filter } = this;
      this.tiles.ask(ids, page, px, filter).then(
        () => {
          if (page !== this.page || filter !== this.filter) return;
          clearTimeout(this.loading);
          this.drawSignals();
        },
        (error) => this.noSignals(error),
      );
    }
    this.labels();
  }

  /** @param {unknown} error */
  noSignals(error) {
    clearTimeout(this.loading);
    byId("loading").hidden = true;
    this.voice.say(error instanceof Error ? error.message : String(error));
  }

  drawSignals() {
    const { arrangement, page } = this;
    const channels = arrangement.shown();
    const ids = channels.map((one) => one.id);
    const px = this.plot.columns();
    const tile = this.tiles.at(keyOf(ids, page, px, this.filter)) ?? null;
    const before = arrangement.gains.size;
    arrangement.fit(this.plot.layout.tracks, tile);
    if (arrangement.gains.size !== before) this.labels();
    this.plot.drawSignals({
      recording: this.recording,
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
    this.listPage();
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
    if (this.closed || page !== this.page) return;
    const { recording, filter, direction } = this;
    for (const pages of [direction, 2 * direction, -direction]) {
      const at = page.start_s + pages * page.span_s;
      const next = states.pageAt(at, page.span_s, recording.duration_s);
      if (next.start_s !== page.start_s) {
        this.tiles.ask(ids, next, px, filter).catch(() => {
          // It is asked for again when it is shown; what is wrong is said then.
        });
      }
    }
  }

  marksSoon() {
    if (this.marksDue) return;
    this.marksDue = true;
    requestAnimationFrame(() => {
      this.marksDue = false;
      this.drawMarks();
    });
  }

  drawMarks() {
    if (this.closed) return;
    this.plot.drawMarks({
      page: this.page,
      events: this.onPage(),
      chosen: this.chosen,
      hypnogram: this.state.hypnogram,
      grid: this.grid(),
      epochs: this.epochs(),
      epoch: this.epoch,
      stages: this.about.stages,
      accepted_s: this.state.review.accepted_s,
      awaited: this.awaited,
      sought: this.stop && !this.stop.event && this.stop.text ? this.stop : null,
    });
  }

  labels() {
    const { arrangement } = this;
    this.plot.label(arrangement.shown(), arrangement.gains, arrangement.inverted, this.channel);
  }

  // -- what is said beside the signals ---------------------------------------------------------

  showPlace() {
    const { start_clock: start, duration_s: duration } = this.recording;
    const stop = Math.min(duration, this.page.start_s + this.page.span_s);
    const text = `${clock(start, this.page.start_s)} \u2013 ${clock(start, stop)}`;
    say(byId("place"), text);
    byId("place").setAttribute("aria-label", `Go to a time; now ${text}`);
    this.showStageKeys();
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.showAddress(), ADDRESS_MS);
  }

  /** Keeps the place for a reload; browsers take only so many changes of an address. */
  showAddress() {
    if (this.closed) return;
    const query = new URLSearchParams({ r: this.recording.rid, t: String(this.page.start_s) });
    history.replaceState(null, "", `/?${query}`);
  }

  showHead() {
    const { review } = this.state;
    const standing = byId("standing");
    const names = new Map([["automatic", "Not reviewed"], ["draft", "Draft"], ["reviewed", "Signed"]]);
    const who = review.signed_by ? ` by ${review.signed_by}, ${review.signed_at.slice(0, 16).replace("T", " ")}` : "";
    const again = review.revision > 1 ? `, revision ${review.revision}` : "";
    say(standing, `${names.get(review.state) ?? review.state}${who}${again}`);
    standing.className = `pill ${review.state}`;
    standing.title = Object.entries(review.counts)
      .map(([name, count]) => `${name.replaceAll("_", " ")}: ${count}`)
      .join("\n");
    const blocked = this.recording.readonly;
    const shown = new Map([
      ["standing", true],
      ["saved", true],
      ["progress-part", true],
      ["undo", !review.locked && !blocked],
      ["redo", !review.locked && !blocked],
      ["sign", !review.locked && !blocked],
      ["reopen", review.locked && !blocked],
      ["export", review.locked && !blocked],
      ["blind", this.about.blind],
    ]);
    for (const [id, on] of shown) byId(id).hidden = !on;
    const undo = /** @type {HTMLButtonElement} */ (byId("undo"));
    const redo = /** @type {HTMLButtonElement} */ (byId("redo"));
    undo.disabled = !review.can_undo;
    redo.disabled = !review.can_redo;
    undo.title = review.undo_text ? `Undo: ${review.undo_text} (Ctrl Z)` : "Undo (Ctrl Z)";
    redo.title = review.redo_text ? `Redo: ${review.redo_text} (Ctrl Y)` : "Redo (Ctrl Y)";
    /** @type {HTMLProgressElement} */ (byId("progress")).value = review.accepted_share;
    say(byId("progress-text"), `${percent(review.accepted_share)} accepted`);
    this.showSaved(this.journal.waiting);
  }

  /**
   * The stage of an epoch: the one that is being saved, or the one that is.
   * @param {number} epoch
   */
  stageOf(epoch) {
    return this.awaited.get(epoch) ?? this.state.hypnogram?.stages[epoch] ?? -1;
  }

  /** @param {number} waiting */
  showSaved(waiting) {
    if (!waiting && this.awaited.size) {
      this.awaited.clear();
      this.marksSoon();
      this.showStageKeys();
    }
    const place = byId("saved");
    const { edits: count } = this.state.review;
    say(place, waiting ? `saving ${waiting} ...` : `${times(count, "edit")}, all saved`);
    place.classList.toggle("busy", waiting > 0);
  }

  showNumbers() {
    const title = this.recording.rules.find((one) => one.name === this.rules)?.title ?? "";
    showIndices(this.state.indices, title, this.about.blind);
  }

  showSteps() {
    const { stop } = this;
    const at = stop ? this.stops.findIndex((one) => states.sameStop(one, stop)) : -1;
    say(byId("stop-count"), at >= 0 ? `${at + 1} of ${this.stops.length}` : `${this.stops.length}`);
    if (this.tabs.name === "stops") this.showPart();
  }

  listPage() {
    if (this.tabs.name === "page") this.showPart();
  }

  /** Fills the part of the column that is shown. */
  showPart() {
    const { start_clock: start } = this.recording;
    const { name } = this.tabs;
    if (name === "page") showPageList(this.onPage(), this.chosen, start, (id) => this.choose(id));
    if (name === "stops") {
      const stops =
        this.plain()
          ? this.stops.map((one) => ({ ...one, text: this.textOf(one.event) }))
          : this.stops;
      const { stop } = this;
      const here = stops.find((one) => stop !== null && states.sameStop(one, stop)) ?? null;
      showStops(stops, here, TITLES[this.mode], start, (one) => this.goStop(one));
    }
    if (name === "history") void this.fetchHistory();
  }

  /** @param {string} id */
  textOf(id) {
    const event = this.events.find((one) => one.id === id);
    return event ? eventText(event) : "";
  }

  /** @param {string} id */
  named(id) {
    const event = this.events.find((one) => one.id === id);
    return event ? `${event.kind} at ${clock(this.recording.start_clock, event.start_s)}` : "";
  }

  async fetchHistory() {
    const from = Math.max(1, this.state.n - 199);
    const found = await this.api.history(from).catch(() => null);
    if (found) showHistory(found.entries, this.recording.start_clock, (id) => this.named(id));
  }

  showNotes() {
    const { findings, not_scored: missing } = this.recording;
    const list = findings.map((one) =>
      make("li", {}, `${one.severity}: ${one.message}`, make("small", {}, ` ${one.where}`)),
    );
    byId("findings-list").replaceChildren(...(list.length ? list : [make("li", {}, "None.")]));
    const others = missing.map((one) => make("li", {}, make("b", {}, one.what), `: ${one.reason}`));
    byId("not-scored-list").replaceChildren(...(others.length ? others : [make("li", {}, "None.")]));
  }

  showSpans() {
    byId("spans").replaceChildren(
      ...states.SPANS_S.map((span) =>
        button(`${span}`, () => this.setSpan(span), {
          "aria-pressed": String(span === this.page.span_s),
          "aria-label": `${span} seconds`,
        }),
      ),
    );
  }

  showStageKeys() {
    const stage = this.stageOf(this.epoch);
    const keys = this.about.stages.filter((one) => one.value >= 0);
    const last = this.about.stages.filter((one) => one.value < 0);
    byId("stages").replaceChildren(
      ...[...keys, ...last].map(({ value, name, key }) =>
        button(value < 0 ? "\u2013" : name, () => this.stage(value), {
          "aria-pressed": String(value === stage),
          "aria-label": `epoch ${this.epoch + 1} is ${name}`,
          title: `${name} (${key.toUpperCase()})`,
        }),
      ),
    );
  }

  /** @param {string} text for screen readers */
  tell(text) {
    say(byId("told"), text);
  }
}

/** @type {Readonly<Record<Mode, string>>} */
const TITLES = {
  legs: "Leg movements",
  all: "All events",
  uncertain: "Uncertain",
  disagreements: "Differences",
};

/** @param {number} share */
const percent = (share) => `${(Math.floor(share * 1000) / 10).toFixed(share >= 1 ? 0 : 1)} %`;
