// Standard normals that are a pure function of integers, equal to the Python package's to the last bit.
//
// A normal has a name: key, path, index, component, purpose. Philox4x32-10 turns the name into four
// random words, and the transform of Box and Muller turns the words into two normals,
//
//     R cos(2 pi V) and R sin(2 pi V),  R = sqrt(-2 log(1 - U)).
//
// The package takes care that every operation is rounded once, and uses the fused multiply-add. A
// number of JavaScript is the same float, but there is no fused multiply-add, no integer of 64 bits,
// and the last bits of Math.log and Math.sin differ from browser to browser. So all of them are made
// from +, -, *, / and the square root here, which every browser rounds in the same way.
//
// Sources: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011;
// Box and Muller, Annals of Mathematical Statistics 29 (1958) 610; the coefficients are those of
// fdlibm (Sun Microsystems, 1993); Dekker, Numerische Mathematik 18 (1971) 224, and Knuth, The Art of
// Computer Programming, volume 2, section 4.2.2, for exact products and sums; Boldo and Melquiond,
// "Emulation of a FMA and correctly rounded sums", IEEE Transactions on Computers 57 (2008) 462.

// ---- what a normal is for: two uses never share a stream

export const INCREMENTS = 0;
export const BRIDGE_NODES = 1;
export const SPACE_TIME_AREA = 2;
export const CHAIN_NOISE = 4;

// ---- a float, and its bits as two halves

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);
float[0] = 1;
const HIGH = halves[1] === 0 ? 0 : 1; // the bits of 1 are 0x3FF00000 and 0
const LOW = 1 - HIGH;

/** Return the float whose bits are the two halves. */
function floatOf(high, low) {
  halves[HIGH] = high;
  halves[LOW] = low;
  return float[0];
}

// ---- a product and a sum with one rounding

const SPLIT = 134217729; // 2^27 + 1 splits a float into two of 26 bits

/**
 * Return a b + c, rounded once.
 *
 * The product is p + e exactly. The exact sum p + e + c is that of three floats, high, middle and
 * low. If middle + low is rounded to odd, which keeps a trace of what is lost, then the last
 * addition rounds as if nothing had been lost. Neither overflow nor underflow is looked after: the
 * numbers of this file are far from both.
 */
export function fma(a, b, c) {
  const p = a * b;
  let t = SPLIT * a;
  const aHigh = t - (t - a);
  const aLow = a - aHigh;
  t = SPLIT * b;
  const bHigh = t - (t - b);
  const bLow = b - bHigh;
  const e = aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);

  // c + e = sum + low and p + sum = high + middle, both exactly.
  const sum = c + e;
  let shift = sum - c;
  const low = c - (sum - shift) + (e - shift);
  const high = p + sum;
  shift = high - p;
  const middle = p - (high - shift) + (sum - shift);

  const rest = middle + low;
  shift = rest - middle;
  const lost = middle - (rest - shift) + (low - shift);
  return high + (lost === 0 ? rest : roundToOdd(rest, lost));
}

/** Return the neighbour of `rest` on the side of rest + lost, unless the last bit of `rest` is 1. */
function roundToOdd(rest, lost) {
  float[0] = rest;
  if ((halves[LOW] & 1) === 1) return rest;
  if (lost > 0 === rest > 0) {
    halves[LOW] += 1; // away from 0
  } else {
    if (halves[LOW] === 0) halves[HIGH] -= 1;
    halves[LOW] -= 1; // towards 0
  }
  return float[0];
}

// ---- random words

const words = new Uint32Array(4);

/** Return the upper half of the product of two unsigned integers of 32 bits. */
function multiplyHigh(a, b) {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return aHigh * bHigh + (first >>> 16) + (second >>> 16);
}

