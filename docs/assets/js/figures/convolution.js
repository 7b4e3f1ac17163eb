// Figure "convolution" (deep-learning/convolution): a 3 × 3 kernel slides over a digit. The reader moves the window, then
// the digit, and finds that the map moves along, that stride and pooling break this for a single pixel, and that turning the
// Sobel kernel changes every sign.

import { button, choice, define, fixed, formula, formulaLine, group, html, liveNumber, math, mi, mn, predictFirst, set, slider, spokenState, svg, toggle } from "./common.js";
import { DIGIT, KERNELS, convolve, maxPool, moved, movedAlong, padded, sideOfMap, summary, turned, windowAt } from "./convolution.math.js";

const NAMES = { upright: "Left minus right", level: "Upper minus lower", dot: "Center minus neighbors" };
const START = { kernel: "upright", flip: false, stride: 1, padding: 0, pool: false, by: 0, row: 2, column: 2 };
const FAR = 2; // pixels that the digit can be moved; its first and last column are empty, so one pixel loses nothing
const WIDTH = 344;
const EDGE = 2; // around a grid, so that outlines are whole
const MAP_CELL = 42; // the largest map, 8 × 8, fills the drawing
const DARKEST = 0.5; // of a cell's color, so that the number in it can be read

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const bracketed = (value) => (value < 0 ? `(${fixed(value)})` : fixed(value));

