// The schemes page: three schemes and the solution on one path, and their strong errors.

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
import { EQUATIONS, SCHEMES, solveOn } from "./equations.js";
import { PATHS, StrongErrors } from "./levels.js";
import { FINEST, SIZES } from "./motion.js";
import { PAGE } from "./page.js";
import { View } from "./view.js";

const LOOKS = {
  euler_maruyama: { colour: "c0", dash: "solid", words: "Euler", order: 0.5, shown: "½" },
  milstein: { colour: "c1", dash: "dashed", words: "Milstein", order: 1, shown: "1" },
  sriw1: { colour: "c2", dash: "dotted", words: "sriw1", order: 1.5, shown: "3/2" },
};
const COLUMNS = SCHEMES.map((scheme) => LOOKS[scheme].words);

/** Show the page in an element; the model has its fields key, n and eq. */
export function render({ model, el }) {
  const view = new View({ model, el }, draw);
  const axes = makeAxes(view);
  const onePath = makeOnePath();
  const manyPaths = makeManyPaths();
  const python = makePython(view);
  let strong = new StrongErrors(model.get("key"));

  function draw() {
    const state = readState(model);
    if (strong.key !== state.key) strong = new StrongErrors(state.key);
    const { equation, n } = state;
    const path = strong.path(0);
    const states = { exact: solveOn(equation, "exact", path, n) };
    for (const scheme of SCHEMES) states[scheme] = solveOn(equation, scheme, path, n);
    drawPaths(axes.path, path, state, states);
    drawErrors(axes.errors, state, states);
    view.describe(writeOnePath(onePath, state, states));
    python.set(writePython(state));
    fillLevels(state);
  }

  /** Add paths to the strong errors of the levels that were visited. */
  function fillLevels(state) {
    const level = strong.visit(state.equation, state.n);
    const levels = strong.of(state.equation);
    const isDone = () => levels.every((one) => one.count === PATHS);
    view.fill(isDone, () => strong.addTo(levels), () => {
      drawStrong(axes.strong, levels, state);
      if (level.count > 1) for (const scheme of SCHEMES) writeStrong(manyPaths, level, scheme);
    });
  }

  const [keyField, nField, eqField] = PAGE.fields;
  view.show(
    makeSettings(
      makeSlider(view, nField, (text) => `${text} steps`),
      makeSelect(view, eqField, (name) => EQUATIONS[name].words),
      makeKeyBox(view, keyField),
      view.live,
    ),
    make("div", { class: "pair" }, axes.path.element, axes.errors.element),
    axes.strong.element,
    onePath.element,
    make("figure", {}, manyPaths.element),
    python.element,
  );
  return view.end;
}

/** Return the three pictures. */
function makeAxes(view) {
  const path = new Axes(view, { title: "One path drives them all", xLabel: "time t", yLabel: "X" });
  const errors = new Axes(view, {
    title: "How far each is from the solution, on this path",
    xLabel: "time t",
    yLabel: "error",
  });
  const strong = new Axes(view, {
    title: "The steeper, the higher the order",
    xLabel: "steps n",
    yLabel: "log₁₀ of the strong error",
    log: true,
    height: 320,
  });
  return { path, errors, strong };
}

/** Return the table of one path. */
function makeOnePath() {
  const rows = [
    ["end", "X on n steps"],
    ["solution", "exact solution"],
    ["error", "error"],
    ["size", "its root mean square in theory"],
  ];
  return makeTable("At T = 1 on this path", rows, COLUMNS);
}

/** Write the errors on one path; return the sentence that says them. */
function writeOnePath(table, { equation, n }, states) {
  const errors = [];
  for (const scheme of SCHEMES) {
    const { words } = LOOKS[scheme];
    const error = states[scheme][n] - states.exact[n];
    table.set("end", words, states[scheme][n]);
    table.set("solution", words, states.exact[n]);
    table.set("error", words, error);
    table.set("size", words, equation.theory(scheme, n).rms);
    errors.push(`${words} ${showNumber(error)}`);
  }
  const theory = `The theory is ${equation.isExact ? "exact" : "for small h"} here.`;
  return `${n} steps: the errors at T = 1 are ${errors.join(", ")}. ${theory}`;
}

/** Return the table of the strong errors. */
function makeManyPaths() {
  const rows = [
    ["paths", "paths so far"],
    ["rms", "root mean square error"],
    ["rms-stderr", "its standard error, measured"],
    ["rms-spread", "its standard error in theory"],
    ["rms-theory", "root mean square error in theory"],
    ["rms-z", "measured − theory, in standard errors of theory"],
    ["order", "order from n/2 to n steps"],
    ["order-stderr", "its standard error, measured"],
    ["order-theory", "order from n/2 to n steps in theory"],
    ["limit", "order as h tends to 0"],
  ];
  const title = "Strong errors: the root mean square at T = 1 over the paths (– means not known exactly)";
  return makeTable(title, rows, COLUMNS);
}

