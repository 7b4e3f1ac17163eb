// Judges an answer against its key: numbers with the tolerance of the digits shown, choices, short words.
// Pure, without a DOM; called by exercises.js and by its tests in Node.

const NUMBER = /^[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const FRACTION = /^([+-]?\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/;
// One unit in the last digit is what carrying rounded intermediate results costs: close, and said so.
const CLOSE_UNITS = 1.5;
// An error of one letter is a typing error only in words that stay recognizable.
const FORGIVEN_FROM = 5;

const plain = (text) => text.normalize("NFKC").replace(/[\u2212\u2013]/g, "-").replace(/[\u202f\u00a0\s]+/g, " ").trim();

/** `{value, decimals, percent}` of a typed number, or null. `decimals` counts the places shown, exponents included. */
export function parseNumber(text) {
  let body = plain(text);
  const percent = body.endsWith("%");
  if (percent) body = body.slice(0, -1).trim();
  const fraction = FRACTION.exec(body);
  if (fraction && Number(fraction[2]) !== 0) return { value: Number(fraction[1]) / Number(fraction[2]), decimals: Infinity, percent };
  // "0,35" is a decimal comma; "1,234" and "1,234.5" group thousands.
  if (/^[+-]?\d+,\d+$/.test(body) && !/^[+-]?[1-9]\d{0,2},\d{3}$/.test(body)) body = body.replace(",", ".");
  if (!NUMBER.test(body)) return null;
  const bare = body.replaceAll(",", "");
  const [mantissa, exponent = "0"] = bare.toLowerCase().split("e");
  const places = (mantissa.split(".")[1] ?? "").length - Number(exponent);
  return { value: Number(bare), decimals: places, percent };
}

/** What kind of answer a key asks for: "choice" where the question lists `options`, else "number" or "word". */
export function kindOf(key, options = 0) {
  const text = plain(key);
  if (options > 1 && choiceOf(text, options) > 0) return "choice";
  return parseNumber(text) ? "number" : "word";
}

/** The place, from 1, of the option that a key such as "2", "b" or "(c)" names; 0 when it names none. */
export function choiceOf(key, options) {
  const text = plain(key).replace(/^\(?(\w+)[).]?$/, "$1");
  const place = /^\d+$/.test(text) ? Number(text) : /^[a-z]$/i.test(text) ? text.toLowerCase().charCodeAt(0) - 96 : 0;
  return place >= 1 && place <= options ? place : 0;
}

/**
 * "right", "close" or "wrong"; "unclear" where no number can be read. Right is the key rounded to the digits the reader
 * gave, but never to fewer significant digits than two, and exactly for a whole number.
 */
export function judgeNumber(key, typed) {
  const wanted = parseNumber(key);
  const given = parseNumber(typed);
  if (!wanted || !given) return "unclear";
  if (wanted.percent !== given.percent) {
    // 0.974 for 97.4 % and the other way round; a bare 97.4 for 97.4 % is what the unit beside the field suggests.
    const bare = judgeValues(wanted, { ...given, percent: wanted.percent });
    if (bare === "right") return "right";
    const scaled = given.percent ? { value: given.value / 100, decimals: given.decimals + 2 } : { value: given.value * 100, decimals: given.decimals - 2 };
    return judgeValues(wanted, scaled);
  }
  return judgeValues(wanted, given);
}

function judgeValues(wanted, given) {
  const error = Math.abs(given.value - wanted.value);
  const slack = 1e-9 * Math.max(1, Math.abs(wanted.value));
  if (error <= slack) return "right"; // 3 for 3.0, however few digits were typed
  if (wanted.decimals <= 0 && Number.isInteger(wanted.value)) return "wrong";
  const unit = 10 ** -wanted.decimals;
  const significant = wanted.value === 0 ? 0 : Math.floor(Math.log10(Math.abs(wanted.value))) + 1;
  const fewest = Math.min(wanted.decimals, 2 - significant);
  const shown = Math.min(wanted.decimals, Math.max(fewest, given.decimals));
  if (error <= 0.5 * 10 ** -shown + slack && given.decimals >= fewest) return "right";
  if (given.decimals < fewest && error <= 0.5 * 10 ** -given.decimals + slack) return "close";
  return error <= CLOSE_UNITS * unit + slack ? "close" : "wrong";
}

const letters = (text) => plain(text).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").replace(/^(?:the|a|an) /, "").trim();

/** "right", "close" (one letter away) or "wrong"; articles, case, hyphens and a plural s do not count. */
export function judgeWord(key, typed) {
  const wanted = letters(key);
  const given = letters(typed);
  if (!given) return "unclear";
  const stem = (word) => (word.length > 3 ? word.replace(/s$/, "") : word);
  if (stem(wanted) === stem(given)) return "right";
  return wanted.length >= FORGIVEN_FROM && distance(wanted, given) === 1 ? "close" : "wrong";
}

function distance(left, right) {
  let row = Array.from({ length: right.length + 1 }, (_, place) => place);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[right.length];
}

/** Judges by the key's kind; `typed` is the chosen place for a choice. */
export function judge(key, typed, options = 0) {
  const kind = kindOf(key, options);
  if (kind === "choice") return typed === "" ? "unclear" : Number(typed) === choiceOf(key, options) ? "right" : "wrong";
  return kind === "number" ? judgeNumber(key, typed) : judgeWord(key, typed);
}