/** A grid of numbers: color says the sign, its strength the size. Returns {element, draw(values, cell, options)}. */
function grid(label, onChoose) {
  const cells = svg("g", { "aria-hidden": "true" });
  const outline = svg("rect", { class: "kb-figure__grip", "fill-opacity": 0 });
  const element = svg("svg", { viewBox: `0 0 ${WIDTH} ${WIDTH}`, role: "img", "aria-label": label }, cells, outline);
  function draw(values, cell, { largest, border = 0, at, span }) {
    const height = values.length * cell + 2 * EDGE;
    set(element, { viewBox: `0 0 ${WIDTH} ${height}` });
    const left = (WIDTH - values.length * cell) / 2;
    const inside = (i) => i >= border && i < values.length - border;
    cells.replaceChildren(...values.flatMap((line, row) => line.map((value, column) => {
      const place = { x: left + column * cell, y: EDGE + row * cell, width: cell, height: cell };
      const strength = (DARKEST * Math.abs(value)) / largest;
      return svg(
        "g", onChoose ? { onclick: () => onChoose(row, column) } : {},
        svg("rect", { ...place, class: "kb-figure__box", ...(inside(row) && inside(column) ? {} : { "stroke-dasharray": "3 3" }) }),
        svg("rect", { ...place, class: value < 0 ? "kb-figure__dot--2" : "kb-figure__dot--1", "fill-opacity": strength.toFixed(3) }),
        svg("text", { x: place.x + cell / 2, y: place.y + cell / 2 + 4, "text-anchor": "middle", class: "kb-figure__number" }, fixed(value)),
      );
    })));
    if (at) set(outline, { x: left + at[1] * cell, y: EDGE + at[0] * cell, width: span * cell, height: span * cell });
  }
  return { element, draw };
}

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: convolution");
  const now = { ...START };

  const input = grid("The digit as a grid of pixel values, with the window outlined. Its pixels stand in the formula below.");
  const output = grid("The map, with the value of the window outlined. Its size, range and present value stand in the text below.", (row, column) => {
    Object.assign(now, { row, column });
    draw();
  });
  const small = grid("The map after pooling: the largest value of each block of two by two.");
  const caption = (text, drawing) => html("div", {}, html("p", {}, text), drawing.element);
  const mapTitle = html("p", {});
  const smallPart = html("div", {}, html("p", {}, "After 2 × 2 max pooling"), small.element);
  const drawings = html("div", { class: "kb-figure__drawings" }, caption("The digit", input), html("div", {}, mapTitle, output.element), smallPart);

  // Formulas with live values: the kernel, the sum at the window row by row, the size of the map
  const weights = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => liveNumber(2)));
  const table = math("mtable", {}, ...weights.map((line) => math("mtr", {}, ...line.map((weight) => math("mtd", {}, weight.element)))));
  const products = weights.map((line) => line.map(() => ({ weight: liveNumber(2), pixel: liveNumber(1) })));
  const places = [liveNumber(), liveNumber()];
  const result = liveNumber(3);
  const sums = products.map((line, i) => formula(
    ...(i ? ["+"] : [math("msub", {}, mi("y"), group(places[0].element, ",", places[1].element)), "="]),
    ...line.flatMap(({ weight, pixel }, j) => [...(j ? ["+"] : []), weight.element, "·", pixel.element]),
  ));
  const size = { padding: liveNumber(), stride: liveNumber(), side: liveNumber() };
  const sizes = formulaLine(
    formula(math("msup", {}, mi("H"), math("mo", {}, "′")), "=", "⌊", math("mfrac", {}, group(mn(8), "+", mn(2), "·", size.padding.element, "−", mn(3)), size.stride.element), "⌋", "+", mn(1)),
    formula("=", size.side.element),
  );
  const formulas = html("div", {}, formula(mi("w"), "=", "(", table, ")"), formulaLine(...sums, formula("=", result.element)), sizes);
  const state = spokenState();

  const change = (name) => (value) => { now[name] = value; draw(); };
  const number = (name) => (value) => { now[name] = Number(value); draw(); };
  const whither = (by) => (by === 0 ? "in place" : `${Math.abs(by)} ${by < 0 ? "left" : "right"}`);
  const controls = {
    row: slider({ label: "Window: row", min: 0, max: 5, step: 1, value: now.row, onInput: number("row") }),
    column: slider({ label: "Window: column", min: 0, max: 5, step: 1, value: now.column, onInput: number("column") }),
    by: slider({ label: "Move the digit", min: -FAR, max: FAR, step: 1, value: now.by, format: whither, onInput: number("by") }),
    kernel: choice({ label: "Kernel:", options: Object.entries(NAMES), value: now.kernel, onChange: change("kernel") }),
    flip: toggle({ label: "Turn the kernel by 180°", onChange: change("flip") }),
    stride: choice({ label: "Stride:", options: [[1, "1"], [2, "2"]], value: now.stride, onChange: number("stride") }),
    padding: choice({ label: "Padding:", options: [[0, "0"], [1, "1"]], value: now.padding, onChange: number("padding") }),
    pool: toggle({ label: "2 × 2 max pooling", onChange: change("pool") }),
  };

  /** What the move of the digit did to a map; `pixels` are the image's pixels from one of its columns to the next. */
  function followed(name, map, before, pixels) {
    const columns = now.by / pixels;
    if (movedAlong(map, before, columns)) return `The ${name} moved along, by ${plural(Math.abs(columns), "column")}, and no other value changed.`;
    return `The ${name} did not move along: its values changed${Number.isInteger(columns) ? ", since ink left the picture" : `, since its columns are ${pixels} pixels apart`}.`;
  }

  function draw() {
    const kernel = now.flip ? turned(KERNELS[now.kernel]) : KERNELS[now.kernel];
    const image = moved(DIGIT, now.by);
    const map = convolve(image, kernel, now.stride, now.padding);
    const side = sideOfMap(DIGIT.length, now.stride, now.padding);
    for (const name of ["row", "column"]) {
      now[name] = Math.min(now[name], side - 1);
      controls[name].range(0, side - 1);
    }
    for (const [name, control] of Object.entries(controls)) control.set(now[name]);

    const { row, column, stride, padding } = now;
    const pixels = windowAt(image, row, column, stride, padding);
    const wide = padded(image, padding);
    input.draw(wide, (WIDTH - 2 * EDGE) / wide.length, { largest: 16, border: padding, at: [row * stride, column * stride], span: 3 });
    const { sum, least, most } = summary(map);
    const largest = Math.max(most, -least, 1);
    output.draw(map, MAP_CELL, { largest, at: [row, column], span: 1 });
    mapTitle.textContent = `The map, ${side} × ${side}`;
    const pooled = maxPool(map);
    smallPart.hidden = !now.pool;
    small.draw(now.pool ? pooled : [], MAP_CELL, { largest, span: 1 });

    kernel.forEach((line, i) => line.forEach((weight, j) => {
      weights[i][j].set(fixed(weight));
      products[i][j].weight.set(i + j ? bracketed(weight) : fixed(weight));
      products[i][j].pixel.set(fixed(pixels[i][j]));
    }));
    places[0].set(String(row));
    places[1].set(String(column));
    result.set(fixed(map[row][column]));
    size.padding.set(String(padding));
    size.stride.set(String(stride));
    size.side.set(String(side));

    const said = [
      `${NAMES[now.kernel]}${now.flip ? ", turned" : ""}; stride ${stride}, padding ${padding}.`,
      `The map has ${side} × ${side} values from ${fixed(least)} to ${fixed(most)}, their sum is ${fixed(sum)}. At row ${row}, column ${column} it says ${fixed(map[row][column])}.`,
    ];
    if (now.pool) said.push(`Pooled, row by row: ${pooled.map((line) => line.map((value) => fixed(value)).join(", ")).join("; ")}.`);
    if (now.by) {
      const before = convolve(DIGIT, kernel, stride, padding);
      said.push(`The digit moved ${plural(Math.abs(now.by), "pixel")} to the ${now.by < 0 ? "left" : "right"}. ${followed("map", map, before, stride)}`);
      if (now.pool) said.push(followed("pooled map", pooled, maxPool(before), 2 * stride));
      said.push(`Its largest value is ${fixed(most)}, ${most === summary(before).most ? "as before" : `before it was ${fixed(summary(before).most)}`}.`);
    }
    state.say(said.join(" "));
  }

  const rows = Object.values(controls).map(({ row }) => row);
  const again = button("Start again", () => { Object.assign(now, START); draw(); });
  const stage = html(
    "div", {},
    drawings,
    html("div", { class: "kb-figure__controls" }, ...rows, html("div", { class: "kb-figure__row" }, again)),
    state.element, formulas,
  );
  const question = predictFirst({
    question: "The digit moves one pixel to the right, into empty columns. What happens to the 36 values of the map?",
    options: [
      ["Nothing", "Move the digit, and read what the map did."],
      ["They move one column", "Move the digit. Then set the stride to 2, or switch on pooling, and move it again."],
      ["They become other values", "Move the digit, and compare the columns."],
    ],
    stage,
  });
  figure.append(question, stage);
  draw();
}

define("convolution", build);
