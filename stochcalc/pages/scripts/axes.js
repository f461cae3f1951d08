// Axes: ticks and labels are text in an SVG, the data are drawn on a canvas behind it.
//
// All colours are those of the page's style, --ink, --faint, --c0, --c1, ..., so that a dark page and
// one with forced colours are drawn in their own. A colour never stands alone: lines differ by their
// dashes as well, and have a legend in words.

import { make } from "./controls.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 64;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 44;
const DASHES = { solid: [], dashed: [7, 5], dotted: [2, 4] };

/** Axes with a title in words, which is also what a screen reader says of the picture. */
export class Axes {
  /**
   * `options`: title, xLabel, yLabel, height in pixels, and log, true for a horizontal axis of
   * powers of 2. The view is drawn again when the size or the colours change.
   */
  constructor(view, options) {
    this.options = { height: 260, log: false, ...options };
    this.title = make("figcaption", {}, options.title);
    this.canvas = make("canvas", { role: "img", "aria-label": options.title });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.box = make("div", { class: "axes" }, this.canvas, this.svg);
    this.legend = make("p", { class: "legend" });
    this.element = make("figure", {}, this.title, this.box, this.legend);
    this.box.style.height = `${this.options.height}px`;
    this.frame = "";
    this.names = "";
    const { ask, signal } = view;
    const observer = new ResizeObserver(ask);
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect());
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", ask, { signal });
    }
  }

  /** Clear the picture and set what the axes span: x and y are pairs. The title may change. */
  begin(x, y, title = this.options.title) {
    const ratio = devicePixelRatio;
    const width = Math.max(this.box.clientWidth, 120);
    const height = this.options.height;
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) {
      [this.canvas.width, this.canvas.height] = size;
    }
    this.width = width;
    this.height = height;
    this.x = x;
    this.y = y[0] < y[1] ? y : [y[0] - 1, y[1] + 1];
    this.style = getComputedStyle(this.box);
    this.pen = this.canvas.getContext("2d");
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    if (this.title.textContent !== title) {
      this.title.textContent = title;
      this.canvas.setAttribute("aria-label", title);
    }
    this.drawFrame();
    this.entries = [];
  }

  /** Write the legend; it is called last. */
  end() {
    const names = JSON.stringify(this.entries);
    if (names === this.names) return;
    this.names = names;
    this.legend.replaceChildren(
      ...this.entries.map(({ name, colour, dash, shape }) => {
        const sample = make("span", { class: `sample ${shape} ${dash}`, "aria-hidden": "true" });
        sample.style.setProperty("--own", `var(--${colour})`);
        return make("span", { class: "entry" }, sample, name);
      }),
    );
  }

  /** Return where a number of the horizontal axis lies, in pixels. */
  across(x) {
    const [a, b] = this.x;
    const share = this.options.log ? Math.log(x / a) / Math.log(b / a) : (x - a) / (b - a);
    return LEFT + share * (this.width - LEFT - RIGHT);
  }

  /** Return where a number of the vertical axis lies, in pixels. */
  up(y) {
    const [a, b] = this.y;
    return TOP + ((b - y) / (b - a)) * (this.height - TOP - BOTTOM);
  }

  /** Draw a line through points; `name` puts it into the legend. */
  line(xs, ys, { colour = "c0", dash = "solid", width = 1.5, name } = {}) {
    this.clip(() => {
      this.pen.beginPath();
      for (let i = 0; i < xs.length; i++) this.pen.lineTo(this.across(xs[i]), this.up(ys[i]));
      this.pen.lineWidth = width;
      this.pen.setLineDash(DASHES[dash]);
      this.pen.strokeStyle = this.colour(colour);
      this.pen.stroke();
    });
    this.enter(name, colour, dash, "stroke");
  }

  /** Draw dots; `hollow` dots are rings. */
  dots(xs, ys, { colour = "c0", size = 3, hollow = false, name } = {}) {
    this.clip(() => {
      this.pen.fillStyle = this.colour(colour);
      this.pen.strokeStyle = this.pen.fillStyle;
      this.pen.lineWidth = 1.5;
      this.pen.setLineDash([]);
      for (let i = 0; i < xs.length; i++) {
        this.pen.beginPath();
        this.pen.arc(this.across(xs[i]), this.up(ys[i]), size, 0, 2 * Math.PI);
        if (hollow) this.pen.stroke();
        else this.pen.fill();
      }
    });
    this.enter(name, colour, "solid", hollow ? "ring" : "dot");
  }

  /** Fill the region between two curves. */
  band(xs, low, high, { colour = "c0", name } = {}) {
    this.clip(() => {
      this.pen.beginPath();
      for (let i = 0; i < xs.length; i++) this.pen.lineTo(this.across(xs[i]), this.up(high[i]));
      for (let i = xs.length - 1; i >= 0; i--) this.pen.lineTo(this.across(xs[i]), this.up(low[i]));
      this.pen.closePath();
      this.pen.globalAlpha = 0.2;
      this.pen.fillStyle = this.colour(colour);
      this.pen.fill();
    });
    this.enter(name, colour, "solid", "area");
  }

  /** Draw the bars of a histogram between the edges. */
  bars(edges, heights, { colour = "c0", name } = {}) {
    this.clip(() => {
      this.pen.fillStyle = this.colour(colour);
      this.pen.globalAlpha = 0.45;
      for (let i = 0; i < heights.length; i++) {
        const left = this.across(edges[i]);
        const top = this.up(heights[i]);
        this.pen.fillRect(left + 0.5, top, this.across(edges[i + 1]) - left - 1, this.up(0) - top);
      }
    });
    this.enter(name, colour, "solid", "area");
  }

  /** Draw a vertical line over the whole height. */
  vertical(x, options) {
    this.line([x, x], this.y, { width: 2.5, ...options });
  }

  /** Draw a horizontal line over the whole width. */
  horizontal(y, options) {
    this.line(this.x, [y, y], { width: 1, ...options });
  }

  /** Return the value of a colour of the page's style. */
  colour(name) {
    return this.style.getPropertyValue(`--${name}`).trim() || "currentColor";
  }

  /** Draw inside the frame alone, and undo every setting of the pen afterwards. */
  clip(draw) {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(LEFT, TOP, this.width - LEFT - RIGHT, this.height - TOP - BOTTOM);
    this.pen.clip();
    draw();
    this.pen.restore();
  }

  enter(name, colour, dash, shape) {
    if (name !== undefined) this.entries.push({ name, colour, dash, shape });
  }

  /** Write the ticks and the labels, unless they are there already. */
  drawFrame() {
    const frame = JSON.stringify([this.width, this.x, this.y]);
    if (frame === this.frame) return;
    this.frame = frame;
    const right = this.width - RIGHT;
    const bottom = this.height - BOTTOM;
    const parts = [draw("path", { d: `M${LEFT} ${TOP}V${bottom}H${right}`, class: "frame" })];
    const xTicks = this.options.log ? powersOfTwo(this.x, this.width) : ticks(this.x, this.width / 90);
    for (const value of xTicks) {
      const x = this.across(value);
      parts.push(draw("path", { d: `M${x} ${bottom}v5`, class: "frame" }));
      parts.push(draw("text", { x, y: bottom + 19, "text-anchor": "middle" }, showTick(value)));
    }
    for (const value of ticks(this.y, this.height / 60)) {
      const y = this.up(value);
      parts.push(draw("path", { d: `M${LEFT} ${y}h-5`, class: "frame" }));
      parts.push(draw("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, showTick(value)));
    }
    const middle = (TOP + bottom) / 2;
    const turn = `rotate(-90 14 ${middle})`;
    const upright = { x: 14, y: middle, "text-anchor": "middle", transform: turn };
    parts.push(draw("text", upright, this.options.yLabel));
    const below = { x: (LEFT + right) / 2, y: this.height - 6, "text-anchor": "middle" };
    parts.push(draw("text", below, this.options.xLabel));
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren(...parts);
  }
}

/** Return an element of an SVG. */
function draw(kind, attributes, text = "") {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

/** Return about `count` round numbers in an interval. */
function ticks([a, b], count) {
  const rough = (b - a) / Math.max(2, count);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * [1, 2, 5, 10].find((factor) => factor * size >= rough);
  const found = [];
  for (let k = Math.ceil(a / step - 1e-9); k * step <= b + 1e-9 * step; k++) found.push(k * step);
  return found;
}

/** Return the powers of 2 in an interval, every second one where there is little room. */
function powersOfTwo([a, b], width) {
  const found = [];
  const stride = width < 500 ? 2 : 1;
  for (let k = Math.ceil(Math.log2(a)); 2 ** k <= b; k += stride) found.push(2 ** k);
  return found;
}

/** Return the text of a tick. */
function showTick(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
