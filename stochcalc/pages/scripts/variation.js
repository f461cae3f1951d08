// The variation page: sums of |dW|^p on one path, on partitions that look at the path and that do not.

import { Axes } from "./axes.js";
import {
  make,
  makeKeyBox,
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
import { POWERS, choosePoints, exactDeviation, exactMean, sumOfPowers } from "./powers.js";
import { PATHS, Sample } from "./samples.js";
import { View } from "./view.js";

const WORDS = { 1: "Σ |ΔW|", 2: "Σ ΔW²", 3: "Σ |ΔW|³" };

/** Show the page in an element; the model has its fields key, n and grid. */
export function render({ model, el }) {
  const view = new View({ model, el }, draw);
  const axes = makeAxes(view);
  const onePath = makeTable(
    "On this path: sd is the standard deviation, z = (sum − mean)/sd, – means not known exactly",
    POWERS.map((p) => [`p${p}`, WORDS[p]]),
    ["sum", "exact mean", "exact sd", "z"],
  );
  const manyPaths = makeManyPaths();
  const python = makePython(view);
  const sample = new Sample((key, number, values) => values); // the sums of squares of the paths

  function draw() {
    const state = readState(model);
    const values = sample.begin(state.key);
    drawPath(axes.path, values, state);
    drawPowers(axes.powers, values, state);
    view.describe(writeOnePath(onePath, values, state));
    python.set(writePython(state));
    const measure = (one) => sumOfPowers(choosePoints(one, state.n, state.grid).heights, 2);
    sample.fill(view, state.name, measure, () => {
      drawHistogram(axes.histogram, sample, state);
      writeManyPaths(manyPaths, sample, state);
    });
  }

  const [keyField, nField, gridField] = PAGE.fields;
  view.show(
    makeSettings(
      makeSlider(view, nField, (text) => `${text} steps`),
      makeSelect(view, gridField, (name) => (name === "even" ? "equal steps" : "the path's turns")),
      makeKeyBox(view, keyField),
      view.live,
    ),
    make("div", { class: "pair" }, axes.path.element, axes.histogram.element),
    make("div", { class: "pair" }, onePath.element, manyPaths.element),
    axes.powers.element,
    python.element,
  );
  return view.end;
}

/** Return the three pictures. */
function makeAxes(view) {
  const path = new Axes(view, {
    title: "The path and the points of the partition",
    xLabel: "time t",
    yLabel: "W",
  });
  const powers = new Axes(view, {
    title: "Absolute values grow, squares stay, cubes vanish",
    xLabel: "steps n",
    yLabel: "log₂ of the sum",
    log: true,
  });
  const title = `The sum of squares on ${PATHS} paths`;
  const histogram = new Axes(view, { title, xLabel: "Σ ΔW²", yLabel: "paths" });
  return { path, powers, histogram };
}

/** Return what the fields of the model say. */
function readState(model) {
  const [key, grid] = ["key", "grid"].map((name) => model.get(name));
  const n = numberIn(model, "n");
  return { name: [key, n, grid].join(" "), key, n, grid };
}

/** Write the sums of one path; return the sentence that says the one of squares. */
function writeOnePath(table, values, { n, grid }) {
  const { heights } = choosePoints(values, n, grid);
  for (const p of POWERS) {
    const sum = sumOfPowers(heights, p);
    const mean = exactMean(n, p, grid);
    const isKnown = grid === "even" || p === 1; // turns do not change sums of absolute values
    const deviation = isKnown ? exactDeviation(n, p) : NaN;
    table.set(`p${p}`, "sum", sum);
    table.set(`p${p}`, "exact mean", mean);
    table.set(`p${p}`, "exact sd", deviation);
    table.set(`p${p}`, "z", (sum - mean) / deviation);
  }
  const points = grid === "even" ? "On" : "From turn to turn on";
  return `${points} ${n} equal steps the sum of squares of this path is ${showNumber(sumOfPowers(heights, 2))}.`;
}

/** Return the table of the mean over the paths. */
function makeManyPaths() {
  return makeTable("The sum of squares on all paths", [
    ["paths", "paths so far"],
    ["mean", "mean"],
    ["stderr", "its standard error"],
    ["exact", "exact mean"],
    ["z", "(mean − exact)/standard error"],
    ["limit", "limit of the exact mean for n → ∞"],
    ["twin", "T, the limit on equal steps"],
  ]);
}

/** Write the mean over the paths, its limit, and T. */
function writeManyPaths(table, sample, { n, grid }) {
  sample.write(table, exactMean(n, 2, grid));
  table.set("limit", "value", grid === "even" ? 1 : 1 + 4 / Math.PI);
  table.set("twin", "value", 1);
}

/** Draw the path, and its polygon through the points of the partition. */
function drawPath(axes, values, { n, grid }) {
  const { times, heights } = choosePoints(values, n, grid);
  axes.begin([0, 1], [Math.min(...values) - 0.1, Math.max(...values) + 0.1]);
  axes.line(TIMES, values, { colour: "faint", width: 1, name: "path" });
  axes.line(times, heights, { colour: "c0", width: 2, name: `${times.length - 1} increments` });
  if (times.length <= 130) axes.dots(times, heights, { colour: "c1", size: 3, name: "points" });
  axes.end();
}

/** Draw the three sums of this path on every partition, and their exact means. */
function drawPowers(axes, values, { n, grid }) {
  axes.begin([1.7, 1200], [-5.5, 5.5]);
  POWERS.forEach((p, i) => {
    const means = SIZES.map((size) => Math.log2(exactMean(size, p, grid)));
    const sums = SIZES.map((size) =>
      Math.log2(sumOfPowers(choosePoints(values, size, grid).heights, p)),
    );
    const dash = ["solid", "dashed", "dotted"][i];
    axes.line(SIZES, means, { colour: `c${i}`, width: 1.5, dash, name: `exact mean of ${WORDS[p]}` });
    axes.dots(SIZES, sums, { colour: `c${i}`, hollow: true });
    axes.dots([n], [sums[SIZES.indexOf(n)]], { colour: `c${i}`, size: 6 });
  });
  axes.dots([], [], { colour: "faint", hollow: true, name: "this path" });
  axes.end();
}

/** Draw the sums of squares of the paths, their exact mean, and the number T. */
function drawHistogram(axes, sample, { n, grid }) {
  const exact = exactMean(n, 2, grid);
  sample.draw(axes, [1, exact], 0.1);
  axes.vertical(exact, { colour: "c1", name: "exact mean" });
  if (grid === "turns") axes.vertical(1, { colour: "c3", dash: "dashed", name: "T = 1" });
  axes.end();
}

/** Return the lines of Python that give the numbers of the page. */
function writePython({ key, n, grid }) {
  const coarse = `W.coarsen(${FINEST / n})`;
  const motion = `W = sc.brownian(n=${FINEST}, paths=${PATHS}, key=${key})`;
  if (grid === "even") {
    return [
      "import stochcalc as sc",
      "",
      motion,
      `squares = sc.quadratic_variation(${coarse}).value`,
      "print(squares[0], squares.mean())",
    ].join("\n");
  }
  return [
    "import numpy as np",
    "import stochcalc as sc",
    "",
    motion,
    "squares = []",
    `for w in ${coarse}.values:`,
    "    turns = np.flatnonzero(np.diff(w)[:-1] * np.diff(w)[1:] < 0) + 1",
    "    w = np.concatenate([w[:1], w[turns], w[-1:]])",
    "    squares.append(np.sum(np.diff(w) ** 2))",
    "print(squares[0], np.mean(squares))",
  ].join("\n");
}
