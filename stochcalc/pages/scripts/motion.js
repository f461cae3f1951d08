// Brownian motion on [0, 1]: its values on a grid, and the bridge inside the steps.

import { BRIDGE_NODES, INCREMENTS, fillNormals, normal } from "./noise.js";

export const FINEST = 1024; // steps of the paths of a page, all of which are coarsened from there
export const SIZES = [2, 4, 8, 16, 32, 64, 128, 256, 512, FINEST]; // steps that a reader chooses from
export const TIMES = Array.from({ length: FINEST + 1 }, (_, k) => k / FINEST);
const TREE_SIZE = 16777216; // 2^24 nodes in the tree of bridges inside a step

/**
 * Write path number `path` into `values`: W(k/n) for k = 0, ..., n, where n + 1 is its length.
 *
 * dW_k = sqrt(1/n) z_k, and W is the sum of the dW_k from left to right.
 */
export function fillMotion(key, path, values) {
  const n = values.length - 1;
  const root = Math.sqrt(1 / n);
  const z = values.subarray(1);
  fillNormals(key, path, 0, INCREMENTS, z);
  values[0] = 0;
  let w = 0;
  for (let k = 1; k <= n; k++) {
    w += root * values[k];
    values[k] = w;
  }
}

/**
 * Return W at k/n + share/(16 n), for a path on a grid of n steps and a share from 0 to 16.
 *
 * Node 1 of the tree inside the step is its middle, nodes 2 and 3 are the middles of its halves, and
 * so on. Given the path at both ends of an interval of length h, the middle has the law
 * N((left + right)/2, h/4). The walk goes down to the node that is asked for.
 */
export function insideStep(key, path, values, k, share) {
  if (share === 0) return values[k];
  if (share === 16) return values[k + 1];
  let left = values[k];
  let right = values[k + 1];
  let width = 1 / (values.length - 1);
  let node = 1;
  let place = share;
  for (let size = 8; size >= 1; size /= 2) {
    const z = normal(key, path, k * TREE_SIZE + node, 0, BRIDGE_NODES);
    const middle = 0.5 * (left + right) + 0.5 * Math.sqrt(width) * z;
    if (place === size) return middle;
    node *= 2;
    if (place > size) {
      left = middle;
      place -= size;
      node += 1;
    } else {
      right = middle;
    }
    width *= 0.5;
  }
  return left;
}
