// Figure "shrinkage path" (classic/regularization): raise alpha and watch the ten weights of ridge or lasso shrink or
// vanish, with the score on the fitted rows and, when only 40 patients are fitted, on the 402 others.
// Paths and scores are drawn only where the reader has been, so that both are found, not shown.

import { axes, choice, clipped, define, fixed, formula, html, liveNumber, math, mi, mn, predictFirst, scale, slider, spokenState, svg, toggle } from "./common.js";
import { FORTY, NAMES, OTHERS } from "./shrinkage-path.data.js";
import { center, intercept, length, path, rSquared, rss, size, symmetric, together } from "./shrinkage-path.math.js";

const LOWEST = -3; // powers of ten of alpha at the ends of the slider
const HIGHEST = 1;
const STEPS = 80;
const BOX = { left: 44, right: 334, top: 24, bottom: 254 };
const LABEL_GAP = 11; // pixels between the names of two lines
const SIZE = NAMES.length + 2;

const POWERS = Array.from({ length: STEPS + 1 }, (_, i) => LOWEST + (i * (HIGHEST - LOWEST)) / STEPS);
const ALPHAS = POWERS.map((power) => 10 ** power);

const forty = symmetric(FORTY, SIZE);
const others = symmetric(OTHERS, SIZE);
const ROWS = { // top: the end of the axis of weights
  all: { moments: together(forty, others), words: "all 442 patients", top: 800 },
  forty: { moments: forty, words: "40 patients", top: 1600 },
};

const alphaText = (alpha) => String(Number(alpha.toPrecision(2)));

/** The whole path of a model on some rows, with its scores; computed once. */
const known = new Map();
function fits(kind, rows) {
  const key = `${kind} ${rows}`;
  if (!known.has(key)) {
    const { moments } = ROWS[rows];
    const centered = center(moments);
    const steps = path(kind, centered, ALPHAS).map((w) => {
      const b = intercept(centered, w);
      return { w, rss: rss(moments, b, w), seen: rSquared(moments, b, w), unseen: rSquared(others, b, w) };
    });
    known.set(key, { steps, visited: new Set() });
  }
  return known.get(key);
}

