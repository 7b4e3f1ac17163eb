// Figure "who looks at whom" (architectures/attention): three tokens, whose queries, keys and values the reader changes. The
// reader finds that a query moves its own row, a key every row that may see it, a value no weight at all; what the division
// of the scores does; and whom a causal mask spares.

import { bracketed, button, choice, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, set, short, slider, spokenState, svg, toggle } from "./common.js";
import { SCALES, TOKENS, attend } from "./attention.math.js";
import { moved } from "./shared.math.js";

const WIDE = 56;
const HIGH = 30;
const LEFT = 84;
const TOPS = { roles: 24, weights: 158, outputs: 282 }; // of the three tables
const ROLES = ["query", "key", "value"];
const THREE = [0, 1, 2];
const FOUR = [0, 1, 2, 3];
const MOST_WEIGHT = 0.97; // from here on a row is a lookup

const sub = (name, i, j) => math("msub", {}, mi(name), mn(`${i}${j}`));
const power = (exponent) => math("msup", {}, mi("e"), exponent);

/** Boxes with a number each, three rows high, named at their left. */
function grid(top, columns) {
  const places = THREE.flatMap((i) => columns.map((j) => [i, j]));
  const cells = places.map(([i, j]) => ({
    box: svg("rect", { x: LEFT + j * WIDE + 2, y: top + i * HIGH + 2, width: WIDE - 4, height: HIGH - 4 }),
    text: svg("text", { x: LEFT + (j + 0.5) * WIDE, y: top + (i + 0.5) * HIGH + 4, "text-anchor": "middle", class: "kb-figure__number" }),
  }));
  const names = THREE.map((i) => svg("text", { x: LEFT - 8, y: top + (i + 0.5) * HIGH + 4, "text-anchor": "end" }));
  return { places, cells, names, parts: [...cells.flatMap(({ box, text }) => [box, text]), ...names] };
}

