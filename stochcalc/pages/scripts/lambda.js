// The lambda page: Riemann sums of f(W) dW on one path, at any evaluation point and partition.

import { Axes } from "./axes.js";
import {
  make,
  makeKeyBox,
  makeLiveLine,
  makePreset,
  makePython,
  makeSelect,
  makeSlider,
  makeTable,
  numberIn,
  once,
  showNumber,
} from "./controls.js";
import { fillMotion } from "./motion.js";
import { readKey } from "./noise.js";
import { PAGE } from "./page.js";
import { FINEST, INTEGRANDS, Path, errorSize, riemannLimit, riemannSum } from "./riemann.js";
import { numberOf } from "./state.js";

const PATHS = 400; // in the histogram
const SLICE = 6; // milliseconds of work between two frames
const BINS = 40;
const SIZES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const MOST_MARKS = 128; // partitions beyond have more points than can be seen

// The antiderivatives F with F(0) = 0, in Python.
const PRIMITIVES = {
  w: "w**2 / 2",
  "w^2": "w**3 / 3",
  "w^3": "w**4 / 4",
  "e^w": "np.exp(w) - 1",
  "sin w": "1 - np.cos(w)",
};
const TIMES = Array.from({ length: FINEST + 1 }, (_, k) => k / FINEST);

/** Show the page in an element; the model has its fields key, lam, n, f and at. */
export function render({ model, el }) {
  const [keyField, lamField, nField, fField, atField] = PAGE.fields;
  const live = makeLiveLine();
  const paths = []; // those drawn so far, for the key that is shown
  let sums = []; // R - F(W_1) + F(0) of the paths, for the state that is shown
  let drawnKey = "";
  let shownState = "";

  const draw = once(() => {
    takeKey();
    const state = readState(model);
    drawPath(pathAxes, paths[0], state);
    drawErrors(errorAxes, paths[0], state);
    writeNumbers(state);
    python.set(writePython(model));
    if (shownState !== state.name) {
      shownState = state.name;
      sums = [];
      fillSums();
    } else {
      drawHistogram(histogramAxes, sums, state);
    }
  });

  const pathAxes = new Axes(
    { title: "The path, the partition, and where f is read", xLabel: "time t", yLabel: "W" },
    draw,
  );
  const errorAxes = new Axes(
    {
      title: "The sum less its limit on this path, on every partition",
      xLabel: "steps n",
      yLabel: "sum − limit",
      log: true,
    },
    draw,
  );
  const histogramAxes = new Axes(
    {
      title: "400 paths decide the sign",
      xLabel: "R − F(W₁) + F(0), for f = w² times W₁",
      yLabel: "paths",
    },
    draw,
  );
  const onePath = makeTable(
    "On this path",
    [
      ["sum", "sum R"],
      ["limit", "its limit"],
      ["error", "sum − limit"],
      ["size", "two standard deviations of that, in theory"],
    ],
  );
  const manyPaths = makeTable(
    "Which sign? The mean of R − F(W₁) + F(0)",
    [
      ["paths", "paths so far"],
      ["mean", "mean"],
      ["stderr", "its standard error"],
      ["exact", "exact mean"],
      ["z", "(mean − exact)/standard error"],
      ["far", "its limit for n → ∞, (λ − ½) ∫ E f′(W) dt"],
      ["twin", "the wrong sign, (λ + ½) ∫ E f′(W) dt"],
    ],
  );
  const note = make(
    "p",
    {},
    "For f = w² each R − F(W₁) + F(0) is multiplied by W₁, since its own mean is 0 at every λ, ",
    "and ∫ E f′(W) dt stands for ∫ E W₁ f′(W) dt.",
  );
  const python = makePython(live.tell);

  /** Forget the paths of another key, and draw the first path of this one. */
  function takeKey() {
    const key = model.get("key");
    if (key === drawnKey) return;
    drawnKey = key;
    shownState = "";
    paths.length = 0;
    addPath();
  }

  function addPath() {
    const values = new Float64Array(FINEST + 1);
    const key = readKey(drawnKey);
    fillMotion(key, paths.length, values);
    paths.push(new Path(key, paths.length, values));
  }

  /** Add sums to the histogram for a few milliseconds, and go on after the next frame. */
  function fillSums() {
    const state = readState(model);
    if (state.name !== shownState) return;
    const start = performance.now();
    while (sums.length < PATHS && performance.now() - start < SLICE) {
      if (sums.length === paths.length) addPath();
      sums.push(findShift(paths[sums.length], state));
    }
    drawHistogram(histogramAxes, sums, state);
    writeMeans(state);
    el.setAttribute("aria-busy", String(sums.length < PATHS));
    if (sums.length < PATHS) requestAnimationFrame(fillSums);
  }

  function writeNumbers(state) {
    const { integrand, lam, share, n, at } = state;
    const sum = riemannSum(integrand.f, paths[0], share, n, at);
    const limit = riemannLimit(integrand, paths[0].values, lam);
    onePath.set("sum", "value", sum);
    onePath.set("limit", "value", limit);
    onePath.set("error", "value", sum - limit);
    onePath.set("size", "value", 2 * errorSize(integrand, lam, n, at));
    const [R, L] = [showNumber(sum), showNumber(limit)];
    const words = `λ = ${lam}, ${n} steps, f = ${integrand.words}: the sum is ${R}, its limit ${L}.`;
    live.tell([...(model.problems ?? []), words].join(" "));
  }

  function writeMeans(state) {
    const { integrand, lam, n, at } = state;
    const exact = integrand.mean(lam, n, at);
    const { mean, stderr } = describe(sums);
    manyPaths.set("paths", "value", sums.length, String(sums.length));
    manyPaths.set("mean", "value", mean);
    manyPaths.set("stderr", "value", stderr);
    manyPaths.set("exact", "value", exact);
    manyPaths.set("z", "value", (mean - exact) / stderr);
    manyPaths.set("far", "value", integrand.slope * (lam - 0.5));
    manyPaths.set("twin", "value", integrand.slope * (lam + 0.5));
    note.hidden = !integrand.weighted;
  }

  const settings = make(
    "section",
    { class: "settings", "aria-label": "Settings" },
    makeSlider(model, lamField, (text) => `${text} = ${numberOf(text)}`),
    makeSlider(model, nField, (text) => `${text} steps`),
    makeSelect(model, fField, (name) => INTEGRANDS[name].words),
    makeSelect(model, atField, (name) => (name === "time" ? "at t + λh" : "at t and t + h, mixed by λ")),
    makeKeyBox(model, keyField, live.tell),
    make(
      "div",
      { class: "presets", role: "group", "aria-label": "Named evaluation points" },
      makePreset(model, "Ito", { lam: "0/16" }),
      makePreset(model, "Stratonovich", { lam: "8/16" }),
      makePreset(model, "Backward", { lam: "16/16" }),
    ),
    live.element,
  );
  el.classList.add("stochcalc-sandbox");
  el.replaceChildren(
    settings,
    make("div", { class: "pair" }, pathAxes.element, histogramAxes.element),
    make("div", { class: "pair" }, onePath.element, make("div", {}, manyPaths.element, note)),
    errorAxes.element,
    python.element,
  );
  for (const field of PAGE.fields) model.on(`change:${field.name}`, draw);
  model.on("problems", draw);
  draw();
}

