/** Sends edits one after the other; an edit counts when the server has it on the disk. */

/** @import {State} from "./types.js" */
/** @import {Edit} from "./edit.js" */
import { ApiError, RecordingApi } from "./api.js";

/**
 * @typedef {{now: (state: State, edit: Edit|null) => void, busy: (waiting: number) => void,
 *   refused: (message: string, code: string) => void}} Ears
 */

/** The edits that wait for the disk. */
export class Journal {
  /**
   * @param {RecordingApi} api
   * @param {State} state
   * @param {Ears} ears
   */
  constructor(api, state, ears) {
    this.api = api;
    this.state = state;
    this.ears = ears;
    this.waiting = 0;
    /** Edits from before a refusal are not sent after it: they were made on another state. */
    this.round = 0;
    /** @type {Promise<void>} */
    this.last = Promise.resolve();
  }

  /**
   * @param {() => Edit|null} make makes the edit when its turn has come, on what is true then
   * @param {string} why
   * @returns {Promise<boolean>} whether it is on the disk
   */
  send(make, why = "") {
    const { round } = this;
    this.waiting += 1;
    this.ears.busy(this.waiting);
    const done = this.last.then(() => this.sendNow(make, why, round));
    this.last = done.then(() => {
      this.waiting -= 1;
      this.ears.busy(this.waiting);
    });
    return done;
  }

  /**
   * @param {() => Edit|null} make
   * @param {string} why
   * @param {number} round
   */
  async sendNow(make, why, round) {
    if (round !== this.round) return false;
    const edit = make();
    if (!edit) return false;
    try {
      this.take(await this.api.edit(this.state.n, edit, why), edit);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** @param {unknown} error */
  failed(error) {
    this.round += 1;
    const problem =
      error instanceof ApiError ? error : new ApiError(0, "page", String(error));
    const lost = this.waiting - 1;
    if (problem.state) this.take(problem.state, null);
    const more = lost > 0 ? ` ${lost} more waited for it and were not made either.` : "";
    const text =
      problem.code === "conflict"
        ? "The review was changed in another window. This is how it is now; your edit was not made, make it again if it is still right."
        : problem.status === 0
          ? `${problem.message} This edit was not saved; all before it are on the disk.`
          : problem.message;
    this.ears.refused(text + more, problem.code);
  }

  /**
   * @param {State} state
   * @param {Edit|null} edit
   */
  take(state, edit) {
    this.state = state;
    this.ears.now(state, edit);
  }

  /** Looks whether another window changed something. */
  async look() {
    if (this.waiting) return;
    const { n } = this.state;
    const found = await this.api.state(n);
    if (found.changed && !this.waiting && found.n > this.state.n) this.take(found, null);
  }
}
