// Figure "ensemble size" (classic/random-forests, classic/gradient-boosting): add trees to a forest on digits and to
// boosting on diabetes. Averaging flattens, adding up turns. Curves are drawn as far as the reader has been, so that
// both endings are found, not shown. A still of class boosting-first puts the second part first.

import { axes, button, choice, clipped, define, fixed, formula, group, html, liveNumber, math, mi, mn, predictFirst, scale, slider, spokenState, svg } from "./common.js";
import { BOOSTING, COLUMNS, ERRORS, IMAGES, MEASURED, N_TEST, PATIENT, SIZES, STAGES, VARIANCE } from "./ensemble-size.data.js";
import { accuracies, averaged, best, boosted, leader, spread, tally } from "./ensemble-size.math.js";

const N_DIGITS = 10;
const BOX = { left: 46, right: 322, top: 24, bottom: 214 };
const VIEW = { viewBox: "0 0 344 252", role: "img" };
const PIXEL = 15;

const sub = (name, ...index) => math("msub", {}, mi(name), math("mrow", {}, ...index));

/** A scale whose steps are ratios. */
function ratios([low, high], pixels) {
  const linear = scale([Math.log(low), Math.log(high)], pixels);
  return (value) => linear(Math.log(value));
}

/** A line through points, as the text of an SVG path. */
const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
const line = (points, series, more = "") => svg("path", { d: path(points), class: `kb-figure__line--${series} ${more}` });
const dot = (x, y, series, r = 3) => svg("circle", { cx: x, cy: y, r, class: `kb-figure__dot--${series}` });

/** Adjacent parts of a formula, so that a narrow screen can put one below the other. */
const wrapped = (...parts) => html("div", { class: "kb-figure__row" }, ...parts);

const titled = (title, question, stage) => [html("p", {}, html("strong", {}, title)), question, stage];

// ---- Part one: a forest

