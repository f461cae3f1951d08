// The variation page: sums of |dW|^p on one path, on partitions that look at the path and that do not.

import { Axes } from "./axes.js";
import {
  make,
  makeKeyBox,
  makeLiveLine,
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
import { FINEST, POWERS, choosePoints, exactDeviation, exactMean, sumOfPowers } from "./powers.js";

const PATHS = 400; // in the histogram
const SLICE = 6; // milliseconds of work between two frames
const BINS = 40;
const SIZES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const TIMES = Array.from({ length: FINEST + 1 }, (_, k) => k / FINEST);
const WORDS = { 1: "Σ |ΔW|", 2: "Σ ΔW²", 3: "Σ |ΔW|³" };

/** Show the page in an element; the model has its fields key, n and grid. */
export function render({ model, el }) {
  const [keyField, nField, gridField] = PAGE.fields;
  const live = makeLiveLine();
  const paths = []; // the values of those drawn so far, for the key that is shown
  let sums = []; // the sums of squares of the paths, for the state that is shown
  let drawnKey = "";
  let shownState = "";

  const readState = () => ({
    name: ["key", "n", "grid"].map((name) => model.get(name)).join(" "),
    n: numberIn(model, "n"),
    grid: model.get("grid"),
  });

  const draw = once(() => {
    takeKey();
    const state = readState();
    drawPath(pathAxes, paths[0], state);
    drawPowers(powerAxes, paths[0], state);
    writeNumbers(state);
    python.set(writePython(model.get("key"), state));
    if (shownState !== state.name) {
      shownState = state.name;
      sums = [];
      fillSums();
    } else {
      drawHistogram(histogramAxes, sums, state);
    }
  });

  const pathAxes = new Axes(
    { title: "The path and the points of the partition", xLabel: "time t", yLabel: "W" },
    draw,
  );
  const powerAxes = new Axes(
    {
      title: "Absolute values grow, squares stay, cubes vanish",
      xLabel: "steps n",
      yLabel: "log₂ of the sum",
      log: true,
    },
    draw,
  );
  const histogramAxes = new Axes(
    { title: "The sum of squares on 400 paths", xLabel: "Σ ΔW²", yLabel: "paths" },
    draw,
  );
  const onePath = makeTable(
    "On this path: sd is the standard deviation, z = (sum − mean)/sd, – means not known exactly",
    POWERS.map((p) => [`p${p}`, WORDS[p]]),
    ["sum", "exact mean", "exact sd", "z"],
  );
  const manyPaths = makeTable("The sum of squares on all paths", [
    ["paths", "paths so far"],
    ["mean", "mean"],
    ["stderr", "its standard error"],
    ["exact", "exact mean"],
    ["z", "(mean − exact)/standard error"],
    ["limit", "limit of the exact mean for n → ∞"],
    ["twin", "T, the limit on equal steps"],
  ]);
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
    fillMotion(readKey(drawnKey), paths.length, values);
    paths.push(values);
  }

  /** Add sums to the histogram for a few milliseconds, and go on after the next frame. */
  function fillSums() {
    const state = readState();
    if (state.name !== shownState) return;
    const start = performance.now();
    while (sums.length < PATHS && performance.now() - start < SLICE) {
      if (sums.length === paths.length) addPath();
      const { heights } = choosePoints(paths[sums.length], state.n, state.grid);
      sums.push(sumOfPowers(heights, 2));
    }
    drawHistogram(histogramAxes, sums, state);
    writeMeans(state);
    el.setAttribute("aria-busy", String(sums.length < PATHS));
    if (sums.length < PATHS) requestAnimationFrame(fillSums);
  }

  function writeNumbers({ n, grid }) {
    const { heights } = choosePoints(paths[0], n, grid);
    for (const p of POWERS) {
      const sum = sumOfPowers(heights, p);
      const mean = exactMean(n, p, grid);
      const isKnown = grid === "even" || p === 1; // turns do not change sums of absolute values
      const deviation = isKnown ? exactDeviation(n, p) : NaN;
      onePath.set(`p${p}`, "sum", sum);
      onePath.set(`p${p}`, "exact mean", mean);
      onePath.set(`p${p}`, "exact sd", deviation);
      onePath.set(`p${p}`, "z", (sum - mean) / deviation);
    }
    const points = grid === "even" ? `${n} equal steps` : `the turns on ${n} steps`;
    const square = showNumber(sumOfPowers(heights, 2));
    const words = `On ${points} the sum of squares of this path is ${square}.`;
    live.tell([...(model.problems ?? []), words].join(" "));
  }

  function writeMeans({ n, grid }) {
    const exact = exactMean(n, 2, grid);
    const { mean, stderr } = describe(sums);
    manyPaths.set("paths", "value", sums.length, String(sums.length));
    manyPaths.set("mean", "value", mean);
    manyPaths.set("stderr", "value", stderr);
    manyPaths.set("exact", "value", exact);
    manyPaths.set("z", "value", (mean - exact) / stderr);
    manyPaths.set("limit", "value", grid === "even" ? 1 : 1 + 4 / Math.PI);
    manyPaths.set("twin", "value", 1);
  }

  const settings = make(
    "section",
    { class: "settings", "aria-label": "Settings" },
    makeSlider(model, nField, (text) => `${text} steps`),
    makeSelect(model, gridField, (name) => (name === "even" ? "equal steps" : "the path's turns")),
    makeKeyBox(model, keyField, live.tell),
    live.element,
  );
  el.classList.add("stochcalc-sandbox");
  el.replaceChildren(
    settings,
    make("div", { class: "pair" }, pathAxes.element, histogramAxes.element),
    make("div", { class: "pair" }, onePath.element, manyPaths.element),
    powerAxes.element,
    python.element,
  );
  for (const field of PAGE.fields) model.on(`change:${field.name}`, draw);
  model.on("problems", draw);
  draw();
}

/** Return the mean of numbers and its standard error. */
function describe(numbers) {
  const count = numbers.length;
  const mean = numbers.reduce((total, x) => total + x, 0) / count;
  const squares = numbers.reduce((total, x) => total + (x - mean) ** 2, 0);
  return { mean, stderr: Math.sqrt(squares / (count - 1) / count) };
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
function drawHistogram(axes, sums, { n, grid }) {
  const exact = exactMean(n, 2, grid);
  const sorted = Float64Array.from(sums).sort();
  const low = Math.min(sorted[Math.floor(0.01 * sorted.length)] ?? 1, 1, exact) - 0.1;
  const high = Math.max(sorted[Math.floor(0.99 * sorted.length)] ?? 1, 1, exact) + 0.1;
  const width = (high - low) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => low + i * width);
  const counts = new Array(BINS).fill(0);
  for (const sum of sums) {
    const bin = Math.floor((sum - low) / width);
    counts[Math.min(BINS - 1, Math.max(0, bin))] += 1;
  }
  axes.begin([low, high], [0, 1.1 * Math.max(...counts, 10)]);
  axes.bars(edges, counts, { colour: "c0", name: `${sums.length} paths` });
  axes.vertical(exact, { colour: "c1", name: "exact mean" });
  if (grid === "turns") axes.vertical(1, { colour: "c3", dash: "dashed", name: "T = 1" });
  axes.end();
}

/** Return the lines of Python that give the numbers of the page. */
function writePython(key, { n, grid }) {
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
