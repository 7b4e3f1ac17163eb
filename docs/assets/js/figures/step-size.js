// Figure "step size" (classic/gradient-descent, deep-learning/optimizers): choose an optimizer and a step on a bowl that is narrow along y, follow
// fifty steps on the contours and on the loss, and find the step from which on the path leaves. The border is not
// drawn: the reader finds it, for three curvatures. A still of class compare-first asks about momentum and begins with it.

import { axes, button, choice, clipped, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, scale, set, slider, spokenState, svg } from "./common.js";
import { MOMENTUM, N_STEPS, borderSwing, bowl, factors, longestStep, path } from "./step-size.math.js";

const REACH = 1.5; // the contours show this far from the bottom
const LEVELS = [0.05, 0.3, 1, 2.5, 5, 9];
const POWERS = [-8, 6]; // of ten, on the axis of the loss
const BOX = { left: 40, right: 334, top: 24, bottom: 294 };
const NAMES = { descent: "Gradient descent", momentum: "Momentum", adam: "Adam" };
const LONGEST = 0.5; // on the slider: beyond the border of gradient descent for every curvature on offer
const SHORTEST = 0.01;
const CURVATURES = [5, 10, 20];
const NEAR = 1e-9; // a factor this close to -1, or a step this close to momentum's border, is on it: rounding only

const sub = (name, index) => math("msub", {}, mi(name), mi(index));

/** Four digits where they show something, else powers of ten as the pages write them. */
function short(value, digits = 4) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return fixed(value, size >= 100 ? 2 : digits);
  return value.toExponential(2).replaceAll("-", "\u2212").replace("+", "");
}