function forest() {
  const spreads = ERRORS.map((rows) => rows.map((row) => spread(accuracies(row, N_TEST))));
  const variances = VARIANCE.map(({ variance, correlation }) => SIZES.map((size) => averaged(variance, correlation, size)));
  const furthest = COLUMNS.map(() => -1);
  let setting = COLUMNS.indexOf(8);
  let at = 0;
  let shown = 0;

  const toX = ratios([1, 300], [BOX.left + 7, BOX.right - 7]);
  const toError = ratios([0.45, 0.015], [BOX.bottom, BOX.top]); // ratios of errors, so that the last steps can be seen
  const toAccuracy = (accuracy) => toError(1 - accuracy);
  const toVariance = ratios([0.004, 0.3], [BOX.bottom, BOX.top]);
  const frame = { x: toX, box: BOX, xTicks: [1, 3, 10, 30, 100, 300].map((size) => [size, size]), xTitle: "trees" };
  const seeds = clipped(BOX);
  const noise = clipped(BOX);
  const votes = svg("g", { "aria-hidden": "true" });
  const drawings = [
    svg("svg", { ...VIEW, "aria-label": "Accuracy on held-out digits against the number of trees, as far as you have been: several forests and their mean. The values stand in the text below." },
      axes({ ...frame, y: toAccuracy, yTicks: [0.6, 0.8, 0.9, 0.95, 0.98].map((v) => [v, v]), yTitle: "Held-out accuracy; thin: single forests" }), seeds),
    svg("svg", { ...VIEW, "aria-label": "Variance of the vote against the number of trees: the formula as a line, measurements as dots, its floor dashed. The values stand in the text below." },
      axes({ ...frame, y: toVariance, yTicks: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].map((v) => [v, v]), yTitle: "Variance of the vote" }), noise),
    svg("svg", { ...VIEW, "aria-label": "One held-out image and the votes for each digit. The leading digit stands in the text below." }, votes),
  ];

  const live = Object.fromEntries(["digit", "count", "size", "share", "rho", "sigma", "rest", "sigmaAgain", "sizeAgain", "total"].map((name) => [name, liveNumber()]));
  const voteFormula = formula(sub("p", live.digit.element), "=", math("mfrac", {}, live.count.element, live.size.element), "=", live.share.element);
  const varianceFormula = wrapped(
    formula(mi("ρ"), math("msup", {}, mi("σ"), mn(2)), "+", math("mfrac", {}, group(group("(", mn(1), "−", mi("ρ"), ")"), math("msup", {}, mi("σ"), mn(2))), mi("B"))),
    formula("=", live.rho.element, "·", live.sigma.element, "+", math("mfrac", {}, group(live.rest.element, "·", live.sigmaAgain.element), live.sizeAgain.element)),
    formula("=", live.total.element),
  );
  const state = spokenState();
  const columns = choice({ label: "Columns tried at each cut:", options: COLUMNS.map((count, i) => [i, `${count} of 64`]), value: setting, onChange: (next) => { setting = next; draw(); } });
  const trees = slider({ label: "Trees", min: 0, max: SIZES.length - 1, step: 1, value: at, format: (i) => String(SIZES[i]), onInput: (next) => { at = next; draw(); } });
  const another = button("Another image", () => { shown = (shown + 1) % IMAGES.length; draw(); });

  function drawVotes(counts, first) {
    const { pixels, truth } = IMAGES[shown];
    const cells = [...pixels].map((gray, i) => svg("rect", { x: 4 + (i % 8) * PIXEL, y: 66 + Math.floor(i / 8) * PIXEL, width: PIXEL, height: PIXEL, class: "kb-figure__dot--1", "fill-opacity": parseInt(gray, 17) / 16 }));
    const bars = counts.flatMap((count, digit) => {
      const y = 28 + digit * 22;
      return [
        svg("text", { x: 148, y: y + 13, "text-anchor": "end" }, digit),
        svg("rect", { x: 154, y, width: (count / SIZES[at]) * 130, height: 17, class: `kb-figure__dot--${digit === first ? 2 : 1}` }),
        svg("text", { x: 159 + (count / SIZES[at]) * 130, y: y + 13 }, digit === truth ? `${count}, true` : count),
      ];
    });
    votes.replaceChildren(svg("text", { x: BOX.left - 42, y: BOX.top - 8 }, "Votes, forest of seed 0"), ...cells, ...bars);
  }

  function draw() {
    furthest[setting] = Math.max(furthest[setting], at);
    seeds.replaceChildren(seeds.firstChild);
    noise.replaceChildren(noise.firstChild);
    COLUMNS.forEach((count, k) => {
      const seen = SIZES.slice(0, furthest[k] + 1);
      if (seen.length === 0) return;
      const [series, x] = [k + 1, toX(seen.at(-1))];
      if (k === setting) ERRORS[k][0].forEach((_, seed) => seeds.append(line(seen.map((size, i) => [toX(size), toAccuracy(1 - ERRORS[k][i][seed] / N_TEST)]), series, "kb-figure__line--thin")));
      const faint = k === setting ? "" : "kb-figure__line--thin";
      seeds.append(line(seen.map((size, i) => [toX(size), toAccuracy(spreads[k][i].mean)]), series, faint));
      noise.append(line(seen.map((size, i) => [toX(size), toVariance(variances[k][i].total)]), series, faint));
      MEASURED.forEach((size, i) => size <= seen.at(-1) && noise.append(dot(toX(size), toVariance(VARIANCE[k].measured[i]), series)));
      if (k !== setting) noise.append(svg("text", { x: x - 4, y: toVariance(variances[k][furthest[k]].total) - 5, "text-anchor": "end" }, `${count} col.`));
    });
    const now = variances[setting][at];
    const accuracy = spreads[setting][at];
    noise.append(svg("line", { x1: BOX.left, x2: BOX.right, y1: toVariance(now.floor), y2: toVariance(now.floor), class: "kb-figure__line--guide" }));
    seeds.append(dot(toX(SIZES[at]), toAccuracy(accuracy.mean), setting + 1, 6));
    noise.append(dot(toX(SIZES[at]), toVariance(now.total), setting + 1, 6));

    const counts = tally(IMAGES[shown].votes[setting], SIZES[at], N_DIGITS);
    const first = leader(counts);
    drawVotes(counts, first);
    const { variance, correlation } = VARIANCE[setting];
    const values = { digit: first, count: counts[first], size: SIZES[at], share: fixed(counts[first] / SIZES[at], 3), rho: fixed(correlation, 4), sigma: fixed(variance, 4), rest: fixed(1 - correlation, 4), sigmaAgain: fixed(variance, 4), sizeAgain: SIZES[at], total: fixed(now.total, 4) };
    for (const [name, value] of Object.entries(values)) live[name].set(String(value));
    const many = SIZES[at] === 1 ? "1 tree" : `${SIZES[at]} trees`;
    state.say(`${many}, ${COLUMNS[setting]} of 64 columns a cut. ${ERRORS[setting][at].length} forests read ${fixed(accuracy.mean, 3)} ± ${fixed(accuracy.sd, 3)} of the held-out digits (${fixed(accuracy.min, 3)} to ${fixed(accuracy.max, 3)}). The image: ${counts[first]} of ${SIZES[at]} for ${first}, ${first === IMAGES[shown].truth ? "right" : `but it is ${IMAGES[shown].truth}`}. Variance ${fixed(now.total, 4)}, floor ${fixed(now.floor, 4)}. ${verdict(now)}`);
  }

  function verdict({ floor, noise: above }) {
    if (furthest.every((i) => i === SIZES.length - 1)) return "Fewer columns lower the floor every time. The accuracy is best in the middle: trees that see one column at a cut are too weak.";
    if (above > floor) return "Most of it is above the floor: more trees help.";
    return "Most of it is the floor, which more trees cannot lower. Try other columns.";
  }

  draw();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, ...drawings),
    html("div", { class: "kb-figure__controls" }, columns.row, trees.row, html("div", { class: "kb-figure__row" }, another)),
    voteFormula, varianceFormula, state.element,
  );
  const question = predictFirst({
    question: "A forest has 100 trees. You add 200. What does its accuracy on new digits do?",
    options: [
      ["It rises clearly", "Add trees up to 300 and compare the last steps with the spread of the ten forests."],
      ["It falls: too many trees overfit", "Add trees up to 300 and look for the fall."],
      ["It hardly moves", "Add trees up to 300. Then ask what would move it: try the columns."],
    ],
    stage,
  });
  return titled("Averaging: a forest on digits", question, stage);
}

