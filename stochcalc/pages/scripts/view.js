// What all pages do alike: they hear of changes, draw before the next frame, fill in numbers between
// two frames, say one line, and go.

import { make } from "./controls.js";
import { PAGE } from "./page.js";

const SLICE = 6; // milliseconds of work between two frames
const QUIET = 300; // milliseconds without a change, after which the line is read aloud

/** A page in one element; a notebook may show more than one view of the same model. */
export class View {
  /** `draw` is called before the next frame, however often the model changes until then. */
  constructor({ model, el }, draw) {
    this.model = model;
    this.el = el;
    this.live = make("p", { class: "live", role: "status" });
    const ending = new AbortController();
    this.signal = ending.signal; // is aborted when the view goes
    this.ask = () => {
      cancelAnimationFrame(this.asked);
      this.asked = requestAnimationFrame(draw);
    };
    this.end = () => {
      ending.abort();
      clearTimeout(this.timer);
      cancelAnimationFrame(this.asked);
      cancelAnimationFrame(this.filling);
    };
  }

  /** Listen to the model until the view goes. */
  on(event, listener) {
    this.model.on(event, listener);
    this.signal.addEventListener("abort", () => this.model.off(event, listener));
  }

  /** Put the parts of the page into the element, and draw it after every change. */
  show(...parts) {
    this.el.classList.add("stochcalc-sandbox");
    this.el.replaceChildren(...parts);
    for (const field of PAGE.fields) this.on(`change:${field.name}`, this.ask);
    this.on("problems", this.ask);
    this.ask();
  }

  /** Take steps for a few milliseconds, then show them, and go on after the next frame. */
  fill(isDone, step, show) {
    cancelAnimationFrame(this.filling);
    const end = performance.now() + SLICE;
    while (!isDone()) {
      step();
      if (performance.now() > end) break;
    }
    show();
    if (!isDone()) this.filling = requestAnimationFrame(() => this.fill(isDone, step, show));
  }

  /** Say a sentence in the line that is read aloud, once nothing has changed for a while. */
  tell(text) {
    clearTimeout(this.timer);
    const write = () => {
      if (this.live.textContent !== text) this.live.textContent = text;
    };
    if (this.live.textContent === "") write();
    else this.timer = setTimeout(write, QUIET);
  }

  /** Say what the page shows, after the faults of its address. */
  describe(words) {
    this.tell([...(this.model.problems ?? []), words].join(" "));
  }
}
