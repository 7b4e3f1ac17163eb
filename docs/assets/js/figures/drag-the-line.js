// Figure "drag the line" (classic/linear-regression): move a line over 442 patients, see the squared residuals and the
// mean squared error as a bowl over the slope, find its bottom, and pull one patient away to feel leverage.
// Everything that a pointer can drag, a slider moves too.

import { axes, button, choice, clipped, define, draggable, fixed, formula, html, liveNumber, math, mi, mn, mo, predictFirst, scale, set, slider, spokenState, svg, toggle } from "./common.js";
import { BMI, PROGRESSION } from "./drag-the-line.data.js";
import { gradient, leastSquares, leverage, meanSquaredError, residuals, rSquared, toUnitNorm, twelveOf } from "./drag-the-line.math.js";

const X_RANGE = [-0.12, 0.18]; // scaled BMI runs from -0.09 to 0.17
const Y_RANGE = [0, 400]; // the target from 25 to 346
const SLOPE_RANGE = [-500, 2000];
const BOX = { left: 34, right: 334, top: 24, bottom: 294 };
const BOWL = { left: 44, right: 334, top: 24, bottom: 294 };
const AT_BOTTOM = 0.002; // within a fifth of a percent of the smallest error counts as found
const GRIP = 0.125; // the scaled BMI at which the slope's grip sits

const X = toUnitNorm(BMI);
const EVERYONE = X.map((_, i) => i);
const BY_BMI = [...EVERYONE].sort((a, b) => X[a] - X[b] || a - b);
const TWELVE = twelveOf(X);

