// Figure "taste map" (projects/recommendation): eight books on a plane of two factors and a reader as an arrow. The
// reader of the page rates books and sees the arrow, the formula and the shelf follow: a book at the origin teaches
// nothing, a far one much, and without ratings everybody gets the best averages.

import { axes, bracketed, button, choice, clipped, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mo, predictFirst, scale, set, short, slider, spokenState, svg } from "./common.js";
import { BOOKS, MEAN, START, distance, predictions, readerOf, shelf, system } from "./taste-map.math.js";

const BOX = { left: 34, right: 334, top: 24, bottom: 324 }; // square, so that angles are true
const ENDS = [-2, 2];
const TICKS = [-2, -1, 0, 1, 2].map((value) => [value, short(value)]);
const FIRST = { chosen: 3, lambda: 1 };
const LEFT_OF_DOT = new Set(["murder", "robot"]); // names that would meet another mark

const givenStars = (stars) => (stars ? `${stars} star${stars === 1 ? "" : "s"}` : "not rated");
const place = ([x, y]) => `(${fixed(x, 2)}, ${fixed(y, 2)})`;

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: the taste map");
  let stars = [...START];
  let { chosen, lambda } = FIRST;
  let before = readerOf(stars, lambda);
  let moved = null;

  const toX = scale(ENDS, [BOX.left, BOX.right]);
  const toY = scale(ENDS, [BOX.bottom, BOX.top]);
  const marks = BOOKS.map(({ name, q: [x, y] }) => ({
    round: svg("circle", { cx: toX(x), cy: toY(y), r: 5, class: "kb-figure__dot--1" }),
    square: svg("rect", { x: toX(x) - 6, y: toY(y) - 6, width: 12, height: 12, class: "kb-figure__dot--2" }),
    name: svg("text", { x: toX(x) + (LEFT_OF_DOT.has(name) ? -11 : 11), y: toY(y) + (name === "island" ? -8 : 4), "text-anchor": LEFT_OF_DOT.has(name) ? "end" : "start" }, name),
  }));
  const ring = svg("circle", { r: 11, class: "kb-figure__line--guide" });
  const arrow = svg("line", { x1: toX(0), y1: toY(0), class: "kb-figure__line--3" });
  const tip = svg("circle", { r: 5, class: "kb-figure__dot--3" });
  const cross = [[ENDS[0], 0, ENDS[1], 0], [0, ENDS[0], 0, ENDS[1]]].map(([x1, y1, x2, y2]) => svg("line", { x1: toX(x1), y1: toY(y1), x2: toX(x2), y2: toY(y2), class: "kb-figure__contour" }));
  const drawing = svg(
    "svg",
    { viewBox: "0 0 344 362", role: "img", "aria-label": "Eight books on a plane of two factors; rated ones are squares. The reader is an arrow from the origin. All values stand in the table and the text." },
    axes({ x: toX, y: toY, box: BOX, xTicks: TICKS, yTicks: TICKS, xTitle: "factor 1", yTitle: "factor 2" }),
    ...cross, ring,
    ...marks.flatMap(({ round, square, name }) => [round, square, name]),
    clipped({ left: BOX.left, right: BOX.right, top: BOX.top, bottom: BOX.bottom }, arrow, tip),
  );

  const cells = BOOKS.map(() => [html("td", {}), html("td", {}), html("td", {})]);
  const table = html(
    "table", { class: "kb-figure__table" },
    html("thead", {}, html("tr", {}, ...["Book", "Given", "Average", "Predicted"].map((text) => html("th", { scope: "col" }, text)))),
    html("tbody", {}, ...BOOKS.map(({ name }, row) => html("tr", {}, html("th", { scope: "row" }, name), ...cells[row]))),
  );

  const matrix = [[liveNumber(1), liveNumber(1)], [liveNumber(1), liveNumber(1)]];
  const right = [liveNumber(2), liveNumber(2)];
  const at = [liveNumber(3), liveNumber(3)];
  const column = (numbers) => group("(", math("mtable", {}, ...numbers.map((number) => math("mtr", {}, math("mtd", {}, number.element)))), ")");
  const square = group("(", math("mtable", {}, ...matrix.map((line) => math("mtr", {}, ...line.map((number) => math("mtd", {}, number.element))))), ")");
  const parts = { deviation: liveNumber(), products: liveNumber(3), total: liveNumber() };
  const hat = math("mover", {}, mi("r"), mo("^"));
  const formulas = html(
    "div", {},
    formulaLine(
      formula(mi("p"), "=", math("msup", {}, square, group(mo("−"), math("mn", {}, "1"))), column(right)),
      formula("=", column(at)),
    ),
    formulaLine(
      formula(hat, "=", math("mn", {}, String(MEAN)), "+", parts.deviation.element),
      formula("+", parts.products.element), // lines of their own on a narrow screen
      formula("=", parts.total.element),
    ),
  );
  const state = spokenState();

  const controls = {
    book: choice({ label: "Book:", options: BOOKS.map(({ name }, i) => [i, name]), value: chosen, onChange: (next) => { chosen = next; draw(); } }),
    given: slider({ label: "Its stars", min: 0, max: 5, step: 1, value: stars[chosen], format: givenStars, onInput: (next) => change(() => { stars[chosen] = next; }) }),
    lambda: slider({ label: "Penalty λ", min: 0.1, max: 10, step: 0.1, value: lambda, format: short, onInput: (next) => change(() => { lambda = next; }) }),
  };

  function change(act) {
    before = readerOf(stars, lambda);
    act();
    moved = distance(before, readerOf(stars, lambda));
    draw();
  }

  function draw() {
    const reader = readerOf(stars, lambda);
    const predicted = predictions(reader);
    const best = shelf(stars, predicted);
    set(arrow, { x2: toX(reader[0]), y2: toY(reader[1]) });
    set(tip, { cx: toX(reader[0]), cy: toY(reader[1]) });
    set(ring, { cx: toX(BOOKS[chosen].q[0]), cy: toY(BOOKS[chosen].q[1]) });
    marks.forEach(({ round, square }, i) => {
      set(round, { "fill-opacity": stars[i] ? 0 : 1 });
      set(square, { "fill-opacity": stars[i] ? 1 : 0 });
    });
    cells.forEach(([given, average, guess], i) => {
      const order = best.indexOf(i);
      given.textContent = stars[i] ? String(stars[i]) : "–";
      average.textContent = fixed(MEAN + BOOKS[i].c, 1);
      guess.textContent = fixed(predicted[i], 2) + (order < 0 ? "" : `, place ${order + 1}`);
    });

    const now = system(stars, lambda);
    now.matrix.forEach((line, i) => line.forEach((value, j) => matrix[i][j].set(short(value))));
    now.right.forEach((value, i) => right[i].set(short(value)));
    reader.forEach((value, i) => at[i].set(fixed(value, 2)));
    const { c, q, name } = BOOKS[chosen];
    const factor = (value) => (value < 0 && fixed(value, 2) !== "0.00" ? `(${fixed(value, 2)})` : fixed(value, 2));
    parts.deviation.set(bracketed(c));
    parts.products.set(`${factor(reader[0])}·${bracketed(q[0])} + ${factor(reader[1])}·${bracketed(q[1])}`);
    parts.total.set(fixed(predicted[chosen], 2));
    controls.book.set(chosen);
    controls.given.set(stars[chosen]);
    controls.lambda.set(lambda);

    const rated = stars.filter(Boolean).length;
    const said = [`${rated === 0 ? "No book" : rated === 1 ? "One book" : `${rated} books`} rated; the reader is at ${place(reader)}.`];
    if (moved !== null) said.push(`The last change moved the reader by ${fixed(moved, 2)}.`);
    said.push(best.length ? `On the shelf: ${best.map((i) => `${BOOKS[i].name} ${fixed(predicted[i], 2)}`).join(", ")}.` : "Every book is rated; the shelf is empty.");
    if (rated === 0) said.push("These are the best averages, the same for every reader without ratings.");
    said.push(`${name[0].toUpperCase()}${name.slice(1)} is predicted ${fixed(predicted[chosen], 2)}, its average is ${fixed(MEAN + c, 1)}.`);
    state.say(said.join(" "));
  }

  function restart(next) {
    stars = next;
    ({ chosen, lambda } = FIRST);
    moved = null;
    draw();
  }

  const buttons = html("div", { class: "kb-figure__row" }, button("No ratings", () => restart(START.map(() => 0))), button("The example of the page", () => restart([...START])));
  const stage = html(
    "div", {},
    html("div", { class: "kb-figure__drawings" }, html("div", {}, drawing), html("div", {}, html("div", { class: "kb-figure__controls" }, ...Object.values(controls).map(({ row }) => row), buttons), table)),
    state.element, formulas,
  );
  const question = predictFirst({
    question: "The reader has rated murder and wedding. Now they give island, the bestseller at the origin, a single star. Where does the arrow go?",
    options: [
      ["Away from island", "Set the stars of island to 1, and read how far the reader moved. Then rate robot."],
      ["Nowhere", "Check it: set the stars of island to 1. Then rate robot, and compare."],
      ["Back to the origin", "Set the stars of island to 1, and read how far the reader moved. Then raise the penalty."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("taste-map", build);
