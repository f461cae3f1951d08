// One number for each of 400 paths of a key: their mean and their histogram.

import { FINEST, fillMotion } from "./motion.js";
import { readKey } from "./noise.js";

export const PATHS = 400;
const BINS = 40;

/** The paths of a key, and the numbers that belong to them in the state that is shown. */
export class Sample {
  /** `keep` returns what is kept of a path, given its key, its number and its values. */
  constructor(keep) {
    this.keep = keep;
    this.key = "";
    this.state = "";
    this.paths = [];
    this.numbers = [];
  }

  /** Forget the paths of another key, and return the first path of this one. */
  begin(key) {
    if (key !== this.key) {
      this.key = key;
      this.paths = [];
    }
    return this.path(0);
  }

  /** Return the path of a number; the paths before it are drawn already. */
  path(number) {
    if (number === this.paths.length) {
      const key = readKey(this.key);
      const values = new Float64Array(FINEST + 1);
      fillMotion(key, number, values);
      this.paths.push(this.keep(key, number, values));
    }
    return this.paths[number];
  }

  /** Measure the paths in a state, as far as that is not done, and show their numbers. */
  fill(view, state, measure, show) {
    if (state !== this.state) {
      this.state = state;
      this.numbers = [];
    }
    const isDone = () => this.numbers.length === PATHS;
    view.fill(isDone, () => this.numbers.push(measure(this.path(this.numbers.length))), show);
  }

  /** Write the mean beside its exact value. */
  write(table, exact) {
    const count = this.numbers.length;
    const mean = this.numbers.reduce((total, x) => total + x, 0) / count;
    const squares = this.numbers.reduce((total, x) => total + (x - mean) ** 2, 0);
    const stderr = Math.sqrt(squares / (count - 1) / count);
    table.set("paths", "value", count, String(count));
    table.set("mean", "value", mean);
    table.set("stderr", "value", stderr);
    table.set("exact", "value", exact);
    table.set("z", "value", (mean - exact) / stderr);
  }

  /**
   * Draw a histogram that reaches from the first to the last percentile, and `margin` beyond them and
   * the numbers in `also`. The bars at the ends hold what lies outside.
   */
  draw(axes, also, margin, title) {
    const sorted = Float64Array.from(this.numbers).sort();
    const ends = [0.01, 0.99].map((share) => sorted[Math.floor(share * sorted.length)]);
    const low = Math.min(...ends, ...also) - margin;
    const high = Math.max(...ends, ...also) + margin;
    const width = (high - low) / BINS;
    const edges = Array.from({ length: BINS + 1 }, (_, i) => low + i * width);
    const counts = new Array(BINS).fill(0);
    for (const number of this.numbers) {
      const bin = Math.floor((number - low) / width);
      counts[Math.min(BINS - 1, Math.max(0, bin))] += 1;
    }
    axes.begin([low, high], [0, 1.1 * Math.max(...counts, 10)], title);
    axes.bars(edges, counts, { colour: "c0", name: `${this.numbers.length} paths` });
  }
}
