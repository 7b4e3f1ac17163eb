// Figure "broadcast" (deep-learning/training-loop): three predictions against three targets, as (3,) − (3,) and as
// (3, 1) − (3,). The reader finds that the second loss is lowest when every prediction is the mean of all targets, and
// that steps down its slope leave perfect predictions.

import { bracketed, button, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, mo, predictFirst, short, slider, spokenState, svg, toggle } from "./common.js";
import { TARGETS, count, loss, rowSums, slopes, squares, step } from "./broadcast.math.js";

const SIDE = 66; // of a cell
const LEFT = 92;
const TOP = 44;
const EQUAL = 5e-4; // what the shown digits call equal

const at = (predictions, goal) => predictions.every((p, i) => Math.abs(p - goal[i]) < EQUAL);
const MIDDLE = TARGETS.map(() => 2);
const places = (value) => fixed(value, 2);

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: a column against a row");
  let predictions = [...TARGETS];
  let column = false;

  const cells = TARGETS.map((_, i) => TARGETS.map((_, j) => {
    const area = svg("rect", { x: LEFT + j * SIDE, y: TOP + i * SIDE, width: SIDE - 4, height: SIDE - 4, class: "kb-figure__area--2", "fill-opacity": i === j ? 0.3 : 0.08 });
    const text = svg("text", { x: LEFT + j * SIDE + SIDE / 2 - 2, y: TOP + i * SIDE + SIDE / 2 + 2, "text-anchor": "middle" });
    return { text, part: svg("g", {}, area, text) };
  }));
  const heads = TARGETS.map((_, i) => svg("text", { x: LEFT - 10, y: TOP + i * SIDE + SIDE / 2 + 2, "text-anchor": "end" }));
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 252", role: "img", "aria-label": "A table of squared differences, a row for each prediction, a column for each target. The numbers stand in the formulas and the text." },
    svg("g", { "aria-hidden": "true" },
      ...TARGETS.map((y, j) => svg("text", { x: LEFT + j * SIDE + SIDE / 2 - 2, y: TOP - 10, "text-anchor": "middle" }, `y = ${y}`)),
      ...heads, ...cells.flat().map(({ part }) => part)),
  );

  const sums = TARGETS.map(() => liveNumber(2));
  const [size, result, slope, work] = [liveNumber(), liveNumber(1), liveNumber(3), liveNumber()];
  const over = math("mfrac", {}, mn(2), math("mrow", {}, liveClone(size)));
  const first = math("msub", {}, math("mover", { accent: "true" }, mi("y"), mo("^")), mn(1));
  const formulas = html(
    "div", {},
    formulaLine(
      formula(mi("L"), "=", math("mfrac", {}, group(sums[0].element, "+", sums[1].element, "+", sums[2].element), size.element)),
      formula("=", result.element),
    ),
    formulaLine(
      formula(math("mfrac", {}, group("∂", mi("L")), group("∂", first)), "=", over, work.element),
      formula("=", slope.element),
    ),
  );
  const state = spokenState();

  const shape = toggle({ label: "Predictions have shape (3, 1). Off: (3,)", value: column, onChange: () => { column = shape.get(); draw(); } });
  const sliders = TARGETS.map((_, i) => slider({
    label: `Prediction ${i + 1}`, min: 0, max: 4, step: 0.25, value: predictions[i], format: places,
    onInput: (value) => move(predictions.map((p, k) => (k === i ? value : p))),
  }));

  // The same live number a second time.
  function liveClone(number) {
    const twin = liveNumber();
    const tell = number.set;
    number.set = (text) => { tell(text); twin.set(text); };
    return twin.element;
  }

  function move(next) {
    predictions = next;
    draw();
  }

  function draw() {
    squares(predictions, column).forEach((row, i) => {
      heads[i].textContent = `ŷ = ${places(predictions[i])}`;
      row.forEach((value, j) => {
        cells[i][j].part.setAttribute("visibility", value === null ? "hidden" : "visible");
        cells[i][j].text.textContent = value === null ? "" : places(value);
      });
    });
    rowSums(predictions, column).forEach((sum, i) => sums[i].set(places(sum)));
    size.set(String(count(column)));
    result.set(fixed(loss(predictions, column), 4));
    const met = column ? TARGETS : TARGETS.slice(0, 1);
    work.set(`(${met.map((y) => bracketed(Number((predictions[0] - y).toFixed(2)))).join(" + ")})`);
    slope.set(fixed(slopes(predictions, column)[0], 4));
    sliders.forEach((control, i) => control.set(predictions[i]));
    shape.set(column);
    state.say(words());
  }

  function words() {
    const taken = column ? "(3, 1) − (3,) is (3, 3): nine differences" : "(3,) − (3,) is (3,): three differences";
    const score = `Loss ${fixed(loss(predictions, column), 4)}${column ? `; meant was ${fixed(loss(predictions, false), 4)}` : ""}.`;
    let hint = "";
    if (column && at(predictions, MIDDLE)) hint = " No prediction does better: each is the mean of all targets, whatever its own is.";
    else if (column && at(predictions, TARGETS)) hint = " The predictions are perfect, and the slope of the first is not zero: a step moves it away.";
    else if (!column && at(predictions, TARGETS)) hint = " The predictions are perfect, and no step moves them.";
    return `${taken}. Predictions ${predictions.map((p) => short(Number(p.toFixed(2)))).join(", ")}. ${score}${hint}`;
  }

  const controls = html(
    "div", { class: "kb-figure__controls" },
    shape.row, ...sliders.map(({ row }) => row),
    html("div", { class: "kb-figure__row" },
      button("One step down the slope", () => move(step(predictions, column))),
      button("Perfect predictions", () => move([...TARGETS])),
      button("All at 2", () => move([...MIDDLE]))),
  );
  const stage = html("div", {}, html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), controls), state.element, formulas);
  const hint = "Switch the shape to (3, 1), read the loss, and take a few steps down its slope.";
  const question = predictFirst({
    question: "The predictions are perfect but have shape (3, 1). What does gradient descent on the loss do with them?",
    options: [["It leaves them where they are", hint], ["It pulls all three to one number", hint], ["It drives them apart", hint]],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("broadcast", build);
