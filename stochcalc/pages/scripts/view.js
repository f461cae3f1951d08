// What all pages do alike: they hear of changes, draw before the next frame, fill in numbers between
// two frames, say one line, and go.

import { make } from "./controls.js";
import { PAGE } from "./page.js";

const SLICE = 6; // milliseconds of a frame, after which nothing more is filled in
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
    this.begun = 0; // when the work of this frame began
    this.ask = () => {
      cancelAnimationFrame(this.filling); // a page that is drawn goes on to fill
      cancelAnimationFrame(this.asked);
      this.asked = this.later(draw);
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

  /** Work before the next frame, and note when the work of that frame begins. */
  later(work) {
    return requestAnimationFrame(() => {
      this.begun = performance.now();
      work();
    });
  }

  /**
   * Take steps until a few milliseconds of the frame are over, then show them, and go on in the next.
   *
   * At least one step is taken, also where the drawing of a new state took all the time.
   */
  fill(isDone, step, show) {
    cancelAnimationFrame(this.filling);
    while (!isDone()) {
      step();
      if (performance.now() > this.begun + SLICE) break;
    }
    show();
    this.el.setAttribute("aria-busy", String(!isDone()));
    if (!isDone()) this.filling = this.later(() => this.fill(isDone, step, show));
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
