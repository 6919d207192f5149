/** The questions the page asks: kind, times, signing. */

/** @import {About, Kind, Recording} from "./types.js" */
import { byId, choices, input, make, say, select } from "./dom.js";
import { clock, typedTime } from "./format.js";
import { HELP } from "./keys.js";

/**
 * @param {string} id
 * @returns {HTMLDialogElement}
 */
function dialog(id) {
  return /** @type {HTMLDialogElement} */ (byId(id));
}

/**
 * Opens a dialog; its answer is what `answer` makes of it when it was sent, null when it was left.
 * @template T
 * @param {string} id
 * @param {() => T|null} answer null keeps it open
 * @returns {Promise<T|null>}
 */
function asked(id, answer) {
  const element = dialog(id);
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      const found = answer();
      if (found === null) return;
      // Not when the browser tells that it was closed, which is later: the next key is for what
      // the answer did.
      element.close();
      resolve(found);
    };
    // What is told late of an earlier question is no answer to this one.
    element.onclose = () => {
      if (!element.open) resolve(null);
    };
    element.showModal();
  });
}

/** Buttons that leave their dialog. */
export function wireDialogs() {
  for (const element of document.querySelectorAll("dialog")) {
    for (const leave of element.querySelectorAll(".leave")) {
      leave.addEventListener("click", () => element.close());
    }
    // Enter sends a form from its list of kinds too, as it does from every other field.
    for (const list of element.querySelectorAll("select")) {
      list.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        list.form?.requestSubmit();
      });
    }
  }
  byId("help-body").replaceChildren(
    ...HELP.map(([title, rows]) =>
      make(
        "section",
        {},
        make("h3", {}, title),
        make(
          "dl",
          {},
          ...rows.flatMap(([key, what]) => [
            make("dt", {}, make("kbd", {}, key)),
            make("dd", {}, what),
          ]),
        ),
      ),
    ),
  );
}

/** @returns {boolean} */
export const dialogOpen = () => document.querySelector("dialog[open]") !== null;

export const showHelp = () => dialog("help").showModal();

/** @returns {boolean} whether single keys are commands */
export const keysOn = () => input("keys-on").checked;

/**
 * @param {readonly Kind[]} kinds
 * @param {string} chosen
 * @returns {Promise<string|null>}
 */
export function askKind(kinds, chosen) {
  const list = select("kind-list");
  const options = kinds.map(({ kind, title }) => ({ value: kind, text: `${kind}: ${title}` }));
  choices(list, options, chosen);
  if (list.selectedIndex < 0) list.selectedIndex = 0;
  const answer = asked("kind", () => list.value || null);
  list.focus();
  return answer;
}

/**
 * A new event by its times: what dragging does, for those who do not drag.
 * @param {Recording} recording
 * @param {readonly Kind[]} kinds
 * @param {number} startS
 * @param {string} chosen
 * @returns {Promise<{kind: string, start_s: number, stop_s: number}|null>}
 */
export function askEvent(recording, kinds, startS, chosen) {
  const options = kinds.map(({ kind, title }) => ({ value: kind, text: `${kind}: ${title}` }));
  choices(select("mark-kind"), options, chosen);
  const whole = Math.floor(startS);
  input("mark-begin").value = clock(recording.start_clock, whole);
  input("mark-part").value = (startS - whole).toFixed(2);
  input("mark-lasts").value = "2.0";
  say(byId("mark-problem"), "");
  const answer = asked("mark", () => {
    const begin = typedTime(
      input("mark-begin").value, recording.start_clock, recording.duration_s,
    );
    const lasts = Number(input("mark-lasts").value);
    const part = Number(input("mark-part").value);
    if (begin === null || !(lasts > 0) || !(part >= 0 && part < 1)) {
      say(byId("mark-problem"), "Give a time of the recording and how long it lasts.");
      return null;
    }
    const start_s = begin + part;
    return { kind: select("mark-kind").value, start_s, stop_s: start_s + lasts };
  });
  select("mark-kind").focus();
  return answer;
}

/**
 * @param {Recording} recording
 * @param {number} timeS
 * @returns {Promise<number|null>}
 */
export function askTime(recording, timeS) {
  input("go-time").value = clock(recording.start_clock, timeS);
  say(byId("go-problem"), "");
  const answer = asked("go", () => {
    const found = typedTime(input("go-time").value, recording.start_clock, recording.duration_s);
    if (found === null) say(byId("go-problem"), "That is no time of this recording.");
    return found;
  });
  input("go-time").select();
  return answer;
}

/**
 * Asks who signs; says what signing means here.
 * @param {About} about
 * @param {string[]} facts
 * @returns {Promise<string|null>}
 */
export function askSign(about, facts) {
  const name = input("sign-name");
  if (!name.value) name.value = about.reviewer;
  byId("sign-facts").replaceChildren(...facts.map((one) => make("li", {}, one)));
  say(byId("sign-problem"), "");
  const answer = asked("sign-ask", () => {
    const found = name.value.trim();
    if (!found) say(byId("sign-problem"), "A name is needed.");
    return found || null;
  });
  name.focus();
  return answer;
}

/** @returns {Promise<string|null>} why an event is rejected, may be "" */
export function askRejection() {
  input("reject-why").value = "";
  return asked("reject-ask", () => input("reject-why").value.trim());
}

/** @returns {Promise<string|null>} why a signed review is opened again, may be "" */
export function askReopen() {
  input("reopen-why").value = "";
  return asked("reopen-ask", () => input("reopen-why").value.trim());
}

/**
 * @param {string[]} files
 * @param {string} folder
 */
export function showFiles(files, folder) {
  say(byId("files-folder"), folder);
  byId("files-list").replaceChildren(...files.map((one) => make("li", {}, one)));
  dialog("files").showModal();
}
