// Figure "degree" (classic/bias-variance): raise the degree of a polynomial on thirty noisy points of a sine, watch the
// training error fall while the distance to the true curve turns; then look at the same fit on other samples, whose
// spread is the variance. Errors are drawn only at degrees that the reader has tried.

import { axes, button, choice, clipped, define, fixed, formula, html, liveNumber, math, mi, mn, mo, predictFirst, scale, set, slider, spokenState, svg, toggle } from "./common.js";
import { FIRST_SEED, GRID, N_GRID, N_SAMPLES, N_SETS, TOL, decompose, draw as drawSample, errors, fitExact, fitTruncated, truth } from "./degree.math.js";

const HIGHEST = 15;
const N_GHOSTS = 20;
const EARLIEST_FINISH = 3; // degrees tried before the figure sums up
const BOX = { left: 40, right: 334, top: 24, bottom: 214 };
const Y_LIMIT = 2;
const FAR = 50; // a curve far outside the box is cut off before it becomes a huge path
const [LOW, HIGH] = [-2.5, 2]; // powers of ten on the axis of errors
const FITS = { exact: fitExact, truncated: fitTruncated };

const symbol = (part) => (typeof part === "string" ? mi(part) : part);
const sub = (name, index) => math("msub", {}, symbol(name), mi(index));
const hat = (name) => math("mover", { accent: "true" }, mi(name), mo("^"));
const square = (...inside) => math("msup", {}, math("mrow", {}, mo("("), ...inside, mo(")")), mn(2));
const over = (n, index) => [math("mfrac", {}, mn(1), mn(n)), math("munder", {}, mo("∑"), mi(index))];

/** As many digits as tell neighbors apart, for errors from a ten-thousandth to a billion. */
const short = (value) => fixed(value, value >= 100 ? 0 : value >= 1 ? 2 : value >= 0.001 ? 4 : 5);

const toX = scale([0, 1], [BOX.left, BOX.right]);
const toY = scale([-Y_LIMIT, Y_LIMIT], [BOX.bottom, BOX.top]);
const toDegree = scale([1, HIGHEST], [BOX.left + 8, BOX.right - 8]);
const toPower = scale([LOW, HIGH], [BOX.bottom, BOX.top]);
const toError = (value) => toPower(Math.min(Math.max(Math.log10(value), LOW), HIGH));

const path = (curve) => GRID.map((x, i) => `${i ? "L" : "M"}${toX(x).toFixed(1)} ${toY(Math.min(Math.max(curve(x), -FAR), FAR)).toFixed(1)}`).join("");

