/** Which key does what. Pure: the page asks `actionOf`, the help lists `HELP`. */

/**
 * @typedef {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean,
 *   altKey?: boolean, shiftKey?: boolean}} Stroke
 */

/** @param {Record<string, string>} names */
const table = (names) => new Map(Object.entries(names));

const PLAIN = table({
  arrowright: "page-next",
  arrowleft: "page-previous",
  pagedown: "page-next",
  pageup: "page-previous",
  " ": "page-next",
  home: "night-start",
  end: "night-end",
  arrowup: "gain-up",
  arrowdown: "gain-down",
  "+": "gain-up",
  "-": "gain-down",
  n: "stop-next",
  p: "stop-previous",
  u: "only-uncertain",
  d: "only-disagreements",
  a: "accept",
  w: "stage:0",
  1: "stage:1",
  2: "stage:2",
  3: "stage:3",
  r: "stage:4",
  0: "stage:-1",
  delete: "remove",
  backspace: "remove",
  x: "reject",
  s: "side",
  k: "kind",
  m: "mark",
  e: "take",
  ",": "begin-earlier",
  ".": "begin-later",
  t: "span-next",
  f: "filter",
  i: "invert",
  c: "channels",
  o: "montage-next",
  g: "go",
  "?": "help",
  escape: "escape",
});

const SHIFTED = table({
  arrowright: "page-bit-next",
  arrowleft: "page-bit-previous",
  t: "span-previous",
  o: "montage-previous",
  x: "reject-why",
  e: "take-second",
  " ": "page-previous",
});

/** The end of a movement: the keys beside M with Shift, whatever they print on this keyboard. */
const SHIFTED_CODES = table({ Comma: "end-earlier", Period: "end-later" });

const CONTROL = table({ z: "undo", y: "redo" });

/**
 * @param {Stroke} stroke
 * @returns {string|null} the name of what to do
 */
export function actionOf(stroke) {
  const key = stroke.key.toLowerCase();
  if (stroke.altKey) return null;
  if (stroke.ctrlKey || stroke.metaKey) {
    return stroke.shiftKey && key === "z" ? "redo" : CONTROL.get(key) ?? null;
  }
  if (stroke.shiftKey) {
    const shifted = SHIFTED.get(key) ?? SHIFTED_CODES.get(stroke.code ?? "");
    if (shifted) return shifted;
    // With Shift a letter is no command; signs (? and +) may need it.
    return /^[a-z0-9]$/.test(key) || key.startsWith("arrow") ? null : PLAIN.get(key) ?? null;
  }
  return PLAIN.get(key) ?? null;
}

/** @type {readonly (readonly [string, readonly (readonly [string, string])[]])[]} */
export const HELP = [
  [
    "Go",
    [
      ["\u2190 \u2192", "page back, page on"],
      ["Shift \u2190 \u2192", "a quarter of a page"],
      ["Home, End", "start and end of the night"],
      ["N, P", "next and previous movement, or doubt, or difference"],
      ["U", "step through what is uncertain only"],
      ["D", "step through differences from other scorers only"],
      ["G", "go to a time"],
    ],
  ],
  [
    "Movements and events",
    [
      ["drag on a leg", "new leg movement"],
      ["drag elsewhere", "on EEG an arousal, on breathing or a row what belongs there"],
      ["drag an edge", "another begin or end"],
      [", .", "begin 0.1 s earlier, later"],
      ["Shift , .", "end 0.1 s earlier, later"],
      ["Delete", "remove; at a difference that is no event here: leave it so"],
      ["X", "reject but keep in view; again: take it back"],
      ["Shift X", "reject, and say why"],
      ["S", "other side"],
      ["K", "another kind"],
      ["M", "mark a new event by its times"],
      ["E", "take over what the other scorer has, or the first of two"],
      ["Shift E", "take over what the second of two scorers has"],
    ],
  ],
  [
    "Stages and pages",
    [
      ["W 1 2 3 R", "stage of the marked epoch, and on to the next"],
      ["0", "unscored"],
      ["A", "accept the page as it is, and on to the next"],
      ["Ctrl Z, Ctrl Y", "undo, redo"],
    ],
  ],
  [
    "View",
    [
      ["T, Shift T", "longer page, shorter page"],
      ["\u2191 \u2193, + -", "gain of the chosen channel, or of all"],
      ["F", "filters on and off"],
      ["I", "turn signals upside down"],
      ["O, Shift O", "next montage, montage before"],
      ["C", "channels, their gain, a derivation of your own"],
      ["?", "this help"],
      ["Esc", "nothing chosen"],
    ],
  ],
];
