// Strong errors for the numbers of steps that were visited, over more and more paths.

import { DrivenPath, SCHEMES, endError } from "./equations.js";
import { readKey } from "./noise.js";

export const PATHS = 2048; // as many as strong_convergence asks for

/** The squares of the errors of a scheme on n and on n/2 steps, summed over paths. */
export class ErrorSums {
  constructor() {
    this.count = 0;
    this.sums = [0, 0, 0, 0, 0]; // of A, B, A^2, A B, B^2
  }

  /** Add a path: its errors on n steps and on n/2. */
  add(error, halfError) {
    const A = error ** 2;
    const B = halfError ** 2;
    this.count += 1;
    [A, B, A * A, A * B, B * B].forEach((term, i) => (this.sums[i] += term));
  }

  /**
   * Return the root mean square error on n steps, the order log2(error on n/2 steps/error on n), and
   * their standard errors by the delta method: those of the means of A/(2 rms), and of
   * (B/mean B - A/mean A)/(2 log 2).
   */
  describe() {
    const { count } = this;
    const [A, B, AA, AB, BB] = this.sums.map((sum) => sum / count);
    const spread = AA / A ** 2 - 1;
    const difference = AA / A ** 2 - (2 * AB) / (A * B) + BB / B ** 2;
    return {
      rms: Math.sqrt(A),
      stderr: 0.5 * Math.sqrt((A * spread) / (count - 1)),
      order: Math.log2(B / A) / 2,
      orderStderr: Math.sqrt(difference / (count - 1)) / (2 * Math.LN2),
    };
  }
}

/** The paths of a key, and the errors along them on every level: an equation and a number of steps. */
export class StrongErrors {
  constructor(key) {
    this.key = key;
    this.paths = [];
    this.levels = new Map();
  }

  /** Return the path of a number; the paths before it are drawn already. */
  path(number) {
    if (number === this.paths.length) this.paths.push(new DrivenPath(readKey(this.key), number));
    return this.paths[number];
  }

  /** Return a level, which is new if it was not visited before. */
  visit(equation, n) {
    const name = `${equation.python} ${n}`;
    if (!this.levels.has(name)) {
      const sums = Object.fromEntries(SCHEMES.map((scheme) => [scheme, new ErrorSums()]));
      this.levels.set(name, { equation, n, count: 0, sums });
    }
    return this.levels.get(name);
  }

  /** Return the levels of an equation that were visited. */
  of(equation) {
    return [...this.levels.values()].filter((level) => level.equation === equation);
  }

  /** Add the next path to that of some levels which has the fewest. */
  addTo(levels) {
    const level = levels.reduce((one, two) => (two.count < one.count ? two : one));
    const { equation, n, sums } = level;
    const path = this.path(level.count);
    for (const scheme of SCHEMES) {
      const halfError = endError(equation, scheme, path, n / 2);
      sums[scheme].add(endError(equation, scheme, path, n), halfError);
    }
    level.count += 1;
  }
}
