// The state of a page: one text for each field, read from an address such as #v=1&key=7&lam=8/16.
//
// A field has a name, a label, its first value, and its choices in order. The key alone has no
// choices: it is any integer from 0 to 2^64 - 1. A value that a field does not take is replaced by
// its first one, and named.

const VERSION = "1";
const LARGEST_KEY = 2n ** 64n - 1n;

/** Return the number that a text such as "8/16", "0.5" or "64" stands for; NaN for other text. */
export function numberOf(text) {
  const [top, bottom, ...more] = text.trim().split("/");
  if (more.length > 0 || top === "" || bottom === "") return NaN;
  return bottom === undefined ? Number(top) : Number(top) / Number(bottom);
}

/** Return the value of a field that a text stands for, or undefined if the field does not take it. */
export function readField(field, text) {
  if (field.choices === undefined) {
    if (!/^\d{1,20}$/.test(text.trim())) return undefined;
    const key = BigInt(text.trim());
    return key <= LARGEST_KEY ? String(key) : undefined;
  }
  if (field.choices.includes(text)) return text;
  const wanted = numberOf(text);
  return field.choices.find((choice) => numberOf(choice) === wanted);
}

/** Say which values a field takes. */
export function describeField(field) {
  if (field.choices === undefined) return "a whole number from 0 to 18446744073709551615";
  const choices = field.choices;
  if (choices.length <= 6) return `one of ${choices.join(", ")}`;
  return `one of ${choices.slice(0, 3).join(", ")}, ..., ${choices.at(-1)}`;
}

/**
 * Return the state that an address's hash describes, and a sentence for each fault in it.
 *
 * `state` has the values of the fields that the hash does not name.
 */
export function readHash(hash, fields, state) {
  const problems = [];
  const found = { ...state };
  const seen = new Set();
  const pairs = hash.replace(/^#/, "").split("&").filter((part) => part !== "");
  for (const part of pairs) {
    const cut = part.indexOf("=");
    const name = cut < 0 ? part : part.slice(0, cut);
    const text = cut < 0 ? "" : decode(part.slice(cut + 1));
    const field = fields.find((one) => one.name === name);
    if (seen.has(name)) {
      problems.push(`${name} is given twice: the last one counts.`);
    }
    seen.add(name);
    if (name === "v") {
      if (text !== VERSION) problems.push(`v=${text} is unknown: this page reads v=${VERSION}.`);
    } else if (field === undefined) {
      const names = fields.map((one) => one.name).join(", ");
      problems.push(`${name} is not known here: the address takes ${names}.`);
    } else {
      const value = readField(field, text);
      if (value === undefined) {
        const instead = `${found[name]} is shown.`;
        problems.push(`${name}=${text} must be ${describeField(field)}: ${instead}`);
      } else {
        found[name] = value;
      }
    }
  }
  return { state: found, problems };
}

/** Return the hash that describes a state. */
export function writeHash(fields, state) {
  const parts = fields.map((field) => `${field.name}=${encodeURI(state[field.name])}`);
  return `#v=${VERSION}&${parts.join("&")}`;
}

/** Return the text that a part of an address stands for; a part that is no text stands for itself. */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