const copied = () => Object.fromEntries(ROLES.map((role) => [role, TOKENS[role].map((row) => [...row])]));

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: who looks at whom");
  let tokens = copied();
  let asking = 1;
  let asked = 2;
  let role = "key";
  let column = 0;
  let scaling = "divided";
  let causal = false;
  const rowOf = (name) => (name === "query" ? asking : asked);

  const roles = grid(TOPS.roles, FOUR);
  const weights = grid(TOPS.weights, THREE);
  const outputs = grid(TOPS.outputs, FOUR);
  const title = (y, text) => svg("text", { x: 2, y }, text);
  const drawing = svg(
    "svg",
    { viewBox: "0 0 312 376", role: "img", "aria-label": "Three tables: the chosen query, key and value; the weights, a row for each token that asks and a column for each that is asked; the outputs, a row each. Thick frames mark the chosen number and weight, and what has moved. The numbers stand in the formulas and the text." },
    ...roles.parts, ...weights.parts, ...outputs.parts,
    title(TOPS.roles - 9, "what is compared and given"), title(TOPS.weights - 9, "weights, by token asked"), title(TOPS.outputs - 9, "outputs"),
  );
  weights.names.forEach((name, i) => { name.textContent = `token ${i + 1}`; });
  outputs.names.forEach((name, i) => { name.textContent = `token ${i + 1}`; });
  roles.cells.forEach(({ box, text }, at) => {
    const [i, j] = roles.places[at];
    for (const part of [box, text]) part.addEventListener("click", () => { role = ROLES[i]; column = j; draw(); });
  });
  weights.cells.forEach(({ box, text }, at) => {
    for (const part of [box, text]) part.addEventListener("click", () => { [asking, asked] = weights.places[at]; draw(); });
  });

  const formulas = html("div", {});
  const state = spokenState();

  const tokenNames = THREE.map((i) => [String(i), `token ${i + 1}`]);
  const asks = choice({ label: "Who asks", options: tokenNames, value: String(asking), onChange: (next) => { asking = Number(next); draw(); } });
  const answers = choice({ label: "Who is asked", options: tokenNames, value: String(asked), onChange: (next) => { asked = Number(next); draw(); } });
  const what = choice({ label: "Change its", options: ROLES.map((name) => [name, name]), value: role, onChange: (next) => { role = next; draw(); } });
  const which = choice({ label: "Entry", options: FOUR.map((j) => [String(j), String(j + 1)]), value: String(column), onChange: (next) => { column = Number(next); draw(); } });
  const number = slider({ label: "The number", min: -4, max: 6, step: 1, value: 0, format: short, onInput: (next) => { tokens[role][rowOf(role)][column] = next; draw(); } });
  const scales = choice({ label: "Scores", options: [["divided", "divided by 2"], ["whole", "not divided"], ["none", "times 0"]], value: scaling, onChange: (next) => { scaling = next; draw(); } });
  const mask = toggle({ label: "Causal mask", value: causal, onChange: (next) => { causal = next; draw(); } });

  function draw() {
    const now = attend(tokens, scaling, causal);
    const before = attend(TOKENS, scaling, causal);
    const gone = { weights: moved(now.weights, before.weights), outputs: moved(now.outputs, before.outputs) };
    const paint = ({ cells, places }, values, chosen, touched, format) => cells.forEach(({ box, text }, at) => {
      const [i, j] = places[at];
      const reached = touched.some(([row, to]) => row === i && to === j);
      set(box, { class: chosen(i, j) ? "kb-figure__box--now" : reached ? "kb-figure__box--reached" : "kb-figure__box" });
      text.textContent = format(values[i][j]);
    });
    paint(roles, ROLES.map((name) => tokens[name][rowOf(name)]), (i, j) => ROLES[i] === role && j === column, [], short);
    paint(weights, now.weights, (i, j) => i === asking && j === asked, gone.weights, (value) => fixed(value, 3));
    paint(outputs, now.outputs, () => false, gone.outputs, (value) => fixed(value, 2));
    roles.names.forEach((name, i) => { name.textContent = `${ROLES[i]} ${rowOf(ROLES[i]) + 1}`; });
    formulas.replaceChildren(...written(now));
    for (const [control, value] of [[asks, asking], [answers, asked], [what, role], [which, column], [scales, scaling]]) control.set(String(value));
    number.set(tokens[role][rowOf(role)][column]);
    state.say(words(now, gone));
  }

  /** A number in the color of its series. */
  function live(text, series) {
    const part = liveNumber(series);
    part.set(text);
    return part.element;
  }

  function written({ scores, weights: table, outputs: out }) {
    const [i, j] = [asking + 1, asked + 1];
    const products = tokens.query[asking].map((q, at) => `${at ? " + " : ""}${bracketed(q)}·${bracketed(tokens.key[asked][at])}`).join("");
    const blocked = causal && asked > asking;
    const score = sub("z", i, j);
    const first = blocked ? formulaLine(formula(score, "=", "−", "∞")) : formulaLine(
      formula(score, "=", ...(scaling === "whole" ? [live(products, 0)] : ["(", live(products, 0), ")"])),
      scaling === "whole" ? formula("=", live(short(scores[asking][asked]), 1))
        : formula("·", mn(short(SCALES[scaling])), "=", live(short(scores[asking][asked]), 1)),
    );
    const powers = scores[asking].map((value) => (value === -Infinity ? mn(0) : power(live(short(value), 1))));
    const sum = group(...powers.flatMap((part, at) => (at ? ["+", part] : [part])));
    const second = formulaLine(
      formula(sub("a", i, j), "=", math("mfrac", {}, blocked ? mn(0) : power(live(short(scores[asking][asked]), 1)), sum)),
      formula("=", live(fixed(table[asking][asked], 4), 2)),
    );
    const third = formulaLine(
      ...THREE.map((k) => formula(...(k ? ["+"] : [sub("o", i, 1), "="]), live(fixed(table[asking][k], 4), 2), "·", live(bracketed(tokens.value[k][0]), 0))),
      formula("=", live(fixed(out[asking][0], 4), 3)),
    );
    return [first, second, third];
  }

  function words({ weights: table, outputs: out }, gone) {
    const edited = ROLES.some((name) => tokens[name].some((row, i) => row.some((value, j) => value !== TOKENS[name][i][j])));
    const top = Math.max(...table[asking]);
    const parts = [`Token ${asking + 1} gives token ${asked + 1} a weight of ${fixed(table[asking][asked], 4)}; its output begins with ${fixed(out[asking][0], 4)}.`];
    if (causal && asked > asking) parts.push("The mask hides what comes later.");
    if (!edited) parts.push("No number has been changed yet.");
    else parts.push(`Changed against the page: ${gone.weights.length} of 9 weights, ${gone.outputs.length} of 12 outputs.`);
    if (scaling === "none") parts.push("All who may be seen count alike: attention is the mean.");
    else if (top > MOST_WEIGHT && !(causal && asking === 0)) parts.push(`One weight is ${fixed(top, 4)}: nearly a lookup.`);
    return parts.join(" ");
  }

  function restore() {
    tokens = copied();
    draw();
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    asks.row, answers.row, what.row, which.row, number.row, scales.row, mask.row,
    html("div", { class: "kb-figure__row" }, button("The page's tokens", restore)),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), controls), state.element, formulas);
  const then = "Try it: one entry of token 3's key, then of its value, then of a query. Thick frames are weights and outputs that moved.";
  const question = predictFirst({
    question: "You change one entry of token 3's key. Whose weights can change?",
    options: [
      ["Token 3's", `Not only: its key is what the others ask. Every query meets it, and only a query with a 0 in that place does not notice. ${then}`],
      ["Every token's", `Yes: every query meets the key. Only one with a 0 in that place does not notice. ${then}`],
      ["Nobody's, only outputs", `That would be its value. The key is what every query is compared with. ${then}`],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("attention", build);
