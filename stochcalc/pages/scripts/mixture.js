// Particles that follow the score of a mixture of two Gaussians, and the exact law of their chain.
//
// The target is that of the claims G29 and G30: unit normals about m = (5, 5) and -m, with the weights
// 0.8 and 0.2. Smoothed by sigma they have the variance v = 1 + sigma^2, and the score is
//
//     s(x, sigma) = ((2 r - 1) m - x) / v,   r = 1 / (1 + exp(-log 4 - 2 m.x / v)),
//
// where r is the share of the heavy one at x. All ways take moves x <- x + push s(x, sigma) + kick z.

import { CHAIN_NOISE, INCREMENTS, fillNormals, normal } from "./noise.js";

export const WEIGHT = 0.8; // of the component about (5, 5)
export const FAR = 5 * Math.SQRT2; // the modes are at FAR and -FAR on the axis x = y
export const SHOTS = 50; // equal parts of a run, whose ends are kept
export const MOST_MOVES = 1000;
const LEVELS = 10;
const FIRST = 20; // the largest sigma, from which all ways start
const LEAST = 0.1; // the smallest sigma of the noising, VE(0.1, 20)
const GROWTH = Math.log(FIRST / LEAST);
const STEP = 0.1; // a Langevin step in units of sigma^2

// Particles start at 20 z, or at points of the target with that noise. On the axis of the modes both
// have the density axisDensity(u, sqrt(2) mode, spread^2).
export const STARTS = {
  noise: { mode: 0, spread: FIRST },
  data: { mode: 5, spread: Math.sqrt(1 + FIRST * FIRST) },
};
export const SIDE = 0.8416212335729143; // a normal is below this with the probability 0.8

/**
 * Return the table of a way with n moves.
 *
 * annealed    n / 10 Langevin steps of size 0.1 sigma^2 at each of ten levels from 20 to 1
 * backwards   Euler's scheme for the reverse-time equation of VE(0.1, 20), whose g^2 is the slope
 *             2 log(200) sigma^2 of sigma(t)^2 = (0.1 * 200^t)^2: push = kick^2 = g^2 / n
 * plain       steps of the last level of annealing alone
 */
export function makeMoves(way, n) {
  return Array.from({ length: n }, (_, k) => {
    const sigma = sigmaAt(way, n, k);
    if (way === "backwards") {
      const g = sigma * Math.sqrt(2 * GROWTH);
      return { sigma, push: (g * g) / n, kick: g * Math.sqrt(1 / n) };
    }
    const alpha = STEP * sigma * sigma;
    return { sigma, push: 0.5 * alpha, kick: Math.sqrt(alpha) };
  });
}

/** Return the smoothing at which move number k takes the score; with k = n, that of the end. */
export function sigmaAt(way, n, k) {
  if (way === "plain") return 1;
  if (way === "backwards") return LEAST * Math.exp(GROWTH * (1 - k / n));
  const level = Math.min(Math.floor((k * LEVELS) / n), LEVELS - 1);
  return FIRST ** (1 - level / (LEVELS - 1));
}

/** Return how many of n moves are made at a time from 0 to SHOTS. */
export function movesAt(time, n) {
  return Math.floor((time * n) / SHOTS);
}

/** Return 2 r - 1 at a point with m.x = dot. */
function pull(dot, variance) {
  return 2 / (1 + Math.exp(-Math.log(4) - (2 * dot) / variance)) - 1;
}

/** Return the score at the point (x, y). */
export function score(x, y, sigma) {
  const variance = 1 + sigma * sigma;
  const centre = 5 * pull(5 * (x + y), variance);
  return [(centre - x) / variance, (centre - y) / variance];
}

/** Return the density of WEIGHT N(mean, variance) + (1 - WEIGHT) N(-mean, variance) at u. */
export function axisDensity(u, mean, variance) {
  const heavy = WEIGHT * Math.exp(-((u - mean) ** 2) / (2 * variance));
  const light = (1 - WEIGHT) * Math.exp(-((u + mean) ** 2) / (2 * variance));
  return (heavy + light) / Math.sqrt(2 * Math.PI * variance);
}

/** Return the normals of one particle: three for its start, and two for each move. */
export function drawParticle(key, path) {
  const start = [0, 1, 2].map((component) => normal(key, path, 0, component, INCREMENTS));
  const [x, y] = [0, 1].map((component) => {
    const z = new Float64Array(MOST_MOVES);
    fillNormals(key, path, component, CHAIN_NOISE, z);
    return z;
  });
  return { start, x, y };
}

/** Return where a particle is at the times 0, ..., SHOTS: x and y in turn. */
export function runParticle(noise, start, moves) {
  const shots = new Float64Array(2 * (SHOTS + 1));
  const { mode, spread } = STARTS[start];
  const centre = noise.start[2] < SIDE ? mode : -mode;
  let x = centre + spread * noise.start[0];
  let y = centre + spread * noise.start[1];
  let time = 0;
  for (let k = 0; k <= moves.length; k++) {
    for (; time <= SHOTS && movesAt(time, moves.length) === k; time++) {
      shots[2 * time] = x;
      shots[2 * time + 1] = y;
    }
    if (k < moves.length) {
      const { sigma, push, kick } = moves[k];
      const [a, b] = score(x, y, sigma);
      x = x + push * a + kick * noise.x[k];
      y = y + push * b + kick * noise.y[k];
    }
  }
  return shots;
}

const TAIL = 8.5; // standard deviations; what lies beyond has the mass 2e-17
const SMALLEST = 1e-16; // of the largest mass: smaller masses at the ends are left out