/** Return what the fields of the model say, as numbers and functions. */
function readState(model) {
  const lam = numberIn(model, "lam");
  const names = ["key", "lam", "n", "f", "at"].map((name) => model.get(name));
  return {
    name: names.join(" "),
    integrand: INTEGRANDS[model.get("f")],
    lam,
    share: Math.round(16 * lam),
    n: numberIn(model, "n"),
    at: model.get("at"),
  };
}

/** Return R - F(W_1) + F(0) on a path, times W_1 where the mean would otherwise be 0. */
function findShift(path, { integrand, share, n, at }) {
  const end = path.values[FINEST];
  const shift = riemannSum(integrand.f, path, share, n, at) - integrand.F(end) + integrand.F(0);
  return integrand.weighted ? shift * end : shift;
}

/** Return the mean of numbers and its standard error. */
function describe(numbers) {
  const count = numbers.length;
  const mean = numbers.reduce((total, x) => total + x, 0) / count;
  const squares = numbers.reduce((total, x) => total + (x - mean) ** 2, 0);
  return { mean, stderr: Math.sqrt(squares / (count - 1) / count) };
}

/** Draw the path, its polygon on the partition, and the points at which f is read. */
function drawPath(axes, path, { n, share, at }) {
  const values = Array.from(path.values);
  const low = Math.min(...values);
  const high = Math.max(...values);
  axes.begin([0, 1], [low - 0.1, high + 0.1]);
  axes.line(TIMES, values, { colour: "faint", width: 1, name: "path" });
  const stride = FINEST / n;
  const corners = TIMES.filter((_, k) => k % stride === 0);
  const heights = values.filter((_, k) => k % stride === 0);
  axes.line(corners, heights, { colour: "c0", width: 2, name: `polygon on ${n} steps` });
  if (n <= MOST_MARKS && at === "time") {
    const steps = Array.from({ length: n }, (_, k) => k);
    const times = steps.map((k) => (k + share / 16) / n);
    const read = steps.map((k) => path.at(k, share, n));
    axes.dots(times, read, { colour: "c1", size: n > 32 ? 2.5 : 4, name: "where f is read" });
  } else if (n <= MOST_MARKS) {
    const read = (list) => list.slice(share === 16 ? 1 : 0, share === 0 ? n : n + 1);
    const look = { colour: "c1", size: n > 32 ? 2.5 : 4, name: "where f is read" };
    axes.dots(read(corners), read(heights), look);
  } else {
    axes.dots([], [], { colour: "c1", name: `where f is read: drawn up to ${MOST_MARKS} steps` });
  }
  axes.end();
}