/** Write the strong error of a scheme, its order, and what theory says of them. */
function writeStrong(table, { equation, n, count, sums }, scheme) {
  const found = sums[scheme].describe();
  const { rms, spread } = equation.theory(scheme, n);
  const half = equation.theory(scheme, n / 2).rms;
  const write = (row, value, text) => table.set(row, LOOKS[scheme].words, value, text);
  write("paths", count, String(count));
  write("rms", found.rms);
  write("rms-stderr", found.stderr);
  write("rms-spread", spread / (2 * rms * Math.sqrt(count)));
  write("rms-theory", rms);
  write("rms-z", ((found.rms ** 2 - rms ** 2) * Math.sqrt(count)) / spread);
  write("order", found.order);
  write("order-stderr", found.orderStderr);
  write("order-theory", Math.log2(half / rms));
  write("limit", LOOKS[scheme].order, LOOKS[scheme].shown);
}

/** Return what the fields of the model say. */
function readState(model) {
  return { key: model.get("key"), equation: EQUATIONS[model.get("eq")], n: numberIn(model, "n") };
}

/** Draw the solution on the finest grid, and the schemes on their n steps. */
function drawPaths(axes, path, { equation, n }, states) {
  const solution = solveOn(equation, "exact", path, FINEST);
  const all = [...solution, ...SCHEMES.flatMap((scheme) => [...states[scheme]])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  axes.begin([0, 1], [low - 0.05, high + 0.05]);
  axes.line(timesOf(FINEST), solution, { colour: "faint", width: 1, name: "exact" });
  for (const scheme of SCHEMES) {
    const { colour, dash, words } = LOOKS[scheme];
    axes.line(timesOf(n), states[scheme], { colour, dash, width: 2, name: words });
  }
  axes.end();
}

/** Draw the errors of the schemes at the times of their steps. */
function drawErrors(axes, { n }, states) {
  const errors = SCHEMES.map((scheme) => Array.from(states[scheme], (x, k) => x - states.exact[k]));
  const top = 1.1 * Math.max(...errors.flat().map(Math.abs), 1e-12);
  axes.begin([0, 1], [-top, top]);
  axes.horizontal(0, { colour: "faint" });
  SCHEMES.forEach((scheme, i) => {
    const { colour, dash, words } = LOOKS[scheme];
    axes.line(timesOf(n), errors[i], { colour, dash, width: 2, name: words });
  });
  axes.end();
}

/** Draw the strong errors with bars of two standard errors, on the lines of the theory. */
function drawStrong(axes, levels, { equation, n }) {
  axes.begin([1.7, 1200], [-5.6, 0.1]);
  for (const scheme of SCHEMES) {
    const { colour, dash, words, shown } = LOOKS[scheme];
    const line = SIZES.map((size) => Math.log10(equation.theory(scheme, size).rms));
    const what = equation.isExact ? "exact" : "for small h";
    axes.line(SIZES, line, { colour, dash, name: `${words}, order ${shown}: ${what}` });
    for (const level of levels.filter(({ count }) => count > 1)) {
      const { rms, stderr } = level.sums[scheme].describe();
      const theory = equation.theory(scheme, level.n);
      const exact = theory.spread / (2 * theory.rms * Math.sqrt(level.count));
      const size = equation.isExact ? exact : stderr;
      const bar = [Math.max(rms - 2 * size, 1e-9), rms + 2 * size].map(Math.log10);
      axes.line([level.n, level.n], bar, { colour, width: 2 });
      axes.dots([level.n], [Math.log10(rms)], { colour, size: level.n === n ? 6 : 4 });
    }
  }
  axes.dots([], [], { colour: "faint", name: "measured at the n you visit, ± 2 standard errors" });
  axes.end();
}

/** Return the times 0, 1/n, ..., 1. */
function timesOf(n) {
  return Array.from({ length: n + 1 }, (_, k) => k / n);
}

/** Return the lines of Python that give the numbers of the page. */
function writePython({ key, equation, n }) {
  const isFinest = n === FINEST;
  const motion = `sc.brownian(n=${FINEST}, key=${key})${isFinest ? "" : `.coarsen(${FINEST / n})`}`;
  const methods = ["exact", ...SCHEMES].filter((name) => isFinest || name !== "sriw1");
  const sizes = [n / 2, n, ...(isFinest ? [] : [FINEST])];
  const listed = (values) => JSON.stringify(values).replaceAll(",", ", ");
  const reason = [
    "# sriw1 takes the integral of W over each step as well: solve draws it on the grid of a",
    "# motion that is drawn there, and a study adds it up along the finest path.",
  ];
  return [
    "import stochcalc as sc",
    "",
    `model, x0 = ${equation.python}`,
    `W = ${motion}`,
    `for method in ${listed(methods)}:`,
    "    print(sc.solve(model, x0, noise=W, method=method).values[0, -1])",
    "",
    ...(isFinest ? [] : reason),
    "study = sc.strong_convergence(",
    `    model, x0, 1.0, methods=${listed(SCHEMES)},`,
    `    steps=${listed(sizes)}, paths=${PATHS}, key=${key},`,
    ")",
    "study  # its table in a notebook; print(study) elsewhere",
  ].join("\n");
}
