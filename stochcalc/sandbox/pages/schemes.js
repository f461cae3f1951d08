// The schemes page: three schemes and the solution on one path, and their strong errors.

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
import { DrivenPath, EQUATIONS, ErrorSums, FINEST, SCHEMES, endError, solveOn } from "./equations.js";
import { readKey } from "./noise.js";
import { PAGE } from "./page.js";

const PATHS = 2048; // in the strong errors, as many as strong_convergence asks for
const SLICE = 6; // milliseconds of work between two frames
const SIZES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const LOOKS = {
  euler_maruyama: { colour: "c0", dash: "solid", words: "Euler", order: 0.5, shown: "½" },
  milstein: { colour: "c1", dash: "dashed", words: "Milstein", order: 1, shown: "1" },
  sriw1: { colour: "c2", dash: "dotted", words: "sriw1", order: 1.5, shown: "3/2" },
};
const COLUMNS = SCHEMES.map((scheme) => LOOKS[scheme].words);

/** Show the page in an element; the model has its fields key, n and eq. */
export function render({ model, el }) {
  const [keyField, nField, eqField] = PAGE.fields;
  const live = makeLiveLine();
  const paths = []; // those drawn so far, for the key that is shown
  const levels = new Map(); // the sums of errors, by the equation and n, of what was visited
  let drawnKey = "";
  let isFilling = false;

  const draw = once(() => {
    takeKey();
    const state = readState(model);
    const { equation, n } = state;
    const states = { exact: solveOn(equation, "exact", paths[0], n) };
    for (const scheme of SCHEMES) states[scheme] = solveOn(equation, scheme, paths[0], n);
    drawPaths(pathAxes, paths[0], state, states);
    drawErrors(errorAxes, state, states);
    writeNumbers(state, states);
    python.set(writePython(model));
    visit(state);
  });

  const pathAxes = new Axes(
    { title: "One path drives them all", xLabel: "time t", yLabel: "X" },
    draw,
  );
  const errorAxes = new Axes(
    { title: "How far each is from the solution, on this path", xLabel: "time t", yLabel: "error" },
    draw,
  );
  const strongAxes = new Axes(
    {
      title: "The order is the slope, for the numbers of steps that you visit",
      xLabel: "steps n",
      yLabel: "log₁₀ of the strong error",
      log: true,
      height: 320,
    },
    draw,
  );
  const onePath = makeTable(
    "At T = 1 on this path",
    [
      ["end", "X on n steps"],
      ["solution", "exact solution"],
      ["error", "error"],
      ["size", "its exact root mean square"],
    ],
    COLUMNS,
  );
  const manyPaths = makeTable(
    "Strong errors at T = 1, over the paths",
    [
      ["paths", "paths so far"],
      ["rms", "root mean square"],
      ["rms-stderr", "its standard error"],
      ["rms-spread", "exact standard error"],
      ["rms-exact", "exact root mean square"],
      ["rms-z", "(measured − exact)/exact standard error, of the mean squares"],
      ["order", "order from n/2 to n steps"],
      ["order-stderr", "its standard error"],
      ["order-exact", "exact order from n/2 to n"],
      ["limit", "order as h tends to 0"],
    ],
    COLUMNS,
  );
  const python = makePython(live.tell);

  /** Forget the paths and the errors of another key, and draw the first path of this one. */
  function takeKey() {
    const key = model.get("key");
    if (key === drawnKey) return;
    drawnKey = key;
    paths.length = 0;
    levels.clear();
    addPath();
  }

  function addPath() {
    paths.push(new DrivenPath(readKey(drawnKey), paths.length));
  }

  /** Note that a number of steps is shown, and go on with the errors. */
  function visit({ name, equation, n }) {
    if (!levels.has(name)) {
      const sums = Object.fromEntries(SCHEMES.map((scheme) => [scheme, new ErrorSums()]));
      levels.set(name, { equation, n, count: 0, sums });
    }
    if (isFilling) showStrong();
    else fillLevels();
  }

  /** Return the level with the fewest paths, of the equation that is shown. */
  function findPoorest({ equation }) {
    let poorest;
    for (const level of levels.values()) {
      const isPoorer = poorest === undefined || level.count < poorest.count;
      if (level.equation === equation && isPoorer) poorest = level;
    }
    return poorest;
  }

  /** Add paths to the levels for a few milliseconds, and go on after the next frame. */
  function fillLevels() {
    takeKey();
    const start = performance.now();
    let level = findPoorest(readState(model));
    while (level !== undefined && level.count < PATHS && performance.now() - start < SLICE) {
      addErrors(level);
      level = findPoorest(readState(model));
    }
    showStrong();
    isFilling = level !== undefined && level.count < PATHS;
    if (isFilling) requestAnimationFrame(fillLevels);
  }

  function addErrors(level) {
    const { equation, n, sums } = level;
    if (level.count === paths.length) addPath();
    const path = paths[level.count];
    for (const scheme of SCHEMES) {
      const halfError = endError(equation, scheme, path, n / 2);
      sums[scheme].add(endError(equation, scheme, path, n), halfError);
    }
    level.count += 1;
  }

  function showStrong() {
    const state = readState(model);
    const shown = levels.get(state.name);
    if (shown === undefined || shown.count < 2) return;
    const visited = [...levels.values()].filter(
      (level) => level.equation === state.equation && level.count > 1,
    );
    drawStrong(strongAxes, visited.sort((one, two) => one.n - two.n), state);
    for (const scheme of SCHEMES) writeStrong(shown, scheme);
  }

  function writeStrong({ equation, n, count, sums }, scheme) {
    const found = sums[scheme].describe();
    const { rms, spread } = equation.exactError(scheme, n);
    const half = equation.exactError(scheme, n / 2).rms;
    const write = (row, value, text) => manyPaths.set(row, LOOKS[scheme].words, value, text);
    write("paths", count, String(count));
    write("rms", found.rms);
    write("rms-stderr", found.stderr);
    write("rms-spread", spread / (2 * rms * Math.sqrt(count)));
    write("rms-exact", rms);
    write("rms-z", ((found.rms ** 2 - rms ** 2) * Math.sqrt(count)) / spread);
    write("order", found.order);
    write("order-stderr", found.orderStderr);
    write("order-exact", Math.log2(half / rms));
    write("limit", LOOKS[scheme].order, LOOKS[scheme].shown);
  }

  function writeNumbers({ equation, n }, states) {
    const errors = [];
    for (const scheme of SCHEMES) {
      const { words } = LOOKS[scheme];
      const error = states[scheme][n] - states.exact[n];
      onePath.set("end", words, states[scheme][n]);
      onePath.set("solution", words, states.exact[n]);
      onePath.set("error", words, error);
      onePath.set("size", words, equation.exactError(scheme, n).rms);
      errors.push(`${words} ${showNumber(error)}`);
    }
    const words = `${n} steps: the errors at T = 1 are ${errors.join(", ")}.`;
    live.tell([...(model.problems ?? []), words].join(" "));
  }

  const settings = make(
    "section",
    { class: "settings", "aria-label": "Settings" },
    makeSlider(model, nField, (text) => `${text} steps`),
    makeSelect(model, eqField, (name) => EQUATIONS[name].words),
    makeKeyBox(model, keyField, live.tell),
  );
  el.classList.add("stochcalc-sandbox");
  el.replaceChildren(
    settings,
    live.element,
    make("div", { class: "wide" }, pathAxes.element),
    make("div", { class: "pair" }, errorAxes.element, onePath.element),
    make("div", { class: "pair" }, strongAxes.element, manyPaths.element),
    python.element,
  );
  for (const field of PAGE.fields) model.on(`change:${field.name}`, draw);
  model.on("problems", draw);
  draw();
}

