// The particles page: particles on their way to a mixture, and their exact law.

import { Axes } from "./axes.js";
import { make, makeKeyBox, makePresets, makePython, makeSelect } from "./controls.js";
import { makeSettings, makeSlider, makeTable, numberIn, showNumber } from "./controls.js";
import { ChainLaw, FAR, SHOTS, SIDE, WEIGHT, axisDensity, drawParticle } from "./mixture.js";
import { makeMoves, movesAt, runParticle, sigmaAt } from "./mixture.js";
import { readKey } from "./noise.js";
import { PAGE } from "./page.js";
import { brief, chooseWindow, drawPlane } from "./plane.js";
import { View } from "./view.js";

const PARTICLES = 400;
const BINS = 48;
const NOW = "at this step";
const END = "at the end";
const WAYS = { annealed: "annealed Langevin", backwards: "noise run backwards", plain: "plain Langevin" };
const BEGINNINGS = { noise: "noise, σ = 20", data: "noised data, σ = 20" };
const TIMES = Array.from({ length: SHOTS + 1 }, (_, time) => time);
const PERCENT = TIMES.map((time) => (100 * time) / SHOTS);

/** Show the page in an element; the model has its fields key, time, way, n and start. */
export function render({ model, el }) {
  const view = new View({ model, el }, draw);
  const axes = makeAxes(view);
  const table = makeWeights();
  const python = makePython(view);
  const laws = new Map(); // the exact laws of the chains that were asked for
  let noises = []; // the normals of the particles so far, for the key that is shown
  let drawnKey = "";
  let run = { name: "", shots: [], counts: [] }; // the states, and how many have x + y > 0, by time

  function draw() {
    const state = readState(model);
    if (state.key !== drawnKey) {
      drawnKey = state.key;
      noises = [];
    }
    if (state.name !== run.name) {
      run = { name: state.name, shots: [], counts: new Array(SHOTS + 1).fill(0) };
    }
    python.set(writePython(state));
    fill(state, findLaw(state.way, state), findLaw("plain", state));
  }

  /** Return the law of a chain, which may not be complete yet. */
  function findLaw(way, { n, start }) {
    const name = `${way} ${n} ${start}`;
    if (!laws.has(name)) laws.set(name, new ChainLaw(makeMoves(way, n), start));
    return laws.get(name);
  }

  /** Add particles, and moves to their law and to that of the twin. */
  function fill(state, law, twin) {
    const isDone = () => run.shots.length === PARTICLES && law.isDone && twin.isDone;
    const step = () => {
      if (run.shots.length < PARTICLES) addParticle(state, law.moves);
      if (!law.isDone) law.advance();
      else if (!twin.isDone) twin.advance();
    };
    view.fill(isDone, step, () => {
      drawPlane(axes.plane, run, state);
      drawLaw(axes.axis, run, state, law.curves[state.time]);
      drawWeights(axes.history, run, state, law, twin);
      writeWeights(table, run, state, law, twin);
      view.describe(sayWeight(run, state, law));
    });
  }

  function addParticle({ key, start }, moves) {
    const path = run.shots.length;
    noises[path] ??= drawParticle(readKey(key), path);
    const shots = runParticle(noises[path], start, moves);
    run.shots.push(shots);
    for (const time of TIMES) run.counts[time] += shots[2 * time] + shots[2 * time + 1] > 0;
  }

  view.show(
    makeControls(view),
    make("div", { class: "pair" }, axes.plane.element, table.element),
    axes.axis.element,
    axes.history.element,
    python.element,
  );
  return view.end;
}

/** Return what a reader can move. */
function makeControls(view) {
  const [keyField, timeField, wayField, nField, startField] = PAGE.fields;
  return makeSettings(
    makeSlider(view, timeField, (text) => `${text} %`),
    makeSelect(view, wayField, (name) => WAYS[name]),
    makeSelect(view, nField, (text) => `${text} steps`),
    makeSelect(view, startField, (name) => BEGINNINGS[name]),
    makeKeyBox(view, keyField),
    makePresets(view, "Named states", {
      "Song and Ermon's Algorithm 1": { way: "annealed", n: "1000", start: "noise" },
      "Backwards in 10 steps": { way: "backwards", n: "10", start: "data" },
      "No annealing": { way: "plain", n: "1000", start: "noise" },
    }),
    view.live,
  );
}

/** Return the three pictures. */
function makeAxes(view) {
  const add = (title, xLabel, yLabel, height = 260) => new Axes(view, { title, xLabel, yLabel, height });
  return {
    plane: add("Particles follow the arrows, the score, and noise", "x", "y", 440),
    axis: add("Along the axis of the modes they have the exact law", "u = (x + y)/√2", "density"),
    history: add("Mass moves between modes only while σ is large", "steps, %", "P(x + y > 0)"),
  };
}

/** Return the table of the weight. */
function makeWeights() {
  const rows = [
    ["step", "steps made"],
    ["share", "share of the particles"],
    ["stderr", "standard error"],
    ["exact", "exact"],
    ["z", "(share − exact)/standard error"],
    ["target", "the target"],
    ["twin", "exact, plain Langevin"],
  ];
  return makeTable("The weight of the heavy mode, P(x + y > 0)", rows, [NOW, END]);
}

