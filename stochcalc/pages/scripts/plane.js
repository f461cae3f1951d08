// The plane of the particles page: particles, score, and level lines of the density.

import { FAR, axisDensity, movesAt, score, sigmaAt } from "./mixture.js";

const ZOOM = 4 / 3; // from one height of the plane to the next
const ARROWS = 13; // in each direction
const CELLS = 57; // nodes in each direction, for the level lines

/** Return a number in three significant digits. */
export function brief(value) {
  return String(Number(value.toPrecision(3)));
}

/** Return half the height of a plane that shows most particles at a time. */
export function chooseWindow({ shots }, time) {
  const far = shots.map((shot) => Math.hypot(shot[2 * time], shot[2 * time + 1]));
  const most = far.sort((a, b) => a - b)[Math.floor(0.95 * far.length)] ?? 9;
  return 9 * ZOOM ** Math.max(0, Math.ceil(Math.log(most / 9) / Math.log(ZOOM)));
}

/** Draw the particles, the score, and level lines of the density that it belongs to. */
export function drawPlane(axes, run, { way, n, time }) {
  const sigma = sigmaAt(way, n, movesAt(time, n));
  // The axes leave 78 and 56 pixels free beside what they span.
  const ratio = Math.max(axes.box.clientWidth - 78, 100) / (axes.options.height - 56);
  const high = chooseWindow(run, time) / Math.min(ratio, 1);
  const wide = ratio * high;
  axes.begin([-wide, wide], [-high, high]);
  drawLevels(axes, sigma, wide, high);
  drawArrows(axes, sigma, wide, high);
  const sides = [
    [1, { colour: "c0", name: "x + y > 0, the heavy mode" }],
    [-1, { colour: "c1", hollow: true, name: "the light mode" }],
  ];
  for (const [sign, options] of sides) {
    const shots = run.shots.filter((shot) => sign * (shot[2 * time] + shot[2 * time + 1]) > 0);
    const [xs, ys] = [0, 1].map((i) => shots.map((shot) => shot[2 * time + i]));
    axes.dots(xs, ys, { size: 2.5, ...options });
  }
  axes.line([-wide, wide], [wide, -wide], { colour: "faint", dash: "dashed", name: "x + y = 0" });
  axes.end();
}

/** Return what `look` returns at the points of a lattice. */
function fromLattice(count, wide, high, look) {
  const at = (i) => (2 * i) / (count - 1) - 1;
  return Array.from({ length: count * count }, (_, k) =>
    look(wide * at(k % count), high * at(Math.floor(k / count))),
  );
}

/** Draw where the smoothed density is 1/2, 1/10 and 1/100 of its maximum. */
function drawLevels(axes, sigma, wide, high) {
  const { pen } = axes;
  const variance = 1 + sigma * sigma;
  const nodes = fromLattice(CELLS, wide, high, (x, y) => {
    const along = axisDensity((x + y) / Math.SQRT2, FAR, variance);
    return [axes.across(x), axes.up(y), along * Math.exp(-((x - y) ** 2) / (4 * variance))];
  });
  const top = nodes.reduce((most, node) => Math.max(most, node[2]), 0);
  axes.clip(() => {
    pen.beginPath();
    for (const level of [top / 2, top / 10, top / 100]) {
      for (let k = 0; k < CELLS * (CELLS - 1); k++) {
        if (k % CELLS < CELLS - 1) drawPiece(pen, [0, 1, CELLS + 1, CELLS].map((i) => nodes[k + i]), level);
      }
    }
    pen.strokeStyle = axes.colour("c2");
    pen.stroke();
  });
  axes.enter(`density, σ = ${brief(sigma)}: 1/2, 1/10, 1/100 of the top`, "c2", "solid", "stroke");
}

/** Draw from side to side of a cell where a level crosses them. */
function drawPiece(pen, corners, level) {
  let isBegun = false;
  corners.forEach(([x, y, height], side) => {
    const [nextX, nextY, next] = corners[(side + 1) % 4];
    if (height > level === next > level) return;
    const share = (level - height) / (next - height);
    pen[isBegun ? "lineTo" : "moveTo"](x + share * (nextX - x), y + share * (nextY - y));
    isBegun = !isBegun;
  });
}

/** Draw the score on a lattice; the longest arrow is as long as a cell. */
function drawArrows(axes, sigma, wide, high) {
  const { pen } = axes;
  const inner = 1 - 1 / ARROWS;
  const arrows = fromLattice(ARROWS, inner * wide, inner * high, (x, y) => {
    const [a, b] = score(x, y, sigma);
    return [axes.across(x), axes.up(y), a, -b];
  });
  const longest = Math.max(...arrows.map(([, , a, b]) => Math.hypot(a, b)));
  const scale = (0.95 * (axes.across(wide) - axes.across(-wide))) / ARROWS / longest;
  axes.clip(() => {
    pen.beginPath();
    for (const [x, y, a, b] of arrows) {
      const [dx, dy] = [scale * a, scale * b];
      const tip = [x + dx / 2, y + dy / 2];
      pen.moveTo(x - dx / 2, y - dy / 2);
      pen.lineTo(...tip);
      for (const turn of [-0.15, 0.15]) {
        pen.moveTo(...tip);
        pen.lineTo(x + 0.2 * dx + turn * dy, y + 0.2 * dy - turn * dx);
      }
    }
    pen.strokeStyle = axes.colour("faint");
    pen.stroke();
  });
  axes.enter(`score, at most ${brief(longest)}`, "faint", "solid", "stroke");
}
