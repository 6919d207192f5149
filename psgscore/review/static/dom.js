/** Makes elements; texts go in as text, never as HTML. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * @param {string} id
 * @returns {HTMLSelectElement}
 */
export const select = (id) => /** @type {HTMLSelectElement} */ (byId(id));

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} does
 * @param {Record<string, string>} [attributes]
 */
export function button(text, does, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", does);
  return element;
}

/**
 * Writes a text only where it changed, so that nothing is read out twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Options of a list to choose from.
 * @param {HTMLSelectElement} select
 * @param {readonly {value: string, text: string}[]} options
 * @param {string} chosen
 */
export function choices(select, options, chosen) {
  select.replaceChildren(
    ...options.map(({ value, text }) => make("option", { value }, text)),
  );
  select.value = chosen;
}

/**
 * A row of buttons of which one is pressed. They stay the same buttons when another one is, so
 * that the focus stays where it was.
 * @param {HTMLElement} place
 * @param {readonly {value: number, text: string, name: string, title: string}[]} options
 * @param {number} pressed
 * @param {(value: number) => void} choose
 * @param {boolean} disabled
 */
export function pressable(place, options, pressed, choose, disabled = false) {
  let buttons = [...place.querySelectorAll("button")];
  if (buttons.length !== options.length) {
    buttons = options.map(({ text }) => make("button", { type: "button" }, text));
    place.replaceChildren(...buttons);
  }
  options.forEach(({ value, name, title }, k) => {
    const one = /** @type {HTMLButtonElement} */ (buttons[k]);
    one.setAttribute("aria-pressed", String(value === pressed));
    one.setAttribute("aria-label", name);
    one.title = title;
    one.disabled = disabled;
    one.onclick = () => choose(value);
  });
}