define("degree", (figure) => {
  figure.setAttribute("aria-label", "Interactive figure: degree");
  let degree = 1;
  let seed = 0;
  let kind = "exact";
  let visited = new Map(); // degree: errors, of this sample and this fit
  const averages = new Map(); // kind and degree: the decomposition, computed once

  const points = svg("g", { "aria-hidden": "true" });
  const ghosts = svg("g", { "aria-hidden": "true" });
  const curve = svg("path", { class: "kb-figure__line--1" });
  const curves = svg(
    "svg",
    { viewBox: "0 0 344 252", role: "img", "aria-label": "Thirty points, the true sine dashed and the fitted polynomial as a solid line. Its errors stand in the text below." },
    axes({ x: toX, y: toY, box: BOX, xTicks: [0, 0.5, 1].map((v) => [v, fixed(v, 1)]), yTicks: [-2, -1, 0, 1, 2].map((v) => [v, fixed(v)]), xTitle: "x", yTitle: "y: truth dashed, fit solid" }),
    clipped(BOX, ghosts, curve, points, svg("path", { d: path(truth), class: "kb-figure__line--truth" })),
  );
  const marks = svg("g", { "aria-hidden": "true" });
  const chart = svg(
    "svg",
    { viewBox: "0 0 344 252", role: "img", "aria-label": "Training error and error to the true curve at the degrees you have tried, on a logarithmic axis. The values stand in the text below." },
    axes({ x: toDegree, y: toPower, box: BOX, xTicks: [1, 3, 5, 7, 9, 11, 13, 15].map((d) => [d, d]), yTicks: [[-2, "0.01"], [-1, "0.1"], [0, "1"], [1, "10"], [2, "≥100"]], xTitle: "degree", yTitle: "Error: circles training, squares to the truth" }),
    marks,
  );

  const [training, toTruth] = [liveNumber(1), liveNumber(2)];
  const [bias, variance, total] = [liveNumber(), liveNumber(), liveNumber()];
  const trainingFormula = formula(sub("E", "train"), "=", ...over(N_SAMPLES, "i"), square(sub(hat("y"), "i"), mo("−"), sub("y", "i")), "=", training.element);
  const truthFormula = formula(sub("E", "truth"), "=", ...over(N_GRID, "j"), square(sub(hat("y"), "j"), mo("−"), sub("f", "j")), "=", toTruth.element);
  const partsFormula = formula(
    math("munder", {}, bias.element, math("mtext", {}, "squared bias")), "+", math("munder", {}, variance.element, math("mtext", {}, "variance")), "=", total.element,
  );
  partsFormula.hidden = true;

  const state = spokenState();
  const limit = slider({ label: "Degree", min: 1, max: HIGHEST, step: 1, value: degree, onInput: (next) => { degree = next; draw(); } });
  const others = toggle({ label: `Fit ${N_GHOSTS} other samples too`, onChange: () => draw() });
  const computed = choice({
    label: "Computed:",
    options: [["exact", "least squares as defined"], ["truncated", "as LinearRegression does by default"]],
    value: kind,
    onChange: (next) => { kind = next; restart(); },
  });
  const again = button("Draw another sample", () => { seed += 1; restart(); });
  const first = button("First sample", () => { seed = 0; restart(); });

  /** Another sample or another fit: what was drawn before belongs to the old one. */
  function restart() {
    visited = new Map();
    draw();
  }

  function parts() {
    const key = `${kind} ${degree}`;
    if (!averages.has(key)) averages.set(key, decompose(degree, FITS[kind]));
    return averages.get(key);
  }

  function draw() {
    const sample = drawSample(seed);
    const fitted = FITS[kind](sample.x, sample.y, degree);
    const now = errors(sample, fitted);
    visited.set(degree, now);
    points.replaceChildren(...sample.x.map((x, i) => svg("circle", { cx: toX(x), cy: toY(sample.y[i]), r: 3, class: "kb-figure__dot--1", "fill-opacity": 0.6 })));
    set(curve, { d: path(fitted.predict) });
    marks.replaceChildren();
    for (const [d, at] of visited) {
      const size = d === degree ? 6 : 4;
      marks.append(svg("circle", { cx: toDegree(d), cy: toError(at.training), r: size, class: "kb-figure__dot--1" }));
      marks.append(svg("rect", { x: toDegree(d) - size, y: toError(at.truth) - size, width: 2 * size, height: 2 * size, class: "kb-figure__dot--2" }));
    }
    ghosts.replaceChildren();
    partsFormula.hidden = !others.get();
    if (others.get()) {
      for (let i = 0; i < N_GHOSTS; i += 1) {
        const { x, y } = drawSample(FIRST_SEED + i);
        ghosts.append(svg("path", { d: path(FITS[kind](x, y, degree).predict), class: "kb-figure__line--ghost" }));
      }
      const { squaredBias, variance: spread, total: both } = parts();
      bias.set(short(squaredBias));
      variance.set(short(spread));
      total.set(short(both));
    }
    training.set(short(now.training));
    toTruth.set(short(now.truth));
    state.say(words(fitted.rank, now));
  }

  function words(rank, now) {
    const dropped = rank < degree ? ` Of ${degree} powers only ${rank} directions were used, because tol = ${TOL.toExponential().replace("-", "\u2212")} drops the rest.` : "";
    const where = seed === 0 ? "the first sample" : `sample ${seed + 1}`;
    const spread = others.get() ? ` Over ${N_SETS} samples: squared bias ${short(parts().squaredBias)}, variance ${short(parts().variance)}.` : "";
    return `Degree ${degree} on ${where}. Training error ${short(now.training)}, error to the truth ${short(now.truth)}.${dropped}${spread}${sumUp()}`;
  }

  /** What the degrees tried so far show. */
  function sumUp() {
    if (visited.size < EARLIEST_FINISH) return "";
    const tried = [...visited].sort(([a], [b]) => a - b);
    const best = tried.reduce((low, entry) => (entry[1].truth < low[1].truth ? entry : low))[0];
    const rises = tried.some(([, at], i) => i > 0 && at.training > tried[i - 1][1].training * (1 + 1e-9));
    const fell = rises ? "the training error rose at one place, which least squares as defined never does" : "the training error has only fallen";
    return ` Of the ${tried.length} degrees tried, ${best} is nearest to the truth; with rising degree ${fell}.`;
  }

  draw();
  visited.clear(); // the place where the figure opens is not a try
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, curves, chart),
    html("div", { class: "kb-figure__controls" }, limit.row, html("div", { class: "kb-figure__row" }, again, first, others.row), computed.row),
    trainingFormula, truthFormula, partsFormula, state.element,
    html("p", {}, `Training error: over the ${N_SAMPLES} points. Error to the truth: over ${N_GRID} places of the dashed curve. Squared bias and variance: away from the ends, over ${N_SETS} samples.`),
  );
  const compare = `Tick "Fit ${N_GHOSTS} other samples too" and compare the variances at 1, 3 and 9.`;
  const question = predictFirst({
    question: "Twenty other samples are fitted as well. At which degree do the fits differ least from one another?",
    options: [
      ["1", `It has the fewest coefficients. ${compare}`],
      ["3", `It bends like the truth. ${compare}`],
      ["9", `It follows every point. ${compare}`],
    ],
    stage,
  });
  figure.append(question, stage);
});
