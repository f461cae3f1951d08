// The parts of a page that readers move and read: sliders, choices, the key, and tables of numbers.

import { describeField, numberOf, readField } from "./state.js";

const PYTHON = "The same numbers in Python";

/** Return a new element with attributes and children; a child is an element or a text. */
export function make(kind, attributes = {}, ...children) {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Write a new value of a field, as a reader's move does. */
export function choose(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

/** Return a control inside its label, which needs no id that is unique, and what is beside them. */
function makeField(field, control, ...beside) {
  control.setAttribute("name", field.name);
  return make("div", { class: "field" }, make("label", {}, field.label, control), ...beside);
}

/** Call `show` now, and after every change of a field. */
function follow(view, name, show) {
  view.on(`change:${name}`, show);
  show();
}

/**
 * Return a slider over the choices of a field.
 *
 * `say` turns a choice into the words that are shown beside the slider and read aloud.
 */
export function makeSlider(view, field, say = (choice) => choice) {
  const { model } = view;
  const last = String(field.choices.length - 1);
  const input = make("input", { type: "range", min: "0", max: last, step: "1" });
  const shown = make("span", { class: "shown", "aria-hidden": "true" });
  input.addEventListener("input", () => choose(model, field.name, field.choices[+input.value]));
  follow(view, field.name, () => {
    const value = model.get(field.name);
    input.value = String(field.choices.indexOf(value));
    shown.textContent = say(value);
    input.setAttribute("aria-valuetext", say(value));
  });
  return makeField(field, input, shown);
}

/** Return a list of the choices of a field; `say` turns a choice into the words of the list. */
export function makeSelect(view, field, say = (choice) => choice) {
  const { model } = view;
  const options = field.choices.map((value) => make("option", { value }, say(value)));
  const select = make("select", {}, ...options);
  select.addEventListener("change", () => choose(model, field.name, select.value));
  follow(view, field.name, () => {
    select.value = model.get(field.name);
  });
  return makeField(field, select);
}

/** Return a button that sets fields to values: a named state of the page. */
function makePreset(view, words, values) {
  const { model } = view;
  const button = make("button", { type: "button" }, words);
  const names = Object.keys(values);
  const show = () => {
    const isShown = names.every((name) => model.get(name) === values[name]);
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.addEventListener("click", () => {
    for (const name of names) model.set(name, values[name]);
    model.save_changes();
  });
  for (const name of names) follow(view, name, show);
  return button;
}

/** Return the buttons of named states: `states` has the values of fields by the words of a button. */
export function makePresets(view, label, states) {
  const buttons = Object.entries(states).map(([words, values]) => makePreset(view, words, values));
  return make("div", { class: "presets", role: "group", "aria-label": label }, ...buttons);
}

/** Return the box of the key, and a button for the next one. */
export function makeKeyBox(view, field) {
  const { model } = view;
  const input = make("input", { type: "text", inputmode: "numeric", autocomplete: "off" });
  const show = () => {
    input.value = model.get(field.name);
    input.removeAttribute("aria-invalid");
  };
  input.addEventListener("change", () => {
    const value = readField(field, input.value);
    if (value === undefined) {
      input.setAttribute("aria-invalid", "true");
      const now = model.get(field.name);
      view.tell(`key=${input.value} must be ${describeField(field)}: ${now} is shown.`);
    } else {
      choose(model, field.name, value);
      show();
    }
  });
  const next = make("button", { type: "button" }, "New path");
  next.addEventListener("click", () => {
    const key = (BigInt(model.get(field.name)) + 1n) % 2n ** 64n;
    choose(model, field.name, String(key));
  });
  follow(view, field.name, show);
  return makeField(field, input, next);
}

/** Return the part of a page that holds what a reader can move. */
export function makeSettings(...parts) {
  return make("section", { class: "settings", "aria-label": "Settings" }, ...parts);
}

/**
 * Return {element, set} of a table of numbers: `set(row, column, value, text)` writes a cell.
 *
 * `rows` are pairs of a name and the words that are shown; a table of one column has no head. A cell
 * shows a few digits, or the text, and has all digits of its number in data-value.
 */
export function makeTable(caption, rows, columns = ["value"]) {
  const cells = new Map();
  const body = rows.map(([name, words]) => {
    const line = make("tr", {}, make("th", { scope: "row" }, words));
    for (const column of columns) {
      const cell = make("td", { "data-cell": `${name} ${column}` });
      cells.set(`${name} ${column}`, cell);
      line.append(cell);
    }
    return line;
  });
  const table = make("table", {}, make("caption", {}, caption));
  if (columns.length > 1) {
    const names = columns.map((column) => make("th", { scope: "col" }, column));
    table.append(make("thead", {}, make("tr", {}, make("td"), ...names)));
  }
  table.append(make("tbody", {}, ...body));
  const set = (row, column, value, text) => {
    const name = `${row} ${column}`;
    const cell = cells.get(name);
    cell.textContent = text ?? showNumber(value, /\bz\b/.test(name));
    cell.dataset.value = String(value);
  };
  const box = { class: "scroll", tabindex: "0", role: "group", "aria-label": caption };
  return { element: make("div", box, table), set };
}

/** Return a number in six digits, and at most eight decimals; z has two. Minus signs are no hyphens. */
export function showNumber(value, isZ = false) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text = value.toPrecision(6);
  if (isZ) text = value.toFixed(2);
  else if (size >= 1e6 || (size < 1e-6 && size > 0)) text = value.toExponential(4);
  else if (size < 1e-3) text = value.toFixed(8);
  return text.replaceAll("-", "−");
}

/** Return {element, set} of the lines of Python that give the same numbers, with a button to copy. */
export function makePython(view) {
  const code = make("code");
  const button = make("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      view.tell("The lines are in the clipboard.");
    } catch {
      getSelection().selectAllChildren(code);
      view.tell("The browser keeps the clipboard closed: the lines are selected, copy them.");
    }
  });
  const element = make(
    "section",
    { class: "python" },
    make("h2", {}, PYTHON),
    make("pre", { tabindex: "0", role: "group", "aria-label": PYTHON }, code),
    button,
  );
  const set = (text) => {
    if (code.textContent !== text) code.textContent = text;
  };
  return { element, set };
}

/** Return the number that a field of the model has. */
export function numberIn(model, name) {
  return numberOf(model.get(name));
}