/** For the middle of a formula: in brackets when negative or with a power of ten; three digits fit a phone. */
function term(value) {
  const text = short(value, 3);
  return /[\u2212e]/.test(text) ? `(${text})` : text;
}

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: step size");
  const comparing = figure.previousElementSibling?.classList.contains("compare-first") ?? false;
  let optimizer = comparing ? "momentum" : "descent";
  let rate = 0.05;
  let curvature = 10;
  let step = N_STEPS;
  let kept = null;
  const curvatures = () => [1, curvature];

  // The bowl from above
  const toX = scale([-REACH, REACH], [BOX.left, BOX.right]);
  const toY = scale([-REACH, REACH], [BOX.bottom, BOX.top]);
  const rings = svg("g", { "aria-hidden": "true" });
  const route = svg("path", { class: "kb-figure__line--1" });
  const stops = svg("g", { "aria-hidden": "true" });
  const here = svg("circle", { r: 7, class: "kb-figure__grip" });
  const map = svg(
    "svg",
    { viewBox: "0 0 344 332", role: "img", "aria-label": "The bowl from above with its contours, and the path from the start at 1, 1. The position stands in the text below." },
    axes({ x: toX, y: toY, box: BOX, xTicks: [-1, 0, 1].map((v) => [v, fixed(v)]), yTicks: [-1, 0, 1].map((v) => [v, fixed(v)]), xTitle: "x", yTitle: "y" }),
    clipped(BOX, rings, route, stops, here),
  );

  // The loss after each step
  const toStep = scale([0, N_STEPS], [BOX.left, BOX.right]);
  const toPower = scale(POWERS, [BOX.bottom, BOX.top]);
  const height = (loss) => toPower(loss > 0 ? Math.max(Math.log10(loss), POWERS[0] - 1) : POWERS[0] - 1);
  const earlier = svg("path", { class: "kb-figure__line--guide kb-figure__line--kept" });
  const curve = svg("path", { class: "kb-figure__line--1" });
  const mark = svg("circle", { r: 6, class: "kb-figure__dot--1" });
  const chart = svg(
    "svg",
    { viewBox: "0 0 344 332", role: "img", "aria-label": "The loss after each step, on a logarithmic axis. The present value stands in the text below." },
    axes({ x: toStep, y: toPower, box: BOX, xTicks: [0, 10, 20, 30, 40, 50].map((v) => [v, v]), yTicks: [-8, -4, 0, 4].map((v) => [v, v === 0 ? "1" : `1e${fixed(v)}`]), xTitle: "step", yTitle: "Loss f, logarithmic" }),
    clipped(BOX, earlier, curve),
    mark,
  );

  // Formulas with live values: one block for each optimizer
  const live = Object.fromEntries(["loss", "h", "rate1", "rate2", "k1", "k2", "hy", "xEnd", "yEnd"].map((name) => [name, liveNumber(name === "loss" ? 0 : 1)]));
  const memory = Object.fromEntries(["before", "slope", "velocity", "rate", "from", "again", "to"].map((name) => [name, liveNumber(1)]));
  const adaptive = Object.fromEntries(["from", "rate", "mean", "root", "to"].map((name) => [name, liveNumber(1)]));
  const power = (base, exponent) => math("msup", {}, group("(", ...base, ")"), exponent);
  const square = (base) => math("msup", {}, base, mn(2));
  const hat = (name) => math("mover", {}, mi(name), math("mo", {}, "^"));
  const blocks = {
    descent: html(
      "div", {},
      formulaLine(formula(mi("x"), "=", power([mn(1), "−", live.rate1.element, "·", mn(1)], live.k1.element)), formula("=", live.xEnd.element)),
      formulaLine(formula(mi("y"), "=", power([mn(1), "−", live.rate2.element, "·", live.hy.element], live.k2.element)), formula("=", live.yEnd.element)),
    ),
    momentum: html(
      "div", {},
      formulaLine(formula(sub("v", "y"), "=", mn(MOMENTUM), "·", memory.before.element, "+", memory.slope.element), formula("=", memory.velocity.element)),
      formulaLine(formula(mi("y"), "=", memory.from.element, "−", memory.rate.element, "·", memory.again.element), formula("=", memory.to.element)),
    ),
    adam: html(
      "div", {},
      formula(mi("y"), "←", mi("y"), "−", mi("η"), "·", math("mfrac", {}, hat("m"), group(math("msqrt", {}, hat("s")), "+", mi("ε")))),
      formulaLine(
        formula(mi("y"), "=", adaptive.from.element, "−", adaptive.rate.element, "·", math("mfrac", {}, adaptive.mean.element, adaptive.root.element)),
        formula("=", adaptive.to.element),
      ),
    ),
  };
  const half = math("mfrac", {}, mn(1), mn(2));
  const value = formulaLine(formula(mi("f"), "=", half, "(", square(mi("x")), "+", live.h.element, "·", square(mi("y")), ")"), formula("=", live.loss.element));
  const state = spokenState();

  // Controls
  const pick = choice({ label: "Optimizer:", options: Object.entries(NAMES), value: optimizer, onChange: (next) => { optimizer = next; draw(); } });
  const rateSlider = slider({ label: "Step size η", min: SHORTEST, max: LONGEST, step: 0.01, value: rate, format: (v) => fixed(v, 2), onInput: (v) => { rate = v; draw(); } });
  const stepSlider = slider({ label: "Steps taken", min: 0, max: N_STEPS, step: 1, value: step, onInput: (v) => { step = v; draw(); } });
  const narrow = choice({ label: "Curvature along y:", options: CURVATURES.map((h) => [h, String(h)]), value: curvature, onChange: (h) => { curvature = Number(h); draw(); } });
  const keep = button("Keep this loss curve", () => { kept = { losses: losses(), label: label() }; draw(); });
  const drop = button("Remove it", () => { kept = null; keep.focus(); draw(); });

  const states = () => path(optimizer, rate, curvatures());
  const losses = () => states().map(({ point }) => bowl(point, curvatures()));
  const label = () => `${NAMES[optimizer]}, step ${fixed(rate, 2)}, curvature ${curvature}`;
  const pathOf = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`;
  const within = (pixel) => Math.min(1e4, Math.max(-1e4, pixel)); // far outside is as good as farther

  function verdict(visited) {
    const [, alongY] = factors(rate, curvatures());
    const border = longestStep(optimizer, curvatures());
    if (optimizer === "descent") {
      const each = `Each step multiplies x by ${fixed(1 - rate, 2)} and y by ${fixed(alongY, 2)}.`;
      if (Math.abs(alongY + 1) < NEAR) return `${each} The path jumps between two heights for ever: this is the border. Compare it with the curvature, then change the curvature.`;
      if (alongY < -1) return `${each} Every step lands farther out than the one before: it never arrives.`;
      if (alongY < 0) return `${each} The path crosses the floor at each step and comes closer.`;
      return `${each} The path does not cross the floor; ${Math.abs(visited.point[0]) > 0.05 ? "along x it is still on its way." : "it has arrived along both axes."}`;
    }
    if (Math.abs(rate - border) < NEAR) return `This is the border: along y the swings neither die out nor grow for ever, they settle at ${fixed(borderSwing(), 0)} to each side. Compare it with the border of gradient descent.`;
    if (rate > border) return "Even with momentum this step is too long: the swings grow.";
    if (optimizer === "momentum") return "The velocity carries the path past the bottom, and it swings back.";
    return "Adam divides by the size of recent gradients: both directions start with steps of the same length, η.";
  }

  function draw() {
    const all = states();
    const now = all[step];
    const before = all[Math.max(step - 1, 0)];
    const [x, y] = now.point;
    rings.replaceChildren(...LEVELS.map((level) => svg("ellipse", {
      cx: toX(0), cy: toY(0), rx: toX(Math.sqrt(2 * level)) - toX(0), ry: toY(0) - toY(Math.sqrt((2 * level) / curvature)), class: "kb-figure__contour",
    })));
    const seen = all.slice(0, step + 1).map(({ point }) => [within(toX(point[0])), within(toY(point[1]))]);
    route.setAttribute("d", pathOf(seen));
    stops.replaceChildren(...seen.map(([cx, cy]) => svg("circle", { cx, cy, r: 3, class: "kb-figure__dot--1" })));
    set(here, { cx: seen[step][0], cy: seen[step][1] });

    const trace = (values) => pathOf(values.map((loss, k) => [toStep(k), within(height(loss))]));
    const values = all.map(({ point }) => bowl(point, curvatures()));
    curve.setAttribute("d", trace(values));
    earlier.setAttribute("d", kept ? trace(kept.losses) : "");
    set(mark, { cx: toStep(step), cy: Math.min(BOX.bottom, Math.max(BOX.top, height(values[step]))) });

    for (const [name, block] of Object.entries(blocks)) block.hidden = name !== optimizer;
    for (const name of ["rate1", "rate2"]) live[name].set(fixed(rate, 2));
    for (const name of ["k1", "k2"]) live[name].set(String(step));
    for (const name of ["h", "hy"]) live[name].set(String(curvature));
    live.xEnd.set(short(x));
    live.yEnd.set(short(y));
    live.loss.set(short(values[step]));
    memory.before.set(term(before.velocity?.[1] ?? 0));
    memory.slope.set(term(now.slope?.[1] ?? 0));
    memory.velocity.set(short(now.velocity?.[1] ?? 0, 3));
    memory.again.set(term(now.velocity?.[1] ?? 0));
    for (const numbers of [memory, adaptive]) {
      numbers.from.set(term(before.point[1]));
      numbers.rate.set(step === 0 ? "0" : fixed(rate, 2));
      numbers.to.set(short(y, 3));
    }
    adaptive.mean.set(short(now.meanHat?.[1] ?? 0, 3));
    adaptive.root.set(short(now.root?.[1] ?? 1, 3));
    drop.disabled = !kept;

    const compare = kept ? ` Kept, dashed: ${kept.label}, with a loss of ${short(kept.losses[step])} at the same step.` : "";
    state.say(`${label()}. After ${step} step${step === 1 ? "" : "s"}: x = ${short(x)}, y = ${short(y)}, loss ${short(values[step])}. ${verdict(now)}${compare}`);
  }

  draw();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, html("div", {}, map), html("div", {}, chart)),
    html("div", { class: "kb-figure__controls" }, rateSlider.row, stepSlider.row, pick.row, narrow.row, html("div", { class: "kb-figure__row" }, keep, drop)),
    blocks.descent, blocks.momentum, blocks.adam, value, state.element,
  );
  const aboutMomentum = {
    question: "From a step of 0.20 on plain gradient descent no longer arrives. Momentum of 0.9 adds up some ten gradients. From which step on does it no longer arrive?",
    options: [
      ["From a tenth of that, 0.02", "Lengthen the step until the loss no longer falls."],
      ["From 0.20, too", "Lengthen the step until the loss no longer falls."],
      ["Only from nearly twice that", "Lengthen the step until the loss no longer falls. Then try another curvature, and Adam."],
    ],
  };
  const aboutDescent = {
    question: "With plain gradient descent a step of 0.19 crosses the floor fifty times and ends near the bottom. And a step of 0.21?",
    options: [
      ["Arrives a little sooner", "Set the step to 0.21 and look at y."],
      ["Takes longer, but arrives", "Set the step to 0.21 and look at y."],
      ["Never arrives", "Set the step to 0.21. Then find the border, and again with another curvature."],
    ],
  };
  const question = predictFirst({ ...(comparing ? aboutMomentum : aboutDescent), stage });
  figure.append(question, stage);
}

define("step-size", build);
