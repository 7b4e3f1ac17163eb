// Parts shared by the interactive figures: elements, controls that work by keyboard and pointer, axes, live formulas,
// the spoken state and the "predict first" question. Imported by docs/assets/js/figures/<name>.js; it holds no
// mathematics (that is <name>.math.js, without DOM) and knows no single figure. Styles: docs/assets/css/figures.css.

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";
const ANNOUNCE_AFTER_MS = 500; // a screen reader hears where a drag ended, not every step of it

/** An id that no other figure on the page uses. */
export const uniqueId = (stem) => `kb-${stem}-${(globalThis.kbLastId = (globalThis.kbLastId ?? 0) + 1)}`;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** An HTML element: html("p", {class: "x", onclick: f}, "text", child, …). False and null attributes are left out. */
export const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for SVG. */
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** The same for MathML: math("mi", {}, "x"). */
export const math = (tag, attributes = {}, ...children) => fill(document.createElementNS(MATHML, tag), attributes, children);

/** The small parts of a formula: a name, a number, an operator, and several parts as one; strings among the parts become operators. */
export const mi = (name) => math("mi", {}, name);
export const mn = (number) => math("mn", {}, String(number));
export const mo = (sign) => math("mo", {}, sign);
export const group = (...parts) => math("mrow", {}, ...parts.map((part) => (typeof part === "string" ? mo(part) : part)));

/** Change attributes of an element of any kind. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** A number as the pages write it: thousands separated, a true minus, no minus on a rounded zero. */
export function fixed(value, digits = 0) {
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
}

/** The same with as many digits as the number has, at most four: 3, −2.5, 0.0625. */
export const short = (value) => fixed(value, 4).replace(/\.?0+$/, "");

/** The same for use as a factor or a summand: a negative number in brackets. */
export const bracketed = (value) => (value < 0 ? `(${short(value)})` : short(value));

/** A linear scale from data to pixels, with its inverse: scale([0, 10], [0, 340]). */
export function scale([low, high], [from, to]) {
  const position = (value) => from + ((value - low) / (high - low)) * (to - from);
  position.invert = (pixel) => low + ((pixel - from) / (to - from)) * (high - low);
  return position;
}

/** Register the custom element kb-<name>; `build(figure)` fills it once, when it enters the page. */
export function define(name, build) {
  const tag = `kb-${name}`;
  if (customElements.get(tag)) return;
  customElements.define(
    tag,
    class extends HTMLElement {
      connectedCallback() {
        if (this.hasChildNodes()) return;
        this.classList.add("kb-figure");
        this.setAttribute("role", "group");
        build(this);
      }
    },
  );
}

/**
 * A labelled range input. `format` is what is shown and spoken; `onInput(value)` runs on every change.
 * Returns {row, get, set, range}; `set` moves it without calling onInput, `range` changes its ends.
 */
