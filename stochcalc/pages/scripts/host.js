// What a page runs in when it is a file of its own: the model that a notebook's widget would give it.
//
// A page is a function render({model, el}). The model has the values of its fields: `get` reads one,
// `set` writes one, `save_changes` tells those who listen, and `on("change:name", f)` is how one
// listens. In a file the address's hash is where the values are kept.

import { PAGE } from "./page.js";
import { readHash, writeHash } from "./state.js";

const PAUSE = 250; // milliseconds; browsers refuse an address that changes too often

/** The values of the fields of a page, kept in the address where there is one. */
class PageModel {
  constructor(fields, state) {
    this.fields = fields;
    this.state = state;
    this.changed = new Set();
    this.listeners = new Map();
    this.problems = [];
    this.timer = 0;
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    this.changed.add(name);
  }

  save_changes() {
    this.problems = []; // a reader's move answers them
    this.tell();
    if (location.protocol === "about:") return; // inside a frame of a notebook
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      try {
        history.replaceState(null, "", writeHash(this.fields, this.state));
      } catch {
        // A frame without an origin may not write its address.
      }
    }, PAUSE);
  }

  on(event, listener) {
    const listeners = this.listeners.get(event) ?? [];
    this.listeners.set(event, [...listeners, listener]);
  }

  off(event, listener) {
    const listeners = this.listeners.get(event) ?? [];
    this.listeners.set(event, listeners.filter((one) => one !== listener));
  }

  /** Take over what an address says. */
  read(hash) {
    const { state, problems } = readHash(hash, this.fields, this.state);
    this.problems = problems;
    for (const field of this.fields) this.set(field.name, state[field.name]);
    this.tell();
    for (const listener of this.listeners.get("problems") ?? []) listener();
  }

  tell() {
    const names = [...this.changed];
    this.changed.clear();
    for (const name of names) {
      for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
    }
  }
}

/** Show a page in the document that it is the only content of. */
export function start(render) {
  const first = JSON.parse(document.getElementById("first-state").textContent);
  const model = new PageModel(PAGE.fields, first);
  if (location.hash !== "") model.read(location.hash);
  addEventListener("hashchange", () => model.read(location.hash));
  render({ model, el: document.getElementById("page") });
}
