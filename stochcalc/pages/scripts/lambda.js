// The lambda page: Riemann sums of f(W) dW on one path, at any evaluation point and partition.

import { Axes } from "./axes.js";
import {
  make,
  makeKeyBox,
  makePresets,
  makePython,
  makeSelect,
  makeSettings,
  makeSlider,
  makeTable,
  numberIn,
  showNumber,
} from "./controls.js";
import { FINEST, SIZES, TIMES } from "./motion.js";
import { PAGE } from "./page.js";
import { INTEGRANDS, Path, errorSize, riemannLimit, riemannSum } from "./riemann.js";
import { PATHS, Sample } from "./samples.js";
import { numberOf } from "./state.js";
import { View } from "./view.js";

const MOST_MARKS = 128; // partitions beyond have more points than can be seen

// The antiderivatives F with F(0) = 0, in Python.
const PRIMITIVES = {
  w: "w**2 / 2",
  "w^2": "w**3 / 3",
  "w^3": "w**4 / 4",
  "e^w": "np.exp(w) - 1",
  "sin w": "1 - np.cos(w)",
};

/** Show the page in an element; the model has its fields key, lam, n, f and at. */
export function render({ model, el }) {
  const view = new View({ model, el }, draw);
  const axes = makeAxes(view);
  const onePath = makeOnePath();
  const manyPaths = makeManyPaths();
  const python = makePython(view);
  // R - F(W_1) + F(0) of the paths, for the state that is shown
  const sample = new Sample((key, number, values) => new Path(key, number, values));

  function draw() {
    const state = readState(model);
    const path = sample.begin(state.key);
    drawPath(axes.path, path, state);
    drawErrors(axes.errors, path, state);
    view.describe(writeOnePath(onePath, path, state));
    python.set(writePython(state));
    const measure = (one) => findShift(one, state);
    sample.fill(view, state.name, measure, () => {
      drawHistogram(axes.histogram, sample, state);
      writeManyPaths(manyPaths, sample, state);
    });
  }

  view.show(
    makeControls(view),
    make("div", { class: "pair" }, axes.path.element, axes.histogram.element),
    make("div", { class: "pair" }, onePath.element, manyPaths.element),
    axes.errors.element,
    python.element,
  );
  return view.end;
}

/** Return what a reader can move. */
function makeControls(view) {
  const [keyField, lamField, nField, fField, atField] = PAGE.fields;
  return makeSettings(
    makeSlider(view, lamField, (text) => `${text} = ${numberOf(text)}`),
    makeSlider(view, nField, (text) => `${text} steps`),
    makeSelect(view, fField, (name) => INTEGRANDS[name].words),
    makeSelect(view, atField, (name) => (name === "time" ? "at t + λh" : "at t and t + h, mixed by λ")),
    makeKeyBox(view, keyField),
    makePresets(view, "Named evaluation points", {
      Ito: { lam: "0/16" },
      Stratonovich: { lam: "8/16" },
      Backward: { lam: "16/16" },
    }),
    view.live,
  );
}

/** Return the three pictures. */
function makeAxes(view) {
  const path = new Axes(view, {
    title: "The path, the partition, and where f is read",
    xLabel: "time t",
    yLabel: "W",
  });
  const errors = new Axes(view, {
    title: "The sum less its limit on this path, on every partition",
    xLabel: "steps n",
    yLabel: "sum − limit",
    log: true,
  });
  const histogram = new Axes(view, { title: "", xLabel: "R − F(W₁) + F(0)", yLabel: "paths" });
  return { path, errors, histogram };
}

/** Return the table of one path. */
function makeOnePath() {
  return makeTable("On this path", [
    ["sum", "sum R"],
    ["limit", "its limit"],
    ["error", "sum − limit"],
    ["size", "two standard deviations of that: exact for f = w, else for large n"],
  ]);
}

/** Write the numbers of one path; return the sentence that says them. */
function writeOnePath(table, path, { integrand, lam, share, n, at }) {
  const sum = riemannSum(integrand.f, path, share, n, at);
  const limit = riemannLimit(integrand, path.values, lam);
  table.set("sum", "value", sum);
  table.set("limit", "value", limit);
  table.set("error", "value", sum - limit);
  table.set("size", "value", 2 * errorSize(integrand, lam, n, at));
  const [R, L] = [showNumber(sum), showNumber(limit)];
  return `λ = ${lam}, ${n} steps, f = ${integrand.words}: the sum is ${R}, its limit ${L}.`;
}

/** Return the table of the mean over the paths. */
function makeManyPaths() {
  return makeTable("Which sign? The mean of R − F(W₁) + F(0), for f = w² times W₁", [
    ["paths", "paths so far"],
    ["mean", "mean"],
    ["stderr", "its standard error"],
    ["exact", "exact mean"],
    ["z", "(mean − exact)/standard error"],
    ["slope", "c = E ∫ f′(W) dt, for w² times W₁"],
    ["far", "its limit for n → ∞, (λ − ½) c"],
    ["twin", "the wrong sign, (λ + ½) c"],
  ]);
}

/** Write the mean over the paths, and what the two signs would give. */
function writeManyPaths(table, sample, { integrand, lam, n, at }) {
  sample.write(table, integrand.mean(lam, n, at));
  table.set("slope", "value", integrand.slope);
  table.set("far", "value", integrand.slope * (lam - 0.5));
  table.set("twin", "value", integrand.slope * (lam + 0.5));
}

/** Return what the fields of the model say, as numbers and functions. */
function readState(model) {
  const lam = numberIn(model, "lam");
  const names = ["key", "lam", "n", "f", "at"].map((name) => model.get(name));
  return {
    name: names.join(" "),
    key: model.get("key"),
    f: model.get("f"),
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
function drawHistogram(axes, sample, { integrand, lam, n, at }) {
  const exact = integrand.mean(lam, n, at);
  const twin = integrand.slope * (lam + 0.5);
  const times = integrand.weighted ? ", times W₁" : "";
  // Both lines have their place at every lambda, so that the axis stays where it is.
  const ends = [-integrand.slope, 1.5 * integrand.slope];
  sample.draw(axes, ends, 0.25, `${PATHS} paths decide the sign${times}`);
  axes.vertical(exact, { colour: "c1", name: "exact mean" });
  axes.vertical(twin, { colour: "c3", dash: "dashed", name: "the wrong sign, λ + ½" });
  axes.end();
}

/** Return the lines of Python that give the numbers of the page. */
function writePython({ key, n, at, f, integrand, lam }) {
  const primitive = PRIMITIVES[f];
  const coarse = `W.coarsen(${FINEST / n})`;
  return [
    "import numpy as np",
    "import stochcalc as sc",
    "",
    `W = sc.brownian(n=${FINEST}, paths=${PATHS}, key=${key})`,
    `R = sc.riemann_sum(lambda t, w: ${integrand.python}, ${coarse}, ${lam}, at="${at}")`,
    "w = W.values[:, -1]",
    `mean = np.mean(${integrand.weighted ? "w * " : ""}(R - (${primitive})))`,
    "print(R[0], mean)",
  ].join("\n");
}