const clamp = (value, [low, high]) => Math.min(high, Math.max(low, value));

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: drag the line");
  let rows = EVERYONE;
  let x = X;
  let y = [...PROGRESSION];
  let chosen = x.length - 1; // position in order of BMI: the heaviest patient
  let line = { intercept: 0, slope: 0 };
  const order = () => (rows === EVERYONE ? BY_BMI : TWELVE.map((_, i) => i));
  const chosenRow = () => order()[chosen];
  const flat = () => ({ intercept: y.reduce((sum, value) => sum + value, 0) / y.length, slope: 0 });

  // The scatter
  const toX = scale(X_RANGE, [BOX.left, BOX.right]);
  const toY = scale(Y_RANGE, [BOX.bottom, BOX.top]);
  const squares = svg("g", { "aria-hidden": "true" });
  const dots = svg("g", { "aria-hidden": "true" });
  const ruler = svg("line", { class: "kb-figure__line--1" });
  const middleGrip = svg("circle", { r: 9, class: "kb-figure__grip" });
  const slopeGrip = svg("circle", { r: 9, class: "kb-figure__grip" });
  const chosenGrip = svg("rect", { width: 15, height: 15, class: "kb-figure__grip kb-figure__grip--chosen" });
  const scatter = svg(
    "svg",
    { viewBox: "0 0 344 332", role: "img", "aria-label": "Patients as points, the line, and a square on each residual. The values stand in the text below." },
    axes({
      x: toX,
      y: toY,
      box: BOX,
      xTicks: [-0.1, 0, 0.1].map((value) => [value, fixed(value, 1)]),
      yTicks: [0, 100, 200, 300, 400].map((value) => [value, value]),
      xTitle: "BMI, scaled (0 is the mean, 26.4 kg/m²)",
      yTitle: "Progression after a year",
    }),
    clipped(BOX, squares, ruler),
    dots,
    middleGrip,
    slopeGrip,
    chosenGrip,
  );

  // The bowl: mean squared error over the slope, at the present intercept
  const toSlope = scale(SLOPE_RANGE, [BOWL.left, BOWL.right]);
  const toError = scale([3000, 10000], [BOWL.bottom, BOWL.top]);
  const curve = svg("path", { class: "kb-figure__line--2" });
  const here = svg("circle", { r: 6, class: "kb-figure__dot--2" });
  const tangent = svg("line", { class: "kb-figure__line--guide" });
  const bowl = svg(
    "svg",
    { viewBox: "0 0 344 332", role: "img", "aria-label": "Mean squared error over the slope: a bowl with one lowest point, and where the line is on it." },
    axes({
      x: toSlope,
      y: toError,
      box: BOWL,
      xTicks: [0, 500, 1000, 1500, 2000].map((value) => [value, fixed(value)]),
      yTicks: [4000, 6000, 8000, 10000].map((value) => [value, fixed(value)]),
      xTitle: "slope",
      yTitle: "MSE, mean squared error",
    }),
    clipped(BOWL, curve, tangent, here),
  );

  // Formulas with live values
  const live = Object.fromEntries(["intercept", "slope", "n", "mse", "sum", "cross"].map((name) => [name, liveNumber(name === "mse" || name === "n" ? 2 : 1)]));
  const sign = mo("+");
  const subscript = (name) => math("msub", {}, mi(name), mi("i"));
  const estimate = () => math("msub", {}, math("mover", {}, mi("y"), mo("^")), mi("i"));
  const residual = () => math("mrow", {}, mo("("), subscript("y"), mo("−"), estimate(), mo(")"));
  const squared = math("msup", {}, residual(), mn("2"));
  const sum = () => math("munder", {}, mo("∑"), mi("i"));
  const formulas = html(
    "div",
    {},
    formula(estimate(), "=", live.intercept.element, sign, live.slope.element, subscript("x")),
    formula(math("mtext", {}, "MSE"), "=", math("mfrac", {}, mn("1"), live.n.element), sum(), squared, "=", live.mse.element),
    formula(sum(), residual(), "=", live.sum.element),
    formula(sum(), subscript("x"), residual(), "=", live.cross.element),
  );
  const state = spokenState();

  // Controls
  const slopeSlider = slider({ label: "Slope", min: SLOPE_RANGE[0], max: SLOPE_RANGE[1], step: 5, value: 0, format: (v) => fixed(v, 1), onInput: (v) => moveLine({ ...line, slope: v }) });
  const interceptSlider = slider({ label: "Intercept", min: 0, max: 300, step: 1, value: 0, format: (v) => fixed(v, 1), onInput: (v) => moveLine({ ...line, intercept: v }) });
  const patientSlider = slider({ label: "Patient, by BMI", min: 1, max: rows.length, step: 1, value: rows.length, format: (v) => `${v} of ${rows.length}, BMI ${fixed(BMI[rows[order()[v - 1]]], 1)}`, onInput: (v) => choose(v - 1) });
  const targetSlider = slider({ label: "Progression of this patient", min: Y_RANGE[0], max: Y_RANGE[1], step: 1, value: 0, format: (v) => fixed(v), onInput: movePatient });
  const follow = toggle({ label: "Keep the line at its best while a patient moves", value: true, onChange: () => follow.get() && moveLine(leastSquares(x, y)) });
  const group = choice({ label: "Patients:", options: [["all", "all 442"], ["twelve", "twelve of them"]], value: "all", onChange: (key) => choosePatients(key) });
  const lineControls = html(
    "div",
    { class: "kb-figure__controls" },
    slopeSlider.row,
    interceptSlider.row,
    html("div", { class: "kb-figure__row" }, button("Best line", () => moveLine(leastSquares(x, y))), button("Flat line at the mean", () => moveLine(flat()))),
  );
  const patientControls = html(
    "div",
    { class: "kb-figure__controls" },
    patientSlider.row,
    targetSlider.row,
    html("div", { class: "kb-figure__row" }, follow.row, button("Put the patients back", restore)),
    group.row,
  );

  function moveLine(next) {
    line = { intercept: next.intercept, slope: next.slope };
    draw();
  }

  function choose(position) {
    chosen = position;
    draw();
  }

  function movePatient(value) {
    y[chosenRow()] = value;
    if (follow.get()) line = leastSquares(x, y);
    draw();
  }

  function restore() {
    y = rows.map((i) => PROGRESSION[i]);
    if (follow.get()) line = leastSquares(x, y);
    draw();
  }

  function choosePatients(key) {
    rows = key === "all" ? EVERYONE : TWELVE;
    x = rows.map((i) => X[i]);
    y = rows.map((i) => PROGRESSION[i]);
    chosen = rows.length - 1;
    patientSlider.range(1, rows.length);
    scatterPoints();
    moveLine(flat());
  }

  function scatterPoints() {
    const few = rows.length < 50;
    squares.replaceChildren(...rows.map(() => svg("rect", { class: "kb-figure__area--2", "fill-opacity": few ? 0.2 : 0.035, "stroke-opacity": few ? 0.7 : 0.05 })));
    dots.replaceChildren(...rows.map(() => svg("circle", { class: "kb-figure__dot--1", r: few ? 4 : 2.2, "fill-opacity": few ? 1 : 0.6 })));
    [...dots.children].forEach((dot, i) => {
      dot.addEventListener("pointerdown", () => choose(order().indexOf(i)));
    });
  }

  function draw() {
    const rest = residuals(x, y, line);
    const error = meanSquaredError(x, y, line);
    const best = leastSquares(x, y);
    const lowest = meanSquaredError(x, y, best);
    const slant = gradient(x, y, line);

    for (let i = 0; i < x.length; i += 1) {
      const side = Math.abs(toY(0) - toY(Math.abs(rest[i])));
      // A square goes to the side away from the line, so that it does not hide it.
      const left = rest[i] * line.slope > 0 ? toX(x[i]) - side : toX(x[i]);
      set(squares.children[i], { x: left, y: Math.min(toY(y[i]), toY(y[i] - rest[i])), width: side, height: side });
      set(dots.children[i], { cx: toX(x[i]), cy: toY(y[i]) });
    }
    const at = (value) => toY(line.intercept + line.slope * value);
    set(ruler, { x1: toX(X_RANGE[0]), x2: toX(X_RANGE[1]), y1: at(X_RANGE[0]), y2: at(X_RANGE[1]) });
    set(middleGrip, { cx: toX(0), cy: at(0) });
    set(slopeGrip, { cx: toX(GRIP), cy: at(GRIP) });
    set(chosenGrip, { x: toX(x[chosenRow()]) - 7.5, y: toY(y[chosenRow()]) - 7.5 });

    const points = [];
    for (let slope = SLOPE_RANGE[0]; slope <= SLOPE_RANGE[1]; slope += 50) {
      points.push(`${toSlope(slope).toFixed(1)},${toError(meanSquaredError(x, y, { ...line, slope })).toFixed(1)}`);
    }
    curve.setAttribute("d", `M${points.join("L")}`);
    set(here, { cx: toSlope(line.slope), cy: toError(error) });
    const reach = 350; // half the tangent's length, in units of slope
    set(tangent, {
      x1: toSlope(line.slope - reach),
      x2: toSlope(line.slope + reach),
      y1: toError(error - reach * slant.slope),
      y2: toError(error + reach * slant.slope),
    });

    slopeSlider.set(line.slope);
    interceptSlider.set(line.intercept);
    patientSlider.set(chosen + 1);
    targetSlider.set(y[chosenRow()]);
    sign.textContent = line.slope < 0 ? "−" : "+";
    live.intercept.set(fixed(line.intercept, 1));
    live.slope.set(fixed(Math.abs(line.slope), 1));
    live.n.set(String(x.length));
    live.mse.set(fixed(error, 1));
    live.sum.set(fixed((-slant.intercept / 2) * x.length, 1));
    live.cross.set(fixed((-slant.slope / 2) * x.length, 1));

    const found = error < lowest * (1 + AT_BOTTOM);
    const share = fixed(rSquared(x, y, line), 4);
    const pull = `The chosen patient has leverage ${fixed(leverage(x, chosenRow()), 3)}.`;
    const place = found
      ? "This is the bottom of the bowl: both sums are zero or nearly so, and no other line has a smaller error."
      : `The smallest possible error is ${fixed(lowest, 1)}; the error falls as the slope ${slant.slope > 0 ? "falls" : "grows"}.`;
    state.say(`Mean squared error ${fixed(error, 1)}, R² ${share}. ${place} ${pull}`);
  }

  draggable(middleGrip, (_, py) => moveLine({ ...line, intercept: clamp(toY.invert(py), [0, 300]) }));
  draggable(slopeGrip, (_, py) => moveLine({ ...line, slope: clamp((toY.invert(py) - line.intercept) / GRIP, SLOPE_RANGE) }));
  draggable(chosenGrip, (_, py) => movePatient(Math.round(clamp(toY.invert(py), Y_RANGE))));

  const drawings = html("div", { class: "kb-figure__drawings" }, html("div", {}, scatter, lineControls), html("div", {}, bowl, formulas));
  const stage = html("div", {}, drawings, state.element, patientControls);
  const question = predictFirst({
    question: "The flat line at the mean has a mean squared error of 5,929.9. How much of it can the best tilt remove?",
    options: [
      ["Nearly all", "See for yourself: tilt the line. It is about a third. BMI tells something, but most of what differs between patients is not in it."],
      ["About half", "Somewhat less: tilt the line to its best. It is about a third, and that share is R²."],
      ["About a third", "Yes. Tilt the line to its best: the share removed is R²."],
    ],
    stage,
  });
  figure.append(question, stage);
  scatterPoints();
  moveLine(flat());
}

define("drag-the-line", build);