/** Draw the error of this path on every partition, and the band of two standard deviations. */
function drawErrors(axes, path, { integrand, lam, share, n, at }) {
  const limit = riemannLimit(integrand, path.values, lam);
  const errors = SIZES.map((size) => riemannSum(integrand.f, path, share, size, at) - limit);
  const band = SIZES.map((size) => 2 * errorSize(integrand, lam, size, at));
  const top = 1.1 * Math.max(...band, ...errors.map(Math.abs), 1e-9);
  axes.begin([1.7, 1200], [-top, top]);
  axes.band(SIZES, band.map((b) => -b), band, {
    colour: "c2",
    name: `± 2 standard deviations, ${integrand === INTEGRANDS.w ? "exact" : "for large n"}`,
  });
  axes.horizontal(0, { colour: "faint" });
  axes.line(SIZES, errors, { colour: "c0", width: 1, dash: "dotted" });
  axes.dots(SIZES, errors, { colour: "c0", hollow: true, name: "this path" });
  const here = SIZES.indexOf(n);
  axes.dots([n], [errors[here]], { colour: "c1", size: 6, name: `${n} steps` });
  axes.end();
}

/** Draw the shifts of the paths, the exact mean, and what the wrong sign would give. */
function drawHistogram(axes, shifts, { integrand, lam, n, at }) {
  const exact = integrand.mean(lam, n, at);
  const twin = integrand.slope * (lam + 0.5);
  const sorted = Float64Array.from(shifts).sort();
  const low = Math.min(sorted[Math.floor(0.01 * sorted.length)] ?? 0, -integrand.slope) - 0.25; // the same at every λ
  const high = Math.max(sorted[Math.floor(0.99 * sorted.length)] ?? 0, 1.5 * integrand.slope) + 0.25;
  const width = (high - low) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => low + i * width);
  const counts = new Array(BINS).fill(0);
  for (const shift of shifts) {
    const bin = Math.floor((shift - low) / width);
    counts[Math.min(BINS - 1, Math.max(0, bin))] += 1;
  }
  axes.begin([low, high], [0, 1.1 * Math.max(...counts, 10)]);
  axes.bars(edges, counts, { colour: "c0", name: `${shifts.length} paths` });
  axes.vertical(exact, { colour: "c1", name: "exact mean" });
  axes.vertical(twin, { colour: "c3", dash: "dashed", name: "the wrong sign, λ + ½" });
  axes.end();
}

/** Return the lines of Python that give the numbers of the page. */
function writePython(model) {
  const { n, at, integrand, lam } = readState(model);
  const sum = `sc.riemann_sum(lambda t, w: ${integrand.python}, W.coarsen(${FINEST / n}), ${lam}, at="${at}")`;
  return [
    "import numpy as np",
    "import stochcalc as sc",
    "",
    `W = sc.brownian(n=${FINEST}, paths=${PATHS}, key=${model.get("key")})`,
    `R = ${sum}`,
    "w = W.values[:, -1]",
    `mean = np.mean(${integrand.weighted ? "w * " : ""}(R - (${PRIMITIVES[model.get("f")]})))`,
    "print(R[0], mean)",
  ].join("\n");
}
