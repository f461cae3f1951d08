// Schemes for dX = a(X) dt + b(X) dW on [0, 1], all driven by one path, and their exact errors.
//
// A path is drawn on 1024 steps: its values, and I10 = int (W_s - W_t) ds over each of them. With
// n steps every scheme takes dW and I10 of the same path, as in strong_convergence.

import { FINEST, fillMotion } from "./motion.js";
import { SPACE_TIME_AREA, fillNormals } from "./noise.js";

export const SCHEMES = ["euler_maruyama", "milstein", "sriw1"];

/**
 * C and p for each scheme on X = u(Y) with u = arctan and dY = dW: the strong error is C h^p to
 * leading order.
 *
 * A step from u(Y) leads to u(Y + dW + r), and these r add up: the error is u'(Y_1) sum r. Taylor's
 * series, with a = u''/2, b = u' and b b' = u'' at Y, gives
 *
 *     Euler-Maruyama  r = -(u''/2u') (dW^2 - h)
 *     Milstein        r = -A dW^3 - B dW^4, A = u'''/6u', B = u''''/24u' - u''' u''/6u'^2
 *     sriw1           E r^2 = h^4 V, V = Y^2 (4725 Y^4 - 7806 Y^2 + 4157)/(72 (1 + Y^2)^6),
 *                     E r dW = h^(5/2) K, K = Y (3 Y^2 - 5)/(6 (1 + Y^2)^3), E r = -h^(5/2) K u''/u'
 *
 * to leading order. The part of r along dW adds up to int P dW, its mean to int Q dt, and the rest,
 * of variance R, to a normal that is independent of W: C^2 = E u'(Y_1)^2 ((int P dW + int Q dt)^2 +
 * int R dt) over [0, 1], with P, Q, R = 0, 0, (u''/u')^2/2; 3 A, 3 B, 6 A^2; K, -K u''/u', V - K^2.
 */
export const ARCTAN = {
  euler_maruyama: [0.3495216, 0.5],
  milstein: [0.4256266, 1],
  sriw1: [0.7799463, 1.5],
};

/**
 * The equations: a, b and b' as functions of x, the solution as a function of t and W_t, and what
 * theory says of a strong error: its root mean square, and the standard deviation of the square.
 */
export const EQUATIONS = {
  gbm: {
    words: "dX = ½ X dt + ½ X dW",
    python: "sc.models.gbm(0.5, 0.5), 1.0",
    x0: 1,
    a: (x) => 0.5 * x,
    b: (x) => 0.5 * x,
    db: () => 0.5,
    solution: (t, w) => Math.exp(0.375 * t + 0.5 * w),
    isExact: true,
    theory: (scheme, n) => geometricError(0.5, 0.5, scheme, n),
  },
  arctan: {
    words: "dX = −sin X cos³X dt + cos²X dW",
    python: "sc.models.arctan(1.0), 0.5",
    x0: 0.5,
    a: (x) => -Math.sin(x) * Math.cos(x) ** 3,
    b: (x) => Math.cos(x) ** 2,
    db: (x) => -Math.sin(2 * x),
    solution: (t, w) => Math.atan(w + Math.tan(0.5)),
    isExact: false, // the theory is the leading order in h
    theory: (scheme, n) => ({ rms: ARCTAN[scheme][0] / n ** ARCTAN[scheme][1], spread: NaN }),
  },
};

/** A path with what drives the schemes: its values, and I10 over each of the finest steps. */
export class DrivenPath {
  constructor(key, number) {
    this.values = new Float64Array(FINEST + 1);
    this.areas = new Float64Array(FINEST);
    fillMotion(key, number, this.values);
    fillNormals(key, number, 0, SPACE_TIME_AREA, this.areas);
    // Given dW over a step of length h, I10 is h/2 (dW + sqrt(h/3) z) with a normal z of its own.
    const h = 1 / FINEST;
    for (let k = 0; k < FINEST; k++) {
      const dW = this.values[k + 1] - this.values[k];
      this.areas[k] = 0.5 * h * (dW + Math.sqrt(h / 3) * this.areas[k]);
    }
  }

  /** Return I10 over the step number k of n: the sum of I10 and h (W_j - W_left) over its parts. */
  area(k, n) {
    const stride = FINEST / n;
    const first = k * stride;
    let total = 0;
    for (let j = first; j < first + stride; j++) {
      total += this.areas[j] + (this.values[j] - this.values[first]) / FINEST;
    }
    return total;
  }
}

