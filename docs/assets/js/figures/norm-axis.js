// Figure "one axis or the other" (deep-learning/normalization): a batch of three rows and four features, whose numbers the
// reader changes. The reader finds that batch norm answers in the whole column, in rows nobody touched, layer norm in the
// row alone; and what dividing by the count minus one would do.

import { bracketed, button, choice, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, set, short, slider, spokenState, svg } from "./common.js";
import { BATCH, companions, limit, moved, normalized } from "./norm-axis.math.js";
import { statistics } from "./shared.math.js";

const WIDE = 58;
const HIGH = 30;
const LEFT = 2;
const TOPS = { given: 24, results: 186 }; // of the two grids
const ROWS = BATCH.map((_, i) => i);
const COLUMNS = BATCH[0].map((_, j) => j);
const PLACES = ROWS.flatMap((i) => COLUMNS.map((j) => [i, j]));
const AT_LIMIT = 0.995; // of the largest result there can be

const two = (value) => fixed(value, 2);
const hat = (name) => math("mover", { accent: "true" }, mi(name), math("mo", {}, "^"));

/** Twelve boxes with a number each. */
function grid(top) {
  const cells = PLACES.map(([i, j]) => ({
    box: svg("rect", { x: LEFT + j * WIDE + 2, y: top + i * HIGH + 2, width: WIDE - 4, height: HIGH - 4 }),
    text: svg("text", { x: LEFT + (j + 0.5) * WIDE, y: top + (i + 0.5) * HIGH + 4, "text-anchor": "middle", class: "kb-figure__number" }),
  }));
  return { cells, parts: cells.flatMap(({ box, text }) => [box, text]) };
}

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: one axis or the other");
  let batch = BATCH.map((row) => [...row]);
  let at = { row: 0, column: 0 };
  let norm = "layer";
  let unbiased = false;

  const given = grid(TOPS.given);
  const results = grid(TOPS.results);
  const label = (y) => svg("text", { x: LEFT, y });
  const names = [label(TOPS.given - 8), label(TOPS.results - 8)];
  const told = svg("g"); // the means and spreads, below the columns or beside the rows
  const drawing = svg(
    "svg",
    { viewBox: "0 0 320 282", role: "img", "aria-label": "The batch above, three rows and four columns, with the means and spreads of its columns or rows; the results below. A thick frame above marks the numbers that share a mean with the chosen one, below the results that have moved. The numbers stand in the formulas and the text." },
    ...given.parts, ...results.parts, ...names, told,
  );
  names[0].textContent = "the batch";
  names[1].textContent = "the results";
  given.cells.forEach(({ box, text }, k) => {
    for (const part of [box, text]) part.addEventListener("click", () => pick(...PLACES[k]));
  });

  const live = { sum: liveNumber(), count: liveNumber(), mean: liveNumber(1), squares: liveNumber(), divisor: liveNumber(), s: liveNumber(1), value: liveNumber(), mean2: liveNumber(1), s2: liveNumber(1), result: liveNumber(2) };
  const el = (name) => live[name].element;
  const formulas = html(
    "div", {},
    formulaLine(formula(mi("μ"), "=", math("mfrac", {}, el("sum"), el("count"))), formula("=", el("mean"))),
    formulaLine(
      formula(mi("s"), "=", math("msqrt", {}, math("mfrac", {}, group("∑", "(", mi("x"), "−", mi("μ"), math("msup", {}, math("mo", {}, ")"), mn("2"))), mi("N")), math("mo", {}, "+"), mi("ε"))),
      formula("=", math("msqrt", {}, math("mfrac", {}, el("squares"), el("divisor")), math("mo", {}, "+"), mn("0.00001"))),
      formula("=", el("s")),
    ),
    formulaLine(
      formula(hat("x"), "=", math("mfrac", {}, group(mi("x"), "−", mi("μ")), mi("s"))),
      formula("=", math("mfrac", {}, group(el("value"), "−", el("mean2")), el("s2"))),
      formula("=", el("result")),
    ),
  );
  const state = spokenState();

  const kind = choice({ label: "Norm", options: [["layer", "layer norm"], ["batch", "batch norm"]], value: norm, onChange: (next) => { norm = next; draw(); } });
  const row = choice({ label: "Row", options: ROWS.map((i) => [String(i), String(i + 1)]), value: "0", onChange: (next) => pick(Number(next), at.column) });
  const column = choice({ label: "Column", options: COLUMNS.map((j) => [String(j), String(j + 1)]), value: "0", onChange: (next) => pick(at.row, Number(next)) });
  const value = slider({ label: "Its number x", min: -10, max: 20, step: 1, value: batch[0][0], format: short, onInput: (next) => { batch[at.row][at.column] = next; draw(); } });
  const divisor = choice({ label: "Divide by", options: [["count", "the count"], ["less", "the count minus one"]], value: "count", onChange: (next) => { unbiased = next === "less"; draw(); } });

  function pick(i, j) {
    at = { row: i, column: j };
    draw();
  }

  function restore() {
    batch = BATCH.map((numbers) => [...numbers]);
    draw();
  }

  function draw() {
    const shares = ([i, j]) => (norm === "batch" ? j === at.column : i === at.row);
    const out = normalized(batch, norm, unbiased);
    const gone = new Set(moved(batch, norm, unbiased).map(String));
    PLACES.forEach((place, k) => {
      const [i, j] = place;
      const chosen = i === at.row && j === at.column;
      set(given.cells[k].box, { class: chosen ? "kb-figure__box--now" : shares(place) ? "kb-figure__box--reached" : "kb-figure__box" });
      given.cells[k].text.textContent = short(batch[i][j]);
      set(results.cells[k].box, { class: gone.has(String(place)) ? "kb-figure__box--reached" : "kb-figure__box" });
      results.cells[k].text.textContent = two(out[i][j]);
    });
    told.replaceChildren(...(norm === "batch" ? COLUMNS : ROWS).flatMap((k) => {
      const { mean, s } = statistics(norm === "batch" ? companions(batch, norm, 0, k) : companions(batch, norm, k, 0), unbiased);
      const x = norm === "batch" ? LEFT + (k + 0.5) * WIDE : LEFT + 4 * WIDE + 6;
      const y = norm === "batch" ? TOPS.given + 3 * HIGH + 16 : TOPS.given + (k + 0.5) * HIGH - 3;
      const anchor = norm === "batch" ? "middle" : "start";
      return [`μ ${two(mean)}`, `s ${two(s)}`].map((text, line) => svg("text", { x, y: y + 15 * line, "text-anchor": anchor }, text));
    }));

    const numbers = companions(batch, norm, at.row, at.column);
    const { mean, squares, count, s } = statistics(numbers, unbiased);
    const x = batch[at.row][at.column];
    live.sum.set(numbers.map((number, k) => (k === 0 ? short(number) : bracketed(number))).join(" + "));
    live.count.set(String(numbers.length));
    live.squares.set(short(squares));
    live.divisor.set(String(count));
    live.value.set(short(x));
    for (const name of ["mean", "mean2"]) live[name].set(name === "mean" ? short(mean) : bracketed(mean));
    for (const name of ["s", "s2"]) live[name].set(fixed(s, 4));
    live.result.set(fixed(out[at.row][at.column], 4));

    kind.set(norm);
    row.set(String(at.row));
    column.set(String(at.column));
    value.set(x);
    divisor.set(unbiased ? "less" : "count");
    state.say(words(x, mean, s, out[at.row][at.column], numbers.length));
  }

  function words(x, mean, s, result, n) {
    const places = moved(batch, norm, unbiased);
    const edited = PLACES.filter(([i, j]) => batch[i][j] !== BATCH[i][j]);
    const where = norm === "batch" ? `Column ${at.column + 1}` : `Row ${at.row + 1}`;
    const parts = [`${norm === "batch" ? "Batch" : "Layer"} norm. ${where}: mean ${short(mean)}, s ${fixed(s, 4)}; ${short(x)} becomes ${fixed(result, 4)}.`];
    if (edited.length === 0) parts.push("No number has been changed yet.");
    else {
      const touched = new Set(edited.map(([i]) => i));
      const others = places.filter(([i]) => !touched.has(i)).length;
      parts.push(`Numbers changed: ${edited.length}. Results that moved: ${places.length}, of which ${others} in rows that nobody touched.`);
    }
    if (unbiased) parts.push("Neither norm divides by the count minus one; batch norm does it in its running variance only.");
    if (Math.abs(result) > AT_LIMIT * limit(n, unbiased)) parts.push(`No number among ${n} can get beyond ${fixed(limit(n, unbiased), 4)}, however large it is.`);
    if (s < 0.01) parts.push("All numbers are equal: ε keeps s above zero.");
    return parts.join(" ");
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    kind.row, row.row, column.row, value.row, divisor.row,
    html("div", { class: "kb-figure__row" }, button("The page's batch", restore)),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), controls), state.element, formulas);
  const reply = "Pick a number and move it, under one norm and then the other; thick frames below are results that moved.";
  const question = predictFirst({
    question: "You change one number in row 1. Under batch norm, which results move?",
    options: [["Only that one", reply], ["Row 1", reply], ["Its column", reply], ["All twelve", reply]],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("norm-axis", build);