// ---- Part two: boosting

function boosting() {
  const settings = BOOSTING.map((curve) => ({ ...curve, lowest: best(curve.test) }));
  const furthest = settings.map(() => -1);
  let picked = settings.findIndex(({ depth, rate }) => depth === 3 && rate === 0.1);
  let at = 0;

  const toX = ratios([1, 500], [BOX.left + 7, BOX.right - 7]);
  const toError = scale([0, 6500], [BOX.bottom, BOX.top]);
  const toTarget = scale([100, 350], [BOX.bottom, BOX.top]);
  const frame = { x: toX, box: BOX, xTicks: [1, 5, 20, 100, 500].map((stage) => [stage, stage]), xTitle: "stages" };
  const errors = clipped(BOX);
  const patient = clipped(BOX);
  const drawings = [
    svg("svg", { ...VIEW, "aria-label": "Mean squared error against the stage, as far as you have been, on training and held-out patients. The values stand in the text below." },
      axes({ ...frame, y: toError, yTicks: [0, 2000, 4000, 6000].map((v) => [v, fixed(v)]), yTitle: "Mean squared error" }), errors,
      svg("text", { x: BOX.left + 8, y: BOX.bottom - 10 }, "thin: training, thick: held out")),
    svg("svg", { ...VIEW, "aria-label": "The prediction for one held-out patient after each stage and, dashed, the truth. The values stand in the text below." },
      axes({ ...frame, y: toTarget, yTicks: [100, 200, 300].map((v) => [v, v]), yTitle: "One held-out patient; dashed: the truth" }),
      svg("line", { x1: BOX.left, x2: BOX.right, y1: toTarget(PATIENT), y2: toTarget(PATIENT), class: "kb-figure__line--guide" }), patient),
  ];

  const live = Object.fromEntries(["m", "before", "rate", "step", "after"].map((name) => [name, liveNumber()]));
  const stepFormula = wrapped(
    formula(sub("F", mi("m")), "=", sub("F", group(mi("m"), "−", mn(1))), "+", mi("η"), "·", sub("h", mi("m"))),
    formula(sub("F", live.m.element), "=", live.before.element, "+", live.rate.element, "·", live.step.element, "=", live.after.element),
  );
  const state = spokenState();
  const pick = choice({ label: "Learning rate and depth:", options: settings.map(({ rate, depth }, k) => [k, `${rate}, depth ${depth}`]), value: picked, onChange: (next) => { picked = next; draw(); } });
  const stages = slider({ label: "Stages", min: 0, max: STAGES.length - 1, step: 1, value: at, format: (i) => String(STAGES[i]), onInput: (next) => { at = next; draw(); } });
  const toLowest = button("Back to the lowest seen", () => { at = lowestSeen(); stages.set(at); draw(); });

  const lowestSeen = () => best(settings[picked].test.slice(0, furthest[picked] + 1));

  function draw() {
    const curve = settings[picked];
    furthest[picked] = Math.max(furthest[picked], at);
    const seen = STAGES.slice(0, furthest[picked] + 1);
    const after = boosted(curve.before[at], curve.rate, curve.step[at]);
    const x = toX(STAGES[at]);
    errors.replaceChildren(
      errors.firstChild,
      line(seen.map((stage, i) => [toX(stage), toError(curve.train[i])]), 1, "kb-figure__line--thin"),
      line(seen.map((stage, i) => [toX(stage), toError(curve.test[i])]), 2),
      dot(x, toError(curve.train[at]), 1, 4), dot(x, toError(curve.test[at]), 2, 6),
    );
    patient.replaceChildren(
      patient.firstChild,
      line(seen.map((stage, i) => [toX(stage), toTarget(boosted(curve.before[i], curve.rate, curve.step[i]))]), 1),
      dot(x, toTarget(after), 1, 6),
    );
    const values = { m: STAGES[at], before: fixed(curve.before[at], 1), rate: curve.rate, step: fixed(curve.step[at], 1), after: fixed(after, 1) };
    for (const [name, value] of Object.entries(values)) live[name].set(String(value));
    state.say(`Stage ${STAGES[at]}, learning rate ${curve.rate}, trees of depth ${curve.depth}. Mean squared error ${fixed(curve.train[at], 1)} on training patients, ${fixed(curve.test[at], 1)} on held-out ones. ${verdict(curve, furthest[picked])} The patient: predicted ${fixed(after, 1)}, truth ${PATIENT}, left over ${fixed(PATIENT - after, 1)}.`);
  }

  function verdict({ test, lowest }, end) {
    const low = best(test.slice(0, end + 1));
    if (at !== low) return `The lowest you have seen on held-out ones is ${fixed(test[low], 1)}, at stage ${STAGES[low]}.`;
    if (at < end && low === lowest) return "The lowest of all stages shown. It was chosen on these patients, so its score must come from others.";
    return "The lowest you have seen.";
  }

  draw();
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, ...drawings),
    html("div", { class: "kb-figure__controls" }, pick.row, stages.row, html("div", { class: "kb-figure__row" }, toLowest)),
    stepFormula, state.element,
  );
  const question = predictFirst({
    question: "Boosting has 13 trees. You add 487. What does its error on new patients do?",
    options: [
      ["It keeps falling", "Add stages up to 500 and follow the thick line."],
      ["It flattens", "Add stages up to 500 and follow the thick line."],
      ["It turns up", "Add stages up to 500 and see where. Then change the learning rate, or the depth."],
    ],
    stage,
  });
  return titled("Adding up: boosting on diabetes", question, stage);
}

define("ensemble-size", (figure) => {
  figure.setAttribute("aria-label", "Interactive figure: ensemble size");
  const parts = [forest(), boosting()];
  if (figure.previousElementSibling?.classList.contains("boosting-first")) parts.reverse();
  figure.append(...parts[0], html("hr"), ...parts[1]);
});