/** One step from x, of length h; sriw1 alone takes I10. */
const STEPS = {
  euler_maruyama: ({ a, b }, x, h, dW) => x + a(x) * h + b(x) * dW,

  milstein: ({ a, b, db }, x, h, dW) => {
    const noise = b(x);
    return x + a(x) * h + noise * dW + 0.5 * noise * db(x) * (dW * dW - h);
  },

  // Roessler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.1
  sriw1: ({ a, b }, x, h, dW, I10) => {
    const root = Math.sqrt(h);
    const I11 = (dW * dW - h) / (2 * root);
    const I111 = (dW * (dW * dW - 3 * h)) / (6 * h);
    const mean = I10 / h;
    const a1 = a(x) * h;
    const b1 = b(x);
    const b2 = b(x + 0.25 * a1 + 0.5 * root * b1);
    const b3 = b(x + a1 - root * b1);
    const b4 = b(x + 0.25 * a1 + root * (3 * b2 - 5 * b1 + 0.5 * b3));
    const a2 = a(x + 0.75 * a1 + 1.5 * b1 * mean) * h;
    return (
      x +
      (a1 + 2 * a2) / 3 +
      b1 * (2 * (mean - I111) - dW - I11) +
      (b2 * (4 * (dW + I11 - mean) + 5 * I111)) / 3 +
      (b3 * (2 * (dW - mean - I111) - I11)) / 3 +
      b4 * I111
    );
  },
};

/** Return the states of a scheme, or of the solution ("exact"), at the times 0, 1/n, ..., 1. */
export function solveOn(equation, scheme, path, n) {
  const stride = FINEST / n;
  const { values } = path;
  const states = new Float64Array(n + 1);
  states[0] = equation.x0;
  const step = STEPS[scheme];
  for (let k = 0; k < n; k++) {
    const right = values[(k + 1) * stride];
    if (scheme === "exact") {
      states[k + 1] = equation.solution((k + 1) / n, right);
    } else {
      const dW = right - values[k * stride];
      const I10 = scheme === "sriw1" ? path.area(k, n) : 0;
      states[k + 1] = step(equation, states[k], 1 / n, dW, I10);
    }
  }
  return states;
}

/** Return X_n - X_T of a scheme on n steps of a path. */
export function endError(equation, scheme, path, n) {
  return solveOn(equation, scheme, path, n)[n] - equation.solution(1, path.values[FINEST]);
}

/** Return E f(Z) for a normal Z: a sum over a grid, whose error is below 1e-100 for smooth f. */
function normalMean(f) {
  const width = 0.25;
  let total = 0;
  for (let z = -12; z <= 12; z += width) total += f(z) * Math.exp((-z * z) / 2);
  return (total * width) / Math.sqrt(2 * Math.PI);
}

/**
 * Return E e^p of e = X_n - X_T for dX = mu X dt + sigma X dW from X_0 = 1, exactly.
 *
 * A step multiplies the scheme's state by R and the solution Y by G. Let m = mu h, s = sigma sqrt(h),
 * and let Z = dW/sqrt(h) and its Hermite polynomials be Z, H2 = Z^2 - 1 and H3 = Z^3 - 3 Z. Then
 *
 *     Euler-Maruyama  R = 1 + m + s Z
 *     Milstein        R = 1 + m + s Z + s^2/2 H2
 *     sriw1           R = 1 + m + m^2/2 + s (1 + m) Z + s^2/2 H2 + (s^3/6 + 5 m s^2/24) H3
 *     solution        G = exp(m - s^2/2 + s Z)
 *
 * In sriw1 the terms in I10 cancel, as noise and drift commute. The error goes from step to step by
 * e' = R e + (R - G) Y and Y' = G Y, with factors that are independent of the past. So the means of
 * e^i Y^(p - i) obey a linear recursion, by the binomial theorem for e'^i.
 */
export function geometricMoment(mu, sigma, scheme, n, p) {
  const m = mu / n;
  const s = sigma / Math.sqrt(n);
  const R = {
    euler_maruyama: (z) => 1 + m + s * z,
    milstein: (z) => 1 + m + s * z + (s * s * (z * z - 1)) / 2,
    sriw1: (z) => {
      const third = s ** 3 / 6 + (5 * m * s * s) / 24;
      const start = 1 + m + (m * m) / 2 + s * (1 + m) * z + (s * s * (z * z - 1)) / 2;
      return start + third * (z ** 3 - 3 * z);
    },
  }[scheme];
  const G = (z) => Math.exp(m - (s * s) / 2 + s * z);
  const factors = []; // of E e^j Y^(p - j) in the next E e^i Y^(p - i)
  for (let i = 0; i <= p; i++) {
    factors.push([]);
    let binomial = 1; // i over j
    for (let j = 0; j <= i; j++) {
      const product = (z) => R(z) ** j * (R(z) - G(z)) ** (i - j) * G(z) ** (p - i);
      factors[i].push(binomial * normalMean(product));
      binomial *= (i - j) / (j + 1);
    }
  }
  let means = [1, ...new Array(p).fill(0)];
  for (let k = 0; k < n; k++) {
    means = factors.map((row) => row.reduce((total, factor, j) => total + factor * means[j], 0));
  }
  return means[p];
}

const known = new Map(); // what was asked for before

/** Return the root of E e^2 on geometric Brownian motion, and the standard deviation of e^2. */
function geometricError(mu, sigma, scheme, n) {
  const name = `${mu} ${sigma} ${scheme} ${n}`;
  if (!known.has(name)) {
    const square = geometricMoment(mu, sigma, scheme, n, 2);
    const spread = Math.sqrt(geometricMoment(mu, sigma, scheme, n, 4) - square ** 2);
    known.set(name, { rms: Math.sqrt(square), spread });
  }
  return known.get(name);
}