/**
 * The law of u = (x + y) / sqrt(2) after each move, by quadrature.
 *
 * The score along the axis of the modes is a function of u alone, so that u is a chain of its own:
 *
 *     p'(v) = int p(u) phi(v; u + push s(u), kick^2) du,   P(v > 0) = E Phi((u + push s(u)) / kick),
 *
 * with the normal density phi. The error of the trapezoid rule falls exponentially with the number
 * of nodes. The grid is as fine as the next move needs, and finer for few moves, which bend more.
 */
export class ChainLaw {
  constructor(moves, start) {
    this.moves = moves;
    this.made = 0;
    this.resolution = 2 + 20 / moves.length; // nodes in the narrowest width
    this.weights = []; // P(u > 0) at the times 0, 1, ..., SHOTS
    this.curves = []; // the masses on the grid at these times
    const { mode, spread } = STARTS[start];
    const mean = Math.SQRT2 * mode;
    const high = mean + TAIL * spread;
    this.setGrid(-high, high, Math.min(spread, this.widthBefore(0)));
    for (let i = 0; i < this.masses.length; i++) {
      this.masses[i] = this.spacing * axisDensity(this.low + i * this.spacing, mean, spread ** 2);
    }
    this.keep(() => 0.5 + (2 * WEIGHT - 1) * (normalBelow(mean / spread) - 0.5));
  }

  get isDone() {
    return this.made === this.moves.length;
  }

  /** Make one move. */
  advance() {
    const { kick } = this.moves[this.made];
    const { centres, masses } = this.findCentres();
    const reach = 1.1 * TAIL * kick; // at least a node beyond the tails
    const low = centres.reduce((a, b) => Math.min(a, b)) - reach;
    const high = centres.reduce((a, b) => Math.max(a, b)) + reach;
    this.made += 1;
    this.setGrid(low, high, Math.min(kick, this.widthBefore(this.made)));
    this.spread(centres, masses, kick);
    this.keep(() => masses.reduce((sum, mass, i) => sum + mass * normalBelow(centres[i] / kick), 0));
  }

  /** Return where the nodes that have mass go before the noise, and their masses. */
  findCentres() {
    const { sigma, push } = this.moves[this.made];
    const least = SMALLEST * this.masses.reduce((a, b) => Math.max(a, b));
    const first = this.masses.findIndex((mass) => mass > least);
    const last = this.masses.findLastIndex((mass) => mass > least);
    const masses = this.masses.slice(first, last + 1);
    const variance = 1 + sigma * sigma;
    const centres = masses.map((_, i) => {
      const u = this.low + (first + i) * this.spacing;
      return u + (push * (FAR * pull(FAR * u, variance) - u)) / variance;
    });
    return { centres, masses };
  }

  /**
   * Put normal densities of the width `kick` about the centres on the grid.
   *
   * With d = (c - u_j) / kick for the node j nearest to a centre c, and q = spacing / kick, node j + i
   * has the density of node j times exp(d q)^i exp(-(i q)^2 / 2) (Greengard and Lee, SIAM Review 46
   * (2004) 443).
   */
  spread(centres, masses, kick) {
    const q = this.spacing / kick;
    const count = Math.floor(TAIL / q);
    const bell = Float64Array.from({ length: count + 1 }, (_, i) => Math.exp(-0.5 * (i * q) ** 2));
    const grid = this.masses;
    for (let k = 0; k < centres.length; k++) {
      const nearest = Math.round((centres[k] - this.low) / this.spacing);
      const d = (centres[k] - this.low - nearest * this.spacing) / kick;
      const top = ((masses[k] * q) / Math.sqrt(2 * Math.PI)) * Math.exp(-0.5 * d * d);
      const up = Math.exp(d * q);
      const down = 1 / up;
      grid[nearest] += top;
      let right = top;
      let left = top;
      for (let i = 1; i <= count; i++) {
        right *= up;
        left *= down;
        grid[nearest + i] += right * bell[i];
        grid[nearest - i] += left * bell[i];
      }
    }
  }

  /** Return the length that the move number k stretches to the width of its noise. */
  widthBefore(k) {
    if (k >= this.moves.length) return Infinity;
    const { sigma, push, kick } = this.moves[k];
    const variance = 1 + sigma * sigma;
    const slope = 1 - push / variance; // far away; between the modes s' is larger by FAR^2 / v^2
    return kick / Math.max(Math.abs(slope), Math.abs(slope + push * (FAR / variance) ** 2));
  }

  /** Begin a grid from low to high, with the masses 0. */
  setGrid(low, high, width) {
    const count = 2 + Math.ceil((this.resolution * (high - low)) / width);
    this.low = low;
    this.spacing = (high - low) / (count - 1);
    this.masses = new Float64Array(count);
  }

  /** Keep the weight and the density for the times that are reached. */
  keep(findWeight) {
    if (!this.isDue()) return;
    const weight = findWeight();
    const { low, spacing, masses } = this;
    while (this.isDue()) {
      this.weights.push(weight);
      this.curves.push({ low, spacing, masses });
    }
  }

  isDue() {
    const time = this.weights.length;
    return time <= SHOTS && movesAt(time, this.moves.length) <= this.made;
  }
}

/** Return Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/15 + ...) (Marsaglia, J. Stat. Softw. 11 (2004)). */
export function normalBelow(x) {
  if (Math.abs(x) > TAIL) return x > 0 ? 1 : 0;
  let term = x;
  let total = x;
  for (let k = 3; total + term !== total; k += 2) {
    term *= (x * x) / k;
    total += term;
  }
  return 0.5 + (total * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