/** Heights for the names, in order from the top, at least LABEL_GAP apart and near the heights wanted. */
function spread(wanted) {
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
  const placed = [];
  order.forEach((i, k) => {
    placed[k] = k ? Math.max(wanted[i], placed[k - 1] + LABEL_GAP) : wanted[i];
  });
  const excess = Math.max(0, placed.at(-1) - BOX.bottom + 4);
  for (let k = placed.length - 1; k >= 0; k -= 1) {
    const limit = k === placed.length - 1 ? placed[k] - excess : placed[k + 1] - LABEL_GAP;
    placed[k] = Math.min(placed[k], limit);
  }
  const heights = [];
  order.forEach((i, k) => {
    heights[i] = placed[k];
  });
  return heights;
}

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: shrinkage path");
  let kind = "lasso";
  let rows = "all";
  let at = 0;

  const toX = scale([LOWEST, HIGHEST], [BOX.left, BOX.right]);
  const xTicks = [[-3, "0.001"], [-2, "0.01"], [-1, "0.1"], [0, "1"], [1, "10"]];
  let toWeight;
  const frame = svg("g"); // the axes, which depend on the rows fitted
  const lines = svg("g", { "aria-hidden": "true" });
  const marks = svg("g", { "aria-hidden": "true" });
  const weights = svg(
    "svg",
    { viewBox: "0 0 344 292", role: "img", "aria-label": "The ten weights against alpha, as far as you have been. The values stand in the text below." },
    frame,
    clipped(BOX, lines),
    marks,
  );
  const toScore = scale([0, 0.7], [BOX.bottom, BOX.top]);
  const scores = svg("g", { "aria-hidden": "true" });
  const chart = svg(
    "svg",
    { viewBox: "0 0 344 292", role: "img", "aria-label": "R squared against alpha, where you have been: circles on the fitted patients, squares on others. The present values stand in the text below." },
    axes({ x: toX, y: toScore, box: BOX, xTicks, yTicks: [0, 0.2, 0.4, 0.6].map((value) => [value, fixed(value, 1)]), xTitle: "alpha", yTitle: "R²: circles fitted, squares held out" }),
    scores,
  );

  // Each model's objective with its present values; the one that is not chosen is hidden
  const objective = Object.fromEntries(
    ["ridge", "lasso"].map((name) => {
      const live = Object.fromEntries([["n", 0], ["rss", 1], ["size", 1], ["alpha", 2], ["total", 2]].map(([part, series]) => [part, liveNumber(series)]));
      const counted = name === "ridge" ? math("msubsup", {}, mi("w"), mi("j"), mn(2)) : math("mrow", {}, math("mo", {}, "|"), math("msub", {}, mi("w"), mi("j")), math("mo", {}, "|"));
      const share = name === "ridge" ? [] : [math("mfrac", {}, mn(1), math("mrow", {}, mn(2), math("mo", {}, "·"), live.n.element))];
      const element = html(
        "div", {},
        formula(math("mtext", {}, "RSS"), "=", live.rss.element),
        formula(math("munder", {}, math("mo", {}, "∑"), mi("j")), counted, "=", live.size.element),
        formula(...share, math("mtext", {}, "RSS"), "+", live.alpha.element, math("munder", {}, math("mo", {}, "∑"), mi("j")), counted.cloneNode(true), "=", live.total.element),
      );
      return [name, { live, element }];
    }),
  );
  const state = spokenState();
  const text = html("div", { class: "kb-figure__text" });

  const strength = slider({ label: "alpha", min: 0, max: STEPS, step: 1, value: at, format: (i) => alphaText(ALPHAS[i]), onInput: (i) => change(() => (at = i)) });
  const model = choice({ label: "Model:", options: [["lasso", "lasso"], ["ridge", "ridge"]], value: kind, onChange: (key) => change(() => (kind = key)) });
  const fitted = choice({ label: "Fitted on:", options: [["all", "all 442"], ["forty", "40 patients"]], value: rows, onChange: (key) => change(() => (rows = key)) });
  const whole = toggle({ label: "Show the whole path", onChange: () => draw() });

  function change(how) {
    how();
    draw();
  }

  function drawFrame() {
    const { top } = ROWS[rows];
    toWeight = scale([-top, top], [BOX.bottom, BOX.top]);
    const yTicks = [-top, -top / 2, 0, top / 2, top].map((value) => [value, fixed(value)]);
    frame.replaceChildren(axes({ x: toX, y: toWeight, box: BOX, xTicks, yTicks, xTitle: "alpha", yTitle: "Weight" }));
  }

  function drawWeights(steps, furthest) {
    const last = whole.get() ? STEPS : furthest;
    lines.replaceChildren(
      ...NAMES.map((_, j) => {
        const points = steps.slice(0, last + 1).map(({ w }, i) => `${toX(POWERS[i]).toFixed(1)},${toWeight(w[j]).toFixed(1)}`);
        return svg("path", { d: `M${points.join("L")}`, class: "kb-figure__line--1", "stroke-opacity": 0.55 });
      }),
    );
    const { w } = steps[at];
    const x = toX(POWERS[at]);
    marks.replaceChildren(svg("line", { x1: x, x2: x, y1: BOX.top, y2: BOX.bottom, class: "kb-figure__line--guide" }));
    const kept = [...w.keys()].filter((j) => w[j] !== 0);
    const onRight = at < STEPS * 0.8; // where a name finds room beside its dot
    const heights = spread(kept.map((j) => toWeight(w[j]) + 4));
    if (kept.length < w.length) marks.append(svg("circle", { cx: x, cy: toWeight(0), r: 5, class: "kb-figure__grip" }));
    kept.forEach((j, k) => {
      marks.append(
        svg("circle", { cx: x, cy: toWeight(w[j]), r: 4, class: "kb-figure__dot--1" }),
        svg("text", { x: onRight ? x + 9 : x - 9, y: heights[k], "text-anchor": onRight ? "start" : "end" }, NAMES[j]),
      );
    });
  }

  function drawScores(steps, visited) {
    scores.replaceChildren();
    for (const i of [...visited].sort((a, b) => a - b)) {
      const radius = i === at ? 6 : 3.5;
      const x = toX(POWERS[i]);
      scores.append(svg("circle", { cx: x, cy: toScore(steps[i].seen), r: radius, class: "kb-figure__dot--1" }));
      if (rows === "forty") {
        scores.append(svg("rect", { x: x - radius, y: toScore(steps[i].unseen) - radius, width: 2 * radius, height: 2 * radius, class: "kb-figure__dot--2" }));
      }
    }
  }

  function describe(steps, visited) {
    const { w, seen, unseen } = steps[at];
    const gone = NAMES.filter((_, j) => w[j] === 0);
    const zeros = gone.length === 0 ? "" : gone.length === w.length ? " Nothing is left: every prediction is the mean." : ` At zero: ${gone.join(", ")}.`;
    const head = `${kind === "ridge" ? "Ridge" : "Lasso"} with alpha ${alphaText(ALPHAS[at])}, fitted on ${ROWS[rows].words}: ${w.length - gone.length} of ${w.length} weights kept.${zeros}`;
    const values = ` Weight of BMI ${fixed(w[2], 1)}, length of all ${fixed(length(w), 1)}.`;
    const score = ` R² ${fixed(seen, 3)} on the fitted patients`;
    if (rows === "all") return `${head}${values}${score}.`;
    const best = [...visited].reduce((a, b) => (steps[b].unseen > steps[a].unseen ? b : a));
    const note = best === at ? ", the best so far" : `; the best so far is ${fixed(steps[best].unseen, 3)} at alpha ${alphaText(ALPHAS[best])}`;
    return `${head}${values}${score}, ${fixed(unseen, 3)} on the 402 others${visited.size > 1 ? note : ""}.`;
  }

  function draw() {
    const { steps, visited } = fits(kind, rows);
    visited.add(at);
    const { w } = steps[at];
    drawFrame();
    drawWeights(steps, Math.max(...visited));
    drawScores(steps, visited);
    for (const [name, { live, element }] of Object.entries(objective)) {
      element.hidden = name !== kind;
      const n = rows === "all" ? 442 : 40;
      const counted = size(name, w);
      const fit = name === "ridge" ? steps[at].rss : steps[at].rss / (2 * n);
      live.n.set(String(n));
      live.rss.set(fixed(steps[at].rss));
      live.alpha.set(alphaText(ALPHAS[at]));
      live.size.set(fixed(counted));
      live.total.set(fixed(fit + ALPHAS[at] * counted));
    }
    state.say(describe(steps, visited));
    text.textContent = NAMES.map((name, j) => `${name}: ${w[j] === 0 ? "0" : fixed(w[j], 1)}`).join("\n");
  }

  draw();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, html("div", {}, weights), html("div", {}, chart)),
    html("div", { class: "kb-figure__controls" }, strength.row, html("div", { class: "kb-figure__row" }, model.row, fitted.row, whole.row)),
    state.element,
    objective.lasso.element,
    objective.ridge.element,
    html("details", {}, html("summary", {}, "The ten weights as text"), text),
  );
  const question = predictFirst({
    question: "You raise alpha from 0.001 to 10. How do the ten weights of lasso reach zero?",
    options: [
      ["All together, at the right end", "Raise alpha and count the names. Then try ridge."],
      ["One after another", "Raise alpha and see which one leaves last. Then try ridge."],
      ["None reaches it", "That would be ridge. Raise alpha and count the names, then compare."],
    ],
    stage,
  });
  figure.append(question, stage);
}

define("shrinkage-path", build);
