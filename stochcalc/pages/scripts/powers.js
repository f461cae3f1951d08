// Sums of |dW|^p over a partition of [0, 1], with their exact means, for p = 1, 2, 3.
//
// An even partition does not look at the path. The other one keeps only the turns of the path on the
// even one, and so joins all increments between two turns, which have one sign, into one.

import { FINEST } from "./motion.js";

export const POWERS = [1, 2, 3];

/** Return the values of a path on n equal steps, or at its turns on them alone, with their times. */
export function choosePoints(values, n, grid) {
  const stride = FINEST / n;
  const times = [];
  const heights = [];
  for (let k = 0; k <= n; k++) {
    const w = values[k * stride];
    const isEnd = k === 0 || k === n;
    const isTurn = !isEnd && (w - values[(k - 1) * stride]) * (values[(k + 1) * stride] - w) < 0;
    if (grid === "even" || isEnd || isTurn) {
      times.push(k / n);
      heights.push(w);
    }
  }
  return { times, heights };
}

/** Return the sum of |dW|^p over the increments between the points. */
export function sumOfPowers(heights, p) {
  let total = 0;
  for (let k = 1; k < heights.length; k++) {
    const size = Math.abs(heights[k] - heights[k - 1]);
    total += p === 1 ? size : p === 2 ? size * size : size * size * size;
  }
  return total;
}

const A = 1 / Math.sqrt(2 * Math.PI); // E max(Z, 0) of a standard normal Z
const MOMENTS = { 1: 2 * A, 2: 1, 3: 4 * A, 4: 3, 6: 15 }; // E |Z|^p

/**
 * Return the exact mean of the sum of |dW|^p.
 *
 * On n equal steps of length h it is n h^(p/2) E |Z|^p. At the turns a power of a joined increment is
 * multiplied out. Increments i < j with j - i = d belong together if all between have their sign,
 * which for positive ones contributes E Z+^a E Z+^b 2^(1-d), with E Z+ = A and E Z+^2 = 1/2, and
 * negative ones contribute as much:
 *
 *   p = 2:  2 (2 A^2) 2^(1-d) for each pair,
 *   p = 3:  6 (2 A / 2) 2^(1-d) for each pair, and 6 (2 A^3) (d - 1) 2^(2-d) for the triples that
 *           have their first and their last at distance d.
 *
 * Sums of absolute values do not change. For p = 2 and n to infinity the mean tends to 1 + 4/pi.
 */
export function exactMean(n, p, grid) {
  let mean = n * MOMENTS[p];
  if (grid === "turns" && p > 1) {
    for (let d = 1; d < n && d < 1100; d++) {
      const pair = p === 2 ? 4 * A * A : 6 * A;
      const triple = p === 2 ? 0 : 12 * A ** 3 * (d - 1);
      mean += (n - d) * (pair * 2 ** (1 - d) + triple * 2 ** (2 - d));
    }
  }
  return mean * n ** (-p / 2);
}

/** Return the exact standard deviation of the sum of |dW|^p on n equal steps. */
export function exactDeviation(n, p) {
  return Math.sqrt((MOMENTS[2 * p] - MOMENTS[p] ** 2) * n) * n ** (-p / 2);
}