/** Return what the fields of the model say; `name` is that of the level in the strong errors. */
function readState(model) {
  const [eq, n] = [model.get("eq"), numberIn(model, "n")];
  return { name: `${eq} ${n}`, equation: EQUATIONS[eq], n };
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

/**
 * Draw the strong errors with bars of two standard errors, on their exact lines. Where no exact
 * errors are known, lines of the slopes 1/2, 1 and 3/2 go through the points of the finest steps.
 */
function drawStrong(axes, visited, { equation, n }) {
  axes.begin([1.7, 1200], [-5.6, 0.1]);
  const finest = visited[visited.length - 1];
  const isKnown = Number.isFinite(equation.exactError("milstein", n).rms);
  for (const scheme of SCHEMES) {
    const { colour, dash, words, order, shown } = LOOKS[scheme];
    const last = finest.sums[scheme].describe().rms;
    const line = SIZES.map((size) =>
      Math.log10(isKnown ? equation.exactError(scheme, size).rms : last * (finest.n / size) ** order),
    );
    const what = isKnown ? `exact, order ${shown}` : `slope ${shown}`;
    axes.line(SIZES, line, { colour, dash, name: `${words}: ${what}` });
    for (const level of visited) {
      const { rms, stderr } = level.sums[scheme].describe();
      const exact = equation.exactError(scheme, level.n);
      const size = isKnown ? exact.spread / (2 * exact.rms * Math.sqrt(level.count)) : stderr;
      const bar = [Math.max(rms - 2 * size, 1e-9), rms + 2 * size].map(Math.log10);
      axes.line([level.n, level.n], bar, { colour, width: 2 });
      axes.dots([level.n], [Math.log10(rms)], { colour, size: level.n === n ? 6 : 4 });
    }
  }
  axes.dots([], [], { colour: "faint", name: "measured, ± 2 standard errors" });
  axes.end();
}

/** Return the times 0, 1/n, ..., 1. */
function timesOf(n) {
  return Array.from({ length: n + 1 }, (_, k) => k / n);
}

/** Return the lines of Python that give the numbers of the page. */
function writePython(model) {
  const { equation, n } = readState(model);
  const key = model.get("key");
  const isFinest = n === FINEST;
  const motion = `sc.brownian(n=${FINEST}, key=${key})${isFinest ? "" : `.coarsen(${FINEST / n})`}`;
  const methods = ["exact", ...SCHEMES].filter((name) => isFinest || name !== "sriw1");
  const sizes = [n / 2, n, ...(isFinest ? [] : [FINEST])];
  const reason = [
    "# sriw1 takes the integral of W over each step as well: solve draws it on the grid of a",
    "# motion that is drawn there, and a study adds it up along the finest path.",
  ];
  return [
    "import stochcalc as sc",
    "",
    `model, x0 = ${equation.python}`,
    `W = ${motion}`,
    `for method in ${JSON.stringify(methods)}:`,
    "    print(sc.solve(model, x0, noise=W, method=method).values[0, -1])",
    "",
    ...(isFinest ? [] : reason),
    "study = sc.strong_convergence(",
    `    model, x0, 1.0, methods=${JSON.stringify(SCHEMES)},`,
    `    steps=${JSON.stringify(sizes)}, paths=${PATHS}, key=${key},`,
    ")",
    "study",
  ].join("\n");
}
