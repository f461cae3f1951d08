// Riemann sums of f(W) dW on [0, 1], their limits, and what is known of both exactly.
//
// The sums are those of riemann_sum(f, W.coarsen(1024 / n), lam, at=...): n equal steps along a path
// that was drawn on 1024. With F' = f the limit is F(W_1) - F(0) + (lam - 1/2) int f'(W) dt.

import { FINEST, insideStep } from "./motion.js";

const SHARES = 16; // lambda is a number of sixteenths

/**
 * The integrands. Beside f, its antiderivative F and its derivative df, each has
 *
 *   mean(lam, n, at)  the exact mean of R - F(W_1) + F(0), times W_1 if `weighted`,
 *   slope             its limit is slope (lam - 1/2),
 *   square            int E f'(W)^2 dt, on which the size of the error rests,
 *   next              E (the error)^2 n^2 to leading order where lam = 1/2 is read by value.
 *
 * Stein's identity E X g(X) = E X^2 E g'(X) gives the means: by it E f(W(tau_k)) dW_k is
 * lam h E f'(W(tau_k)), and lam h E f'(W(t_k + h)) where values are blended.
 *
 * There the sum is the trapezoid rule, and a step leaves f'' dW^3/12 + f''' dW^4/24. The part of dW^3
 * along dW is 3 h dW, and the rest has the variance 6 h^3. So the errors add up to
 *
 *   h/4 int f'' dW + h/8 int f''' dt = h/4 (f'(W_1) - f'(0)),
 *
 * by Ito's formula, and a rest: n^2 E (the error)^2 is int E f''^2 dt/24 + E (f'(W_1) - f'(0))^2/16.
 */
export const INTEGRANDS = {
  w: {
    words: "w",
    python: "w",
    f: (w) => w,
    F: (w) => (w * w) / 2,
    df: () => 1,
    weighted: false,
    mean: (lam) => lam - 0.5,
    slope: 1,
    square: 1,
    next: 0,
  },
  "w^2": {
    words: "w²",
    python: "w**2",
    f: (w) => w * w,
    F: (w) => (w * w * w) / 3,
    df: (w) => 2 * w,
    weighted: true,
    mean: (lam, n, at) => {
      if (at === "value") return lam - 0.5 + (4 * lam - 1) / (2 * n);
      return (1 + 2 * lam) * ((1 - 1 / n) / 2 + lam / n) - 1;
    },
    slope: 1,
    square: 2,
    next: 15 / 36,
  },
  "w^3": {
    words: "w³",
    python: "w**3",
    f: (w) => w * w * w,
    F: (w) => (w * w * w * w) / 4,
    df: (w) => 3 * w * w,
    weighted: false,
    mean: (lam, n, at) => lam * sumOver(n, lam, at, (t) => 3 * t) - 0.75,
    slope: 1.5,
    square: 9,
    next: 39 / 16,
  },
  "e^w": {
    words: "eʷ",
    python: "np.exp(w)",
    f: Math.exp,
    F: (w) => Math.exp(w) - 1,
    df: Math.exp,
    weighted: false,
    mean: (lam, n, at) => lam * sumOver(n, lam, at, (t) => Math.exp(t / 2)) - Math.expm1(0.5),
    slope: 2 * Math.expm1(0.5),
    square: Math.expm1(2) / 2,
    next: Math.expm1(2) / 48 + (Math.expm1(2) - 2 * Math.expm1(0.5)) / 16,
  },
  "sin w": {
    words: "sin w",
    python: "np.sin(w)",
    f: Math.sin,
    F: (w) => 1 - Math.cos(w),
    df: Math.cos,
    weighted: false,
    mean: (lam, n, at) => lam * sumOver(n, lam, at, (t) => Math.exp(-t / 2)) + Math.expm1(-0.5),
    slope: -2 * Math.expm1(-0.5),
    square: 0.5 - Math.expm1(-2) / 4,
    next: 1 / 48 + Math.expm1(-2) / 96 + (Math.expm1(-2) / 2 - 2 * Math.expm1(-0.5)) / 16,
  },
};

/** Return h times the sum of g at the times that the means need. */
function sumOver(n, lam, at, g) {
  const h = 1 / n;
  const start = at === "value" ? h : lam * h;
  let total = 0;
  for (let k = 0; k < n; k++) total += g(start + k * h);
  return h * total;
}

/**
 * Return the root mean square distance of a sum from its limit.
 *
 * It is exact for f = w. For the others it is the leading order: a step leaves
 * f'(W_k) ((A^2 - B^2)/2 less its mean), where A and B are the increments before and after tau_k.
 */
export function errorSize(integrand, lam, n, at) {
  if (at === "time") return Math.sqrt((integrand.square * (lam ** 2 + (1 - lam) ** 2)) / (2 * n));
  if (lam === 0.5) return Math.sqrt(integrand.next) / n;
  return Math.sqrt((integrand.square * 2 * (lam - 0.5) ** 2) / n);
}

/** A path with all it is asked for again and again: its values, and the bridge inside its steps. */
export class Path {
  constructor(key, number, values) {
    this.key = key;
    this.number = number;
    this.values = values;
    this.inside = []; // by share of a step: W in every step, or NaN where it was not asked for
  }

  /** Return W at t = (k + share/16)/n, where k is the number of a step on n. */
  at(k, share, n) {
    const place = (k * SHARES + share) * (FINEST / n); // in sixteenths of the finest steps
    const step = Math.floor(place / SHARES);
    const rest = place - step * SHARES;
    if (rest === 0) return this.values[step];
    this.inside[rest] ??= new Float64Array(FINEST).fill(NaN);
    const known = this.inside[rest];
    if (Number.isNaN(known[step])) {
      known[step] = insideStep(this.key, this.number, this.values, step, rest);
    }
    return known[step];
  }
}

/** Return the Riemann sum of f on n steps of a path; lambda is share/16. */
export function riemannSum(f, path, share, n, at) {
  const { values } = path;
  const stride = FINEST / n;
  const lam = share / SHARES;
  const isBlend = at === "value" && share > 0 && share < SHARES;
  let total = 0;
  for (let k = 0; k < n; k++) {
    const left = values[k * stride];
    const right = values[(k + 1) * stride];
    const height = isBlend ? (1 - lam) * f(left) + lam * f(right) : f(path.at(k, share, n));
    total += height * (right - left);
  }
  return total;
}

/** Return the limit of the sums along a path; its integral over time is a sum on the finest grid. */
export function riemannLimit(integrand, values, lam) {
  const { F, df } = integrand;
  let integral = 0;
  for (let k = 0; k < FINEST; k++) integral += (0.5 * (df(values[k]) + df(values[k + 1]))) / FINEST;
  return F(values[FINEST]) - F(0) + (lam - 0.5) * integral;
}
