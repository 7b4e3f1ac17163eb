// Figure "stop or decay" (deep-learning/regularizing-networks): stop gradient descent after t steps, or add weight decay,
// on a bowl with a steep and a flat direction. The reader finds that both hold back the flat direction, that the test
// loss turns up long before the training loss is done, and that without noise it does not turn.

import { axes, button, choice, clipped, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, scale, set, slider, spokenState, svg } from "./common.js";
import { BOTTOMS, CURVATURES, MOST_STEPS, RATE, TRUE, bestStep, loss, sharesAfter, sharesWith, weights } from "./stop-or-decay.math.js";

const BOX = { left: 40, right: 334, top: 24, bottom: 254 };
const LEVELS = [0.002, 0.01, 0.03, 0.06, 0.12];
const BUDGETS = [0.5, 100]; // ηt or 1/λ, the same axis for both
const POWERS = [-4, 0]; // of ten, on the axis of the test loss
const STRENGTHS = [-2, 0.3]; // of ten, on the slider
const N_POINTS = 60;
const LIKE_BEST = 1.1; // a test loss within a tenth of the lowest counts as the lowest
const NOISES = { none: "none", some: "some", much: "much" };

const sub = (name, index) => math("msub", {}, mi(name), mn(index));
const percent = (share) => `${fixed(100 * share, share > 0.99 || share < 0.1 ? 1 : 0)} %`;

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: stop or decay");
  let steps = 10;
  let power = -0.7;
  let noise = "much";
  const bottom = () => BOTTOMS[noise];
  const strength = () => 10 ** power;

  // The bowl from above
  const toX = scale([0, 1.4], [BOX.left, BOX.right]);
  const toY = scale([0, 2.6], [BOX.bottom, BOX.top]);
  const rings = svg("g", { "aria-hidden": "true" });
  const route = svg("path", { class: "kb-figure__line--1" });
  const pulled = svg("path", { class: "kb-figure__line--2 kb-figure__line--thin", "stroke-dasharray": "5 4" });
  const stopped = svg("circle", { r: 6, class: "kb-figure__dot--1" });
  const decayed = svg("rect", { width: 11, height: 11, class: "kb-figure__dot--2" });
  const truth = svg("circle", { r: 7, class: "kb-figure__line--truth" });
  const low = svg("g", { "aria-hidden": "true" }, svg("line", { x1: -6, x2: 6, y1: 0, y2: 0, class: "kb-figure__line--3" }), svg("line", { x1: 0, x2: 0, y1: -6, y2: 6, class: "kb-figure__line--3" }));
  const map = svg(
    "svg",
    { viewBox: "0 0 344 292", role: "img", "aria-label": "The training loss from above, with the path of gradient descent, the weights that decay leaves, the bottom as a cross and the truth as a dashed ring. The positions stand in the text below." },
    axes({ x: toX, y: toY, box: BOX, xTicks: [0, 0.5, 1].map((v) => [v, tick(v)]), yTicks: [0, 1, 2].map((v) => [v, v]), xTitle: "w₁, the steep direction", yTitle: "w₂, the flat direction" }),
    clipped(BOX, rings, pulled, route),
    truth, low, decayed, stopped,
  );

  // The test loss over the strength of both
  const logs = BUDGETS.map(Math.log10);
  const toBudget = scale(logs, [BOX.left, BOX.right]);
  const toPower = scale(POWERS, [BOX.bottom, BOX.top]);
  const height = (value) => toPower(Math.min(POWERS[1], Math.max(POWERS[0] - 1, Math.log10(value))));
  const within = (budget) => toBudget(Math.min(logs[1], Math.max(logs[0], Math.log10(budget))));
  const stopCurve = svg("path", { class: "kb-figure__line--1" });
  const decayCurve = svg("path", { class: "kb-figure__line--2 kb-figure__line--thin", "stroke-dasharray": "5 4" });
  const stopMark = svg("circle", { r: 6, class: "kb-figure__dot--1" });
  const decayMark = svg("rect", { width: 11, height: 11, class: "kb-figure__dot--2" });
  const chart = svg(
    "svg",
    { viewBox: "0 0 344 292", role: "img", "aria-label": "The test loss over eta times t for stopping, solid, and over one by lambda for decay, dashed, both axes logarithmic. The present values stand in the text below." },
    axes({ x: toBudget, y: toPower, box: BOX, xTicks: [0, 1, 2].map((v) => [v, 10 ** v]), yTicks: [-4, -3, -2, -1, 0].map((v) => [v, tick(10 ** v)]), xTitle: "ηt (solid) or 1/λ (dashed)", yTitle: "Test loss, logarithmic" }),
    clipped(BOX, stopCurve, decayCurve, stopMark, decayMark),
  );

  const live = Object.fromEntries(["t1", "t2", "b1", "b2", "s1", "s2", "l1", "l2", "c1", "c2", "d1", "d2"].map((name) => [name, liveNumber("lcd".includes(name[0]) ? 2 : 1)]));
  const shrink = (index, t) => math("msup", {}, group("(", mn(1), "−", mn(RATE), "·", mn(CURVATURES[index]), ")"), t);
  const ratio = (index, l) => math("mfrac", {}, mn(CURVATURES[index]), group(mn(CURVATURES[index]), "+", l));
  const formulas = html(
    "div", {},
    ...[0, 1].map((j) => formulaLine(
      formula(sub("w", j + 1), "=", "(", mn(1), "−", shrink(j, live[`t${j + 1}`].element), ")", "·", live[`b${j + 1}`].element),
      formula("=", live[`s${j + 1}`].element),
    )),
    ...[0, 1].map((j) => formulaLine(
      formula(sub("w", j + 1), "=", ratio(j, live[`l${j + 1}`].element), "·", live[`c${j + 1}`].element),
      formula("=", live[`d${j + 1}`].element),
    )),
  );
  const state = spokenState();

  const stepSlider = slider({ label: "Stop after t steps", min: 0, max: MOST_STEPS, step: 1, value: steps, onInput: (v) => { steps = v; draw(); } });
  const decaySlider = slider({ label: "Decay λ", min: STRENGTHS[0], max: STRENGTHS[1], step: 0.05, value: power, format: (v) => fixed(10 ** v, 3), onInput: (v) => { power = v; draw(); } });
  const pick = choice({ label: "Noise in the rows:", options: Object.entries(NOISES), value: noise, onChange: (next) => { noise = next; draw(); } });
  const match = button("Set λ to 1/(ηt)", () => { power = Math.min(STRENGTHS[1], Math.max(STRENGTHS[0], -Math.log10(RATE * Math.max(steps, 1)))); decaySlider.set(power); draw(); });

  const pathOf = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`;
  const place = ([w1, w2]) => [toX(w1), toY(w2)];
  const centered = (mark, [x, y]) => set(mark, { x: x - 5.5, y: y - 5.5 });

  function draw() {
    const now = weights(sharesAfter(steps), bottom());
    const held = weights(sharesWith(strength()), bottom());
    rings.replaceChildren(...LEVELS.map((level) => svg("ellipse", {
      cx: toX(bottom()[0]), cy: toY(bottom()[1]), class: "kb-figure__contour",
      rx: toX(Math.sqrt((2 * level) / CURVATURES[0])) - toX(0), ry: toY(0) - toY(Math.sqrt((2 * level) / CURVATURES[1])),
    })));
    route.setAttribute("d", pathOf(Array.from({ length: steps + 1 }, (_, t) => place(weights(sharesAfter(t), bottom())))));
    const budgets = Array.from({ length: N_POINTS + 1 }, (_, k) => 10 ** (logs[0] + (k / N_POINTS) * (logs[1] - logs[0])));
    pulled.setAttribute("d", pathOf([[toX(0), toY(0)], ...budgets.map((b) => place(weights(sharesWith(1 / b), bottom())))]));
    set(stopped, { cx: place(now)[0], cy: place(now)[1] });
    centered(decayed, place(held));
    set(truth, { cx: toX(TRUE[0]), cy: toY(TRUE[1]) });
    low.setAttribute("transform", `translate(${place(bottom()).join(" ")})`);

    const test = (shares) => loss(weights(shares, bottom()), TRUE);
    stopCurve.setAttribute("d", pathOf(budgets.map((b) => [within(b), height(test(sharesAfter(b / RATE)))])));
    decayCurve.setAttribute("d", pathOf(budgets.map((b) => [within(b), height(test(sharesWith(1 / b)))])));
    set(stopMark, { cx: within(Math.max(RATE * steps, BUDGETS[0])), cy: Math.min(BOX.bottom, height(loss(now, TRUE))) });
    centered(decayMark, [within(1 / strength()), Math.min(BOX.bottom, height(loss(held, TRUE)))]);

    for (const j of [0, 1]) {
      live[`t${j + 1}`].set(String(steps));
      live[`b${j + 1}`].set(fixed(bottom()[j], 2));
      live[`c${j + 1}`].set(fixed(bottom()[j], 2));
      live[`l${j + 1}`].set(fixed(strength(), 3));
      live[`s${j + 1}`].set(fixed(now[j], 4));
      live[`d${j + 1}`].set(fixed(held[j], 4));
    }
    state.say(words(now, held));
  }

  function words(now, held) {
    const [steep, flat] = sharesAfter(steps);
    const [steepKept, flatKept] = sharesWith(strength());
    const lowest = loss(weights(sharesAfter(bestStep(bottom())), bottom()), TRUE);
    const found = loss(now, TRUE);
    let verdict = "More steps still lower the test loss.";
    if (noise === "none") verdict = "Without noise the bottom is the truth: no step is too many, and decay only holds back.";
    else if (found <= LIKE_BEST * lowest) verdict = "This is as low as stopping gets: the steep direction has arrived, the flat one is held back.";
    else if (steps > bestStep(bottom())) verdict = "Every further step follows the noise along the flat direction.";
    return `Stopped after ${steps} step${steps === 1 ? "" : "s"}: ${percent(steep)} of the way along the steep direction, ${percent(flat)} along the flat one; training loss ${fixed(loss(now, bottom()), 4)}, test loss ${fixed(found, 4)}. `
      + `Decay ${fixed(strength(), 3)} keeps ${percent(steepKept)} and ${percent(flatKept)}; test loss ${fixed(loss(held, TRUE), 4)}. ${verdict}`;
  }

  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, html("div", {}, map), html("div", {}, chart)),
    html("div", { class: "kb-figure__controls" }, stepSlider.row, decaySlider.row, pick.row, html("div", { class: "kb-figure__row" }, match)),
    formulas, state.element,
  );
  const question = predictFirst({
    question: "The training loss falls with every step. At which step is the test loss lowest?",
    options: [
      ["At the last one", "Move the steps to the end and watch the solid curve on the right."],
      ["Long before the last one", "Find it. Then set the noise to none."],
      ["That depends on the noise", "Find it for each amount of noise."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

/** A tick without needless zeros. */
function tick(value) {
  return fixed(value, value >= 1 || value === 0 ? 0 : Math.round(-Math.log10(value) + 0.2));
}

define("stop-or-decay", build);
