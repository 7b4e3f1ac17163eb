// Figure "one bend" (deep-learning/mlp): the output of two hidden units over x1 + x2, with and without ReLU, on the four
// rows of XOR. The reader finds that a straight line gets three rows right and one bend all four.

import { axes, bracketed, button, clipped, define, fixed, formula, formulaLine, html, liveNumber, math, mi, mn, predictFirst, scale, set, short, slider, spokenState, svg, toggle } from "./common.js";
import { ROWS, SOLVED, countRight, isRight, logLoss, logit, probability } from "./one-bend.math.js";

const BOX = { left: 34, right: 334, top: 24, bottom: 254 };
const SUMS = [-0.4, 2.4];
const LOGITS = [-5, 5];
const COIN = Math.LN2; // the loss of a model that always says a half

const sub = (name, index) => math("msub", {}, mi(name), mn(index));
const bracket = (sign) => math("mo", { stretchy: "false" }, sign);

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: one bend");
  let weights = { bend: false, opens: 1, first: 1, second: 1, bias: -1 };

  const toX = scale(SUMS, [BOX.left, BOX.right]);
  const toY = scale(LOGITS, [BOX.bottom, BOX.top]);
  const curve = svg("polyline", { class: "kb-figure__line--1" });
  const zero = svg("line", { x1: BOX.left, x2: BOX.right, y1: toY(0), y2: toY(0), class: "kb-figure__line--guide" });
  const marks = svg("g", { "aria-hidden": "true" });
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 292", role: "img", "aria-label": "The output z over x1 + x2, and the four rows on it: circles are class 1, squares class 0, hollow where the row is on the wrong side of zero. The numbers stand in the formulas and the text." },
    axes({
      x: toX, y: toY, box: BOX,
      xTicks: [0, 1, 2].map((v) => [v, v]),
      yTicks: [-4, -2, 0, 2, 4].map((v) => [v, fixed(v)]),
      xTitle: "s = x₁ + x₂", yTitle: "z: above 0 the answer is class 1",
    }),
    clipped(BOX, zero, curve),
    marks,
  );

  const lines = [0, 1, 2].map((s) => ({ s, work: liveNumber(1), result: liveNumber(1), chance: liveNumber(2) }));
  const loss = liveNumber(2);
  const unit = (...inside) => math("mrow", {}, mi("g"), bracket("("), ...inside, bracket(")"));
  const formulas = html(
    "div", {},
    formulaLine(formula(mi("z"), "=", sub("w", "2,1"), unit(mi("s")), "+", sub("w", "2,2"), unit(mi("s"), math("mo", {}, "−"), mi("t")), "+", sub("b", "2"))),
    ...lines.map(({ s, work, result, chance }) => formulaLine(
      formula(mi("s"), "=", mn(String(s)), ":", mi("z"), "=", work.element),
      formula("=", result.element, math("mo", { separator: "true" }, ","), math("mover", { accent: "true" }, mi("y"), math("mo", {}, "^")), "=", chance.element),
    )),
    formula(mi("L"), "=", loss.element),
  );
  const state = spokenState();

  const bend = toggle({ label: "ReLU: g(s) = max(0, s). Off: g(s) = s", value: weights.bend, onChange: () => move({ bend: bend.get() }) });
  const sliders = [
    ["first", "Output weight w₂,₁", -6, 6],
    ["second", "Output weight w₂,₂", -6, 6],
    ["opens", "Second unit opens at t", 0, 2],
    ["bias", "Output bias b₂", -4, 4],
  ].map(([key, label, min, max]) => [key, slider({ label, min, max, step: 0.5, value: weights[key], format: short, onInput: (v) => move({ [key]: v }) })]);

  function move(change) {
    weights = { ...weights, ...change };
    draw();
  }

  function draw() {
    const corners = [SUMS[0], 0, weights.opens, SUMS[1]].sort((a, b) => a - b);
    set(curve, { points: corners.map((s) => `${toX(s).toFixed(1)},${toY(logit(s, weights)).toFixed(1)}`).join(" ") });
    marks.replaceChildren(...ROWS.map((row) => {
      const [x1, x2, y] = row;
      const z = Math.min(LOGITS[1], Math.max(LOGITS[0], logit(x1 + x2, weights)));
      const css = isRight(row, weights) ? "kb-figure__dot--2" : "kb-figure__grip";
      const px = toX(x1 + x2) + (x1 + x2 === 1 ? (x2 - x1) * 7 : 0); // the two rows with sum 1 stand beside each other
      return y ? svg("circle", { cx: px, cy: toY(z), r: 6, class: css }) : svg("rect", { x: px - 6, y: toY(z) - 6, width: 12, height: 12, class: css });
    }));
    for (const { s, work, result, chance } of lines) {
      const z = logit(s, weights);
      const inside = (shift) => (weights.bend ? Math.max(0, s - shift) : s - shift);
      work.set(`${short(weights.first)}·${bracketed(inside(0))} + ${bracketed(weights.second)}·${bracketed(inside(weights.opens))} + ${bracketed(weights.bias)}`);
      result.set(short(z));
      chance.set(fixed(probability(z), 4));
    }
    loss.set(fixed(logLoss(weights), 4));
    bend.set(weights.bend);
    for (const [key, control] of sliders) control.set(weights[key]);
    state.say(words());
  }

  function words() {
    const right = countRight(weights);
    const shape = weights.bend ? "ReLU is on." : "ReLU is off: z is a straight line.";
    const score = `${right} of 4 rows right, mean log loss ${fixed(logLoss(weights), 4)}; a coin has ${fixed(COIN, 4)}.`;
    let hint = "";
    if (right === 4) hint = " One bend is enough: z rises up to it and falls behind it.";
    else if (right === 3) hint = weights.bend ? " One row is missing: z has to be below 0 at 0 and at 2, above 0 at 1." : " That is the most a straight line can do.";
    return `${shape} ${score}${hint}`;
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    bend.row, ...sliders.map(([, { row }]) => row),
    html("div", { class: "kb-figure__row" }, button("The weights of the page", () => move(SOLVED))),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), controls), state.element, formulas);
  const question = predictFirst({
    question: "Without ReLU, how many of the four rows can be right at once?",
    options: [
      ["Two", "Leave ReLU off and try the sliders; then switch it on."],
      ["Three", "Leave ReLU off and try the sliders; then switch it on."],
      ["All four", "Leave ReLU off and try the sliders; then switch it on."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("one-bend", build);
