// The parts of a page that readers move and read: sliders, choices, the key, and tables of numbers.

import { describeField, numberOf, readField } from "./state.js";

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

/**
 * Return a slider over the choices of a field.
 *
 * `say` turns a choice into the words that are shown beside the slider and read aloud.
 */
export function makeSlider(model, field, say = (choice) => choice) {
  const id = `field-${field.name}`;
  const shown = make("output", { for: id });
  const last = String(field.choices.length - 1);
  const input = make("input", { type: "range", id, min: "0", max: last, step: "1" });
  const show = () => {
    const value = model.get(field.name);
    input.value = String(field.choices.indexOf(value));
    shown.textContent = say(value);
    input.setAttribute("aria-valuetext", say(value));
  };
  input.addEventListener("input", () => choose(model, field.name, field.choices[+input.value]));
  model.on(`change:${field.name}`, show);
  show();
  return make("div", { class: "field" }, make("label", { for: id }, field.label), input, shown);
}

/** Return a list of the choices of a field; `say` turns a choice into the words of the list. */
export function makeSelect(model, field, say = (choice) => choice) {
  const id = `field-${field.name}`;
  const options = field.choices.map((value) => make("option", { value }, say(value)));
  const select = make("select", { id }, ...options);
  const show = () => {
    select.value = model.get(field.name);
  };
  select.addEventListener("change", () => choose(model, field.name, select.value));
  model.on(`change:${field.name}`, show);
  show();
  return make("div", { class: "field" }, make("label", { for: id }, field.label), select);
}

/** Return a button that sets fields to values: a named state of the page. */
export function makePreset(model, words, values) {
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
  for (const name of names) model.on(`change:${name}`, show);
  show();
  return button;
}

/** Return the box of the key, and a button for the next one. `tell` shows a sentence. */
export function makeKeyBox(model, field, tell) {
  const id = `field-${field.name}`;
  const input = make("input", { id, type: "text", inputmode: "numeric", autocomplete: "off" });
  const show = () => {
    input.value = model.get(field.name);
    input.removeAttribute("aria-invalid");
  };
  input.addEventListener("change", () => {
    const value = readField(field, input.value);
    if (value === undefined) {
      input.setAttribute("aria-invalid", "true");
      const now = model.get(field.name);
      tell(`key=${input.value} must be ${describeField(field)}: ${now} is shown.`);
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
  model.on(`change:${field.name}`, show);
  show();
  return make("div", { class: "field" }, make("label", { for: id }, field.label), input, next);
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
  const set = (row, column, value, text = showNumber(value)) => {
    const cell = cells.get(`${row} ${column}`);
    cell.textContent = text;
    cell.dataset.value = String(value);
  };
  return { element: make("div", { class: "scroll", tabindex: "0" }, table), set };
}

/** Return a number in six significant digits, with a minus sign instead of a hyphen. */
export function showNumber(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(4) : value.toPrecision(6);
  return text.replace("-", "−").replace("e-", "e−");
}

/** Return {element, set} of the lines of Python that give the same numbers, with a button to copy. */
export function makePython(tell) {
  const code = make("code");
  const button = make("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      tell("The lines are in the clipboard.");
    } catch {
      getSelection().selectAllChildren(code);
      tell("The browser keeps the clipboard closed: the lines are selected, copy them.");
    }
  });
  const element = make(
    "section",
    { class: "python" },
    make("h2", {}, "The same numbers in Python"),
    make("pre", { tabindex: "0" }, code),
    button,
  );
  const set = (text) => {
    if (code.textContent !== text) code.textContent = text;
  };
  return { element, set };
}

/** Return {element, tell} of the one line that screen readers read aloud. */
export function makeLiveLine() {
  const element = make("p", { class: "live", role: "status" });
  const tell = (text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  return { element, tell };
}

/** Return a function that calls `draw` once before the next frame, however often it is called. */
export function once(draw) {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      draw();
    });
  };
}

/** Return the number that a field of the model has. */
export function numberIn(model, name) {
  return numberOf(model.get(name));
}