/** Put the four words of a name into `words`: ten rounds of Philox on a counter of 128 bits. */
function drawWords(key, path, pair, component, purpose) {
  let c0 = path >>> 0;
  let c1 = (Math.floor(path / 4294967296) & 0xffff) | (pair % 65536 << 16);
  let c2 = Math.floor(pair / 65536) >>> 0;
  let c3 = component | (purpose << 24);
  let k0 = key.low | 0;
  let k1 = key.high | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** Return the two halves of a key, given as text of an integer from 0 to 2^64 - 1. */
export function readKey(text) {
  const key = BigInt(text);
  return { high: Number(key >> 32n), low: Number(key & 0xffffffffn) };
}

// ---- two normals

/**
 * Return sqrt(-2 log(1 - U)), where U is the upper 52 bits of a word of 64 as a fraction.
 *
 * Let 1 - U = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), and s = f / (2 + f). Then
 * log(1 + f) = 2 s + s^3 P(s^2) with fdlibm's polynomial P. Everything is multiplied by -2.
 */
function radius(high, low) {
  const x = 2 - floatOf(0x3ff00000 | (high >>> 12), (high << 20) | (low >>> 12));
  float[0] = x;
  const borrow = halves[LOW] < 0x667f3bcd ? 1 : 0;
  const k = (halves[HIGH] - 0x3fe6a09e - borrow) >> 20;
  halves[HIGH] -= k << 20;
  const f = float[0] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  let odd = fma(w, -0.2959639721023317, -0.363671443232361);
  odd = fma(w, fma(w, odd, -0.5714285748732478), -1.333333333333347);
  let even = fma(w, -0.30627675398418747, -0.4444439686429957);
  even = fma(w, even, -0.7999999999881884);
  return Math.sqrt(fma(k, -1.3862943611198906, fma(s * z, fma(z, even, odd), -4 * s)));
}

const pair = new Float64Array(2);

/**
 * Put into `pair` the normals of the indices 2 i and 2 i + 1, where i is `index`.
 *
 * The sine and the cosine are polynomials in the distance r of the angle to the nearest quarter of a
 * turn, and the quarter says which of them is which, and with what sign.
 */
function drawPair(key, path, index, component, purpose) {
  drawWords(key, path, index, component, purpose);
  const angleLow = words[3];
  const turned = (words[2] + 0x20000000) >>> 0; // an eighth of a turn is added
  const r1 = radius(words[0], words[1]);
  const high = 0x3ff00000 | ((turned >>> 10) & 0xfffff);
  const r = (floatOf(high, ((turned << 22) | (angleLow >>> 10)) & ~3) - 1.5) * 1.5707963267948966;
  const q = r * r;
  let s = fma(q, 1.58969099521155e-10, -2.5050760253406863e-8);
  s = fma(q, fma(q, s, 2.7557313707070068e-6), -0.0001984126982985795);
  s = fma(r * q, fma(q, fma(q, s, 0.00833333333332249), -0.16666666666666632), r);
  let c = fma(q, -1.1359647557788195e-11, 2.087572321298175e-9);
  c = fma(q, fma(q, c, -2.7557314351390663e-7), 2.480158728947673e-5);
  c = fma(q, fma(q, c, -0.001388888888887411), 0.0416666666666666);
  c = fma(q, fma(q, c, -0.5), 1);
  const isOdd = (turned & 0x40000000) !== 0;
  const sine = isOdd ? c : s;
  const cosine = isOdd ? s : c;
  pair[0] = r1 * (((turned ^ (turned << 1)) & 0x80000000) !== 0 ? -cosine : cosine);
  pair[1] = r1 * ((turned & 0x80000000) !== 0 ? -sine : sine);
}

/** Return the normal of one name. */
export function normal(key, path, index, component, purpose) {
  drawPair(key, path, Math.floor(index / 2), component, purpose);
  return pair[index % 2];
}

/** Fill `out` with the normals of the indices 0, 1, 2, ... of one path. */
export function fillNormals(key, path, component, purpose, out) {
  for (let i = 0; i < out.length; i += 2) {
    drawPair(key, path, i / 2, component, purpose);
    out[i] = pair[0];
    if (i + 1 < out.length) out[i + 1] = pair[1];
  }
}
