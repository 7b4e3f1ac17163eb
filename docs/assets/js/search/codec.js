/**
 * Postings as printable text: compact in a JSON string, and loadable as a script where fetch is refused (file://).
 *
 * The build encodes, rank.js decodes. A posting list is its document frequency followed by (page delta, impact,
 * section) for each page, pages ascending. Digits are the printable ASCII characters that neither JSON
 * nor HTML need escape.
 */

const DIGITS = Array.from({ length: 92 }, (_, at) => String.fromCharCode(35 + at)).filter((digit) => digit !== "\\" && digit !== "<");
const VALUE = new Uint8Array(128);
DIGITS.forEach((digit, at) => { VALUE[digit.charCodeAt(0)] = at; });

/** Largest impact and largest section number: one digit each. */
export const TOP = DIGITS.length - 1;
/** Digits from here up say that another digit follows. */
const HALF = DIGITS.length / 2;

function number(value) {
  let text = "";
  while (value >= HALF) {
    text += DIGITS[HALF + (value % HALF)];
    value = Math.floor(value / HALF);
  }
  return text + DIGITS[value];
}

/**
 * @param {number} frequency pages that hold the term, before weak ones were left out
 * @param {{page: number, impact: number, section: number}[]} postings ascending by page; impact and section in 0..TOP
 */
export function encode(frequency, postings) {
  let text = number(frequency);
  let last = 0;
  for (const { page, impact, section } of postings) {
    text += number(page - last) + DIGITS[impact] + DIGITS[section];
    last = page;
  }
  return text;
}

/** @returns {{frequency: number, pages: number[], impacts: number[], sections: number[]}} */
export function decode(text) {
  let at = 0;
  const read = () => {
    let value = 0;
    for (let scale = 1; ; scale *= HALF) {
      const digit = VALUE[text.charCodeAt(at++)];
      if (digit < HALF) return value + digit * scale;
      value += (digit - HALF) * scale;
    }
  };
  const list = { frequency: read(), pages: [], impacts: [], sections: [] };
  let page = 0;
  while (at < text.length) {
    page += read();
    list.pages.push(page);
    list.impacts.push(VALUE[text.charCodeAt(at++)]);
    list.sections.push(VALUE[text.charCodeAt(at++)]);
  }
  return list;
}

/** A sorted word list, each word as the length it shares with the one before, a strength digit and the rest. */
export function encodeWords(words) {
  let last = "";
  return words.map(([word, strength]) => {
    let shared = 0;
    while (shared < last.length && shared < HALF && last[shared] === word[shared]) shared++;
    last = word;
    return DIGITS[shared] + DIGITS[strength] + word.slice(shared);
  }).join(" ");
}

/** @returns {[string, number][]} */
export function decodeWords(text) {
  let last = "";
  return text ? text.split(" ").map((entry) => {
    last = last.slice(0, VALUE[entry.charCodeAt(0)]) + entry.slice(2);
    return [last, VALUE[entry.charCodeAt(1)]];
  }) : [];
}