export function slider({ label, min, max, step, value, format = String, onInput }) {
  const id = uniqueId("slider");
  const input = html("input", { type: "range", id, min, max, step, value });
  const shown = html("output", { for: id, class: "kb-figure__value" });
  // The input rounds to its step; what is shown is the value itself.
  const tell = (exact) => {
    shown.textContent = format(exact);
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.addEventListener("input", () => {
    tell(Number(input.value));
    onInput(Number(input.value));
  });
  tell(value);
  return {
    row: html("div", { class: "kb-figure__slider" }, html("label", { for: id }, label), input, shown),
    get: () => Number(input.value),
    set(next) {
      input.value = next;
      tell(next);
    },
    range(low, high) {
      set(input, { min: low, max: high });
    },
  };
}

/** One choice of several, as radio buttons that look like a switch. options: [[value, label], …]. */
export function choice({ label, options, value, onChange }) {
  const name = uniqueId("choice");
  const inputs = options.map(([key, text]) => {
    const input = html("input", { type: "radio", name, value: key, checked: key === value, onchange: () => onChange(key) });
    return [key, input, html("label", {}, input, html("span", {}, text))];
  });
  const row = html("fieldset", { class: "kb-figure__choice" }, html("legend", {}, label), ...inputs.map(([, , l]) => l));
  return {
    row,
    set(next) {
      for (const [key, input] of inputs) input.checked = key === next;
    },
  };
}

/** A check box. Returns {row, get, set}. */
export function toggle({ label, value = false, onChange }) {
  const input = html("input", { type: "checkbox", checked: value, onchange: () => onChange(input.checked) });
  return {
    row: html("label", { class: "kb-figure__toggle" }, input, html("span", {}, label)),
    get: () => input.checked,
    set(next) {
      input.checked = next;
    },
  };
}

export const button = (label, onClick) => html("button", { type: "button", class: "kb-figure__button", onclick: onClick }, label);

/** The figure's state as text, spoken when it comes to rest. Returns {element, say}. */
export function spokenState() {
  const seen = html("p", { class: "kb-figure__state" });
  const heard = html("p", { class: "kb-figure__heard", role: "status", "aria-live": "polite" });
  let timer = 0;
  let first = true;
  return {
    element: html("div", {}, seen, heard),
    say(text) {
      seen.textContent = text;
      clearTimeout(timer);
      if (first) {
        first = false; // the state on arrival is read with the page, not announced over it
        return;
      }
      timer = setTimeout(() => {
        heard.textContent = text;
      }, ANNOUNCE_AFTER_MS);
    },
  };
}

/**
 * A question to commit to before the figure can be moved. While it is open, `stage` (the part with the controls) is
 * inert. options: [[label, reply], …]; a reader may also skip.
 */
export function predictFirst({ question, options, stage, onDone = () => {} }) {
  const reply = html("p", { class: "kb-figure__reply", role: "status" });
  const name = uniqueId("predict");
  const finish = (text) => {
    stage.inert = false;
    stage.classList.remove("kb-figure__stage--waiting");
    for (const input of element.querySelectorAll("input, button")) input.disabled = true;
    reply.textContent = text;
    onDone();
  };
  const answers = options.map(([label, text]) =>
    html("label", {}, html("input", { type: "radio", name, onchange: () => finish(text) }), html("span", {}, label)),
  );
  const element = html(
    "fieldset",
    { class: "kb-figure__predict" },
    html("legend", {}, html("strong", {}, "Predict first. "), question),
    html("div", { class: "kb-figure__answers" }, ...answers, button("Skip", () => finish("The controls are yours."))),
    reply,
  );
  stage.inert = true;
  stage.classList.add("kb-figure__stage--waiting");
  return element;
}

/** Let the pointer drag an SVG element; `onMove(x, y)` gets the position in the drawing's own units. */
export function draggable(handle, onMove) {
  handle.classList.add("kb-figure__handle");
  const move = (event) => {
    const drawing = handle.ownerSVGElement;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    onMove(at.x, at.y);
  };
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
  });
  const release = () => handle.removeEventListener("pointermove", move);
  handle.addEventListener("pointerup", release);
  handle.addEventListener("pointercancel", release);
}

/** Axes with ticks and titles as one group. xTicks, yTicks: [[value, text], …]. */
export function axes({ x, y, box, xTicks, yTicks, xTitle, yTitle }) {
  const { left, right, top, bottom } = box;
  const group = svg("g", { class: "kb-figure__axes", "aria-hidden": "true" });
  for (const [value, text] of yTicks) {
    group.append(
      svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), class: "kb-figure__grid" }),
      svg("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, text),
    );
  }
  for (const [value, text] of xTicks) {
    group.append(
      svg("line", { x1: x(value), x2: x(value), y1: bottom, y2: bottom + 4 }),
      svg("text", { x: x(value), y: bottom + 16, "text-anchor": "middle" }, text),
    );
  }
  group.append(
    svg("line", { x1: left, x2: right, y1: bottom, y2: bottom }),
    svg("text", { x: (left + right) / 2, y: bottom + 33, "text-anchor": "middle" }, xTitle),
    svg("text", { x: left, y: top - 8, "text-anchor": "start" }, yTitle),
  );
  return group;
}

/** A group whose drawing ends at the box of the axes. */
export function clipped(box, ...children) {
  const id = uniqueId("clip");
  const { left, right, top, bottom } = box;
  const outline = svg("rect", { x: left, y: top, width: right - left, height: bottom - top });
  return svg("g", { "clip-path": `url(#${id})` }, svg("clipPath", { id }, outline), ...children);
}

/** A number inside a formula that changes with the figure. Returns {element, set}. */
export function liveNumber(series = 0) {
  const element = math("mn", { class: series ? `kb-figure__live kb-figure__live--${series}` : "kb-figure__live" });
  return {
    element,
    set(text) {
      element.textContent = text;
    },
  };
}

/** A displayed formula from MathML children; strings become operators. */
export function formula(...children) {
  return html("div", { class: "kb-figure__formula" }, math("math", { display: "block" }, group(...children)));
}

/** Formulas that are read as one and break between them on a narrow screen. */
export function formulaLine(...formulas) {
  return html("div", { class: "kb-figure__line" }, ...formulas);
}
