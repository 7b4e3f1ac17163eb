// Figure "what each part does" (architectures/transformer): three tokens through one block, whose parts the reader takes out.
// The reader finds that without attention no token hears another, that without the addition a token loses what it was, and
// what a norm leaves of two numbers.

import { bracketed, button, choice, define, fixed, formula, formulaLine, html, liveNumber, math, mi, mn, predictFirst, set, short, slider, spokenState, svg, toggle } from "./common.js";
import { TOKENS, WHOLE, moved, run, twins } from "./block-steps.math.js";

const WIDE = 46;
const HIGH = 30;
const LEFT = 22;
const TOP = 40;
const STAGES = ["start", "attention", "feed-forward"];
const THREE = [0, 1, 2];
const PLACES = THREE.flatMap((stage) => THREE.flatMap((i) => [0, 1].map((j) => [stage, i, j])));
const GAP = 6;

const copied = () => TOKENS.map((row) => [...row]);
const named = (name, at) => math("msub", {}, mi(name), mn(at));

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: what each part does");
  let tokens = copied();
  let at = 1;
  let entry = 0;
  let parts = { ...WHOLE };

  const cells = PLACES.map(([stage, i, j]) => {
    const x = LEFT + stage * (2 * WIDE + GAP) + j * WIDE;
    const y = TOP + i * HIGH;
    return {
      box: svg("rect", { x: x + 1, y: y + 2, width: WIDE - 2, height: HIGH - 4 }),
      text: svg("text", { x: x + WIDE / 2, y: y + HIGH / 2 + 4, "text-anchor": "middle", class: "kb-figure__number" }),
    };
  });
  const drawing = svg(
    "svg",
    { viewBox: "0 0 316 134", role: "img", "aria-label": "Three tables of three tokens with two numbers each: the stream at its start, after attention, after the feed-forward part. Thick frames mark the chosen number and what it has moved. The numbers stand in the formulas and the text." },
    ...cells.flatMap(({ box, text }) => [box, text]),
    svg("text", { x: LEFT, y: 12 }, "the stream after:"),
    ...STAGES.map((name, stage) => svg("text", { x: LEFT + stage * (2 * WIDE + GAP) + WIDE, y: 32, "text-anchor": "middle" }, name)),
    ...THREE.map((i) => svg("text", { x: LEFT - 8, y: TOP + i * HIGH + HIGH / 2 + 4, "text-anchor": "end" }, String(i + 1))),
  );
  cells.forEach(({ box, text }, k) => {
    const [, i, j] = PLACES[k];
    for (const part of [box, text]) part.addEventListener("click", () => { at = i; entry = j; draw(); });
  });

  const formulas = html("div", {});
  const state = spokenState();
  const token = choice({ label: "Token", options: THREE.map((i) => [String(i), String(i + 1)]), value: "1", onChange: (next) => { at = Number(next); draw(); } });
  const which = choice({ label: "Entry", options: [["0", "first"], ["1", "second"]], value: "0", onChange: (next) => { entry = Number(next); draw(); } });
  const number = slider({ label: "The number", min: -2, max: 6, step: 1, value: 0, format: short, onInput: (next) => { tokens[at][entry] = next; draw(); } });
  const part = (name, label) => toggle({ label, value: true, onChange: (next) => { parts[name] = next; draw(); } });
  const switches = { attention: part("attention", "Attention"), feed: part("feed", "Feed-forward part"), stream: part("stream", "Added to the stream") };
  const norms = choice({ label: "Norm", options: [["before", "before"], ["after", "after"], ["none", "none"]], value: "before", onChange: (next) => { parts.norm = next; draw(); } });

  function draw() {
    const now = run(tokens, parts);
    const before = run(TOKENS, parts);
    const tables = [tokens, now.middle, now.end];
    const gone = [TOKENS, before.middle, before.end].map((table, stage) => moved(tables[stage], table));
    cells.forEach(({ box, text }, k) => {
      const [stage, i, j] = PLACES[k];
      const chosen = stage === 0 && i === at && j === entry;
      const reached = gone[stage].some(([row, column]) => row === i && column === j);
      set(box, { class: chosen ? "kb-figure__box--now" : reached ? "kb-figure__box--reached" : "kb-figure__box" });
      text.textContent = stage ? fixed(tables[stage][i][j], 2) : short(tables[stage][i][j]);
    });
    formulas.replaceChildren(...written(now));
    token.set(String(at));
    which.set(String(entry));
    number.set(tokens[at][entry]);
    norms.set(parts.norm);
    for (const [name, control] of Object.entries(switches)) control.set(parts[name]);
    state.say(words(now, gone[2]));
  }

  function live(text, series) {
    const one = liveNumber(series);
    one.set(text);
    return one.element;
  }

  /** One part of the block, for the chosen number: what was there and what the part wrote. */
  function step(name, old, update, result, there) {
    if (!there) return formulaLine(formula(named(name, at + 1), "=", live(fixed(result, 4), 2)));
    const sum = [...(parts.stream ? [live(fixed(old, 4), 0), "+"] : []), live(update < 0 ? `(${fixed(update, 4)})` : fixed(update, 4), 1)];
    const inside = parts.norm === "after" ? [mi("LN"), "(", ...sum, ")"] : sum;
    return formulaLine(formula(named(name, at + 1), "=", ...inside), formula("=", live(fixed(result, 4), 2)));
  }

  function written({ averages, middle, writes, end }) {
    return [
      formulaLine(formula(named("x", at + 1), "=", live(bracketed(tokens[at][entry]), 0))),
      step("m", tokens[at][entry], averages[at][entry], middle[at][entry], parts.attention),
      step("y", middle[at][entry], writes[at][entry], end[at][entry], parts.feed),
    ];
  }

  function words({ weights, end }, gone) {
    const pair = (row) => `(${row.map((value) => fixed(value, 4)).join(", ")})`;
    const said = [`Token ${at + 1} ends as ${pair(end[at])}.`];
    const edited = THREE.filter((i) => tokens[i].some((value, j) => value !== TOKENS[i][j]));
    if (edited.length === 0) said.push("No number has been changed yet.");
    else {
      const rows = [...new Set(gone.map(([i]) => i))];
      const others = rows.filter((i) => !edited.includes(i)).length;
      said.push(`At the end ${rows.length} of 3 tokens have moved, ${others} of which nobody touched.`);
    }
    if (parts.attention) said.push(`Token ${at + 1} gives itself a weight of ${fixed(weights[at][at], 4)}.`);
    else said.push("No token hears another.");
    for (const [a, b] of twins(end)) {
      if (moved([tokens[a]], [tokens[b]]).length) said.push(`Tokens ${a + 1} and ${b + 1} began different and end equal.`);
    }
    if (parts.norm === "after") said.push("Of two numbers the norm leaves which is larger, and no more.");
    return said.join(" ");
  }

  function restore() {
    tokens = copied();
    parts = { ...WHOLE };
    draw();
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    token.row, which.row, number.row,
    html("div", { class: "kb-figure__row" }, switches.attention.row, switches.feed.row, switches.stream.row),
    norms.row,
    html("div", { class: "kb-figure__row" }, button("The page's block", restore)),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), controls), state.element, formulas);
  const reply = "Take one part out, see which tokens end equal, then raise token 2's first number; thick frames are numbers that moved.";
  const question = predictFirst({
    question: "Which part, taken out, makes different tokens end equal?",
    options: [["Attention", reply], ["The feed-forward part", reply], ["The addition to the stream", reply]],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("block-steps", build);