/** Write the weight at this step and at the end. */
function writeWeights(table, run, state, law, twin) {
  for (const [column, time] of [[NOW, state.time], [END, SHOTS]]) {
    const step = movesAt(time, state.n);
    table.set("step", column, step, `${step} of ${state.n}`);
    const { share, stderr } = measure(run, time);
    const exact = law.weights[time] ?? NaN;
    const z = (share - exact) / stderr;
    const numbers = { share, stderr, exact, z, target: WEIGHT, twin: twin.weights[time] ?? NaN };
    for (const [row, number] of Object.entries(numbers)) table.set(row, column, number);
  }
}

/** Return the weight in words, once it is complete. */
function sayWeight(run, { way, n, time }, law) {
  if (run.shots.length < PARTICLES || !law.isDone) return "The particles are on their way.";
  const share = showNumber(measure(run, time).share);
  const step = `${WAYS[way]}, step ${movesAt(time, n)} of ${n}`;
  return `${step}: the share with x + y > 0 is ${share}, exactly ${showNumber(law.weights[time])}.`;
}

/** Return what the fields of the model say. */
function readState(model) {
  const [key, way, start] = ["key", "way", "start"].map((name) => model.get(name));
  const [n, percent] = ["n", "time"].map((name) => numberIn(model, name));
  return { name: [key, way, n, start].join(" "), key, way, n, start, time: PERCENT.indexOf(percent) };
}

/** Return the share of the particles with x + y > 0 at a time, and its standard error. */
function measure({ shots, counts }, time) {
  const share = counts[time] / shots.length;
  return { share, stderr: Math.sqrt((share * (1 - share)) / (shots.length - 1)) };
}

/** Draw the particles along the axis of the modes, and their exact law. */
function drawLaw(axes, run, { way, n, time }, curve) {
  const sigma = sigmaAt(way, n, movesAt(time, n));
  const end = Math.SQRT2 * chooseWindow(run, time);
  const width = (2 * end) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => -end + i * width);
  const heights = new Array(BINS).fill(0);
  for (const shot of run.shots) {
    const bin = Math.floor(((shot[2 * time] + shot[2 * time + 1]) / Math.SQRT2 + end) / width);
    if (bin >= 0 && bin < BINS) heights[bin] += 1 / (run.shots.length * width);
  }
  const us = Array.from({ length: 301 }, (_, i) => end * (i / 150 - 1));
  const target = us.map((u) => axisDensity(u, FAR, 1 + sigma * sigma));
  const { low, spacing, masses } = curve ?? { low: 0, spacing: 1, masses: [] };
  const stride = Math.ceil(masses.length / 400);
  const exact = masses.filter((_, i) => i % stride === 0).map((mass) => mass / spacing);
  const nodes = exact.map((_, i) => low + i * stride * spacing);
  axes.begin([-end, end], [0, 1.1 * exact.reduce((a, b) => Math.max(a, b), Math.max(...target))]);
  axes.bars(edges, heights, { colour: "c0", name: `${run.shots.length} particles` });
  axes.line(us, target, { colour: "c2", dash: "dashed", name: `the mixture, σ = ${brief(sigma)}` });
  axes.line(nodes, exact, { colour: "c1", width: 2, name: "exact law" });
  axes.vertical(0, { colour: "faint", width: 1 });
  axes.end();
}

/** Draw the weight of the heavy mode against the steps. */
function drawWeights(axes, run, { way, time }, law, twin) {
  axes.begin([0, 100], [0.4, 0.9]);
  axes.horizontal(WEIGHT, { colour: "c2", dash: "dashed", width: 2, name: "the target" });
  const shares = TIMES.map((one) => measure(run, one));
  const beside = (side) => shares.map(({ share, stderr }) => share + side * stderr);
  axes.band(PERCENT, beside(-1), beside(1), { colour: "c0", name: "particles, ± standard error" });
  const drawExact = (weights, options) =>
    axes.line(PERCENT.slice(0, weights.length), weights, { width: 2, ...options });
  drawExact(law.weights, { colour: "c1", name: `exact, ${WAYS[way]}` });
  if (twin !== law) drawExact(twin.weights, { colour: "c3", dash: "dotted", name: "exact, plain Langevin" });
  axes.dots([PERCENT[time]], [shares[time].share], { colour: "c0", size: 6, name: "this step" });
  axes.end();
}

/** Return the lines of Python that give the share at the end. */
function writePython({ key, way, n, start }) {
  const beginnings = {
    noise: "20 * z[:, :2]",
    data: `np.where(z[:, 2:] < ${SIDE}, 5, -5) + np.sqrt(401) * z[:, :2]`,
  };
  const calls = {
    annealed: `annealed_langevin(p, np.geomspace(20, 1, 10), x, step=0.1, n_steps=${n / 10}`,
    backwards: `reverse_sde(p, sc.score.VE(0.1, 20), x, n=${n}`,
    plain: `annealed_langevin(p, [1], x, step=0.1, n_steps=${n}`,
  };
  return `import numpy as np
import stochcalc as sc

p = sc.score.GaussianMixture([0.8, 0.2], [[5, 5], [-5, -5]], 1)
z = sc.brownian(n=1, paths=${PARTICLES}, dim=3, key=${key}).values[:, 1]
x = ${beginnings[start]}
x = sc.score.${calls[way]}, key=${key})
print(np.mean(x.sum(axis=1) > 0))  # at the end`;
}
