// "Check yourself": inputs built from the keys in the worked answers, hints one at a time, predictions remembered.
// Called by site.js on a page that has such folds. Without JavaScript the folds are all there is, and they suffice.
import { judge, kindOf, parseNumber } from "./answers.js";
import { keep, recall } from "./memory.js";

const KINDS = /^(Recall|Compute|Build|Break it):/;
const VERDICTS = {
  right: "Right.",
  close: "Close. Check the last digit, or the spelling.",
  wrong: "Not yet. Try again, or open a hint.",
  unclear: "Type an answer first.",
};

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    if (key === "text") made.textContent = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** One page's memory: what was answered, solved and predicted, under the ids of its headings. */
function memoryOf(path) {
  const name = `exercises.${path}`;
  const state = recall(name, {});
  return {
    of: (id) => state[id] ?? {},
    set(id, more) {
      state[id] = { ...state[id], ...more };
      keep(name, state);
    },
  };
}

/** The headings under "Check yourself" with everything up to the next heading. */
function exercisesOf(root) {
  return [...root.querySelectorAll("h3[id]")]
    .filter((heading) => KINDS.test(heading.textContent.trim()))
    .map((heading) => {
      const parts = [];
      for (let next = heading.nextElementSibling; next && !/^H[1-3]$/.test(next.tagName); next = next.nextElementSibling) parts.push(next);
      return {
        heading,
        id: heading.id,
        title: [...heading.childNodes].filter((node) => !(node.classList?.contains("headerlink"))).map((node) => node.textContent).join("").trim(),
        hints: parts.filter((part) => part.matches("details.hint")),
        solution: parts.find((part) => part.matches("details.success")),
        options: parts.find((part) => part.matches("ol, ul") && part.children.length > 1),
      };
    })
    .filter((exercise) => exercise.solution);
}

function hintsOneAtATime(exercise, memory) {
  const { hints, id } = exercise;
  const show = () => {
    const opened = hints.filter((hint) => hint.dataset.kbSeen !== undefined).length;
    hints.forEach((hint, place) => { hint.hidden = place > opened; });
    memory.set(id, { hints: opened });
  };
  const seen = memory.of(id).hints ?? 0;
  hints.forEach((hint, place) => {
    if (place < seen) hint.dataset.kbSeen = "";
    hint.addEventListener("toggle", () => {
      if (hint.open) hint.dataset.kbSeen = "";
      show();
    });
  });
  show();
}

function field(key, exercise, place, count) {
  // A receipt is a number even where the question holds a list; only a bold key can name an option.
  const options = key.matches("strong") ? (exercise.options?.children.length ?? 0) : 0;
  const text = key.textContent;
  const kind = kindOf(text, options);
  const name = `kb-answer-${exercise.id}-${place}`;
  const which = count > 1 ? ` ${place + 1} of ${count}` : "";
  if (kind === "choice") {
    const set = element("fieldset", { class: "kb-exercise__choice" }, element("legend", { text: `Your choice${which}` }));
    [...exercise.options.children].forEach((option, index) => {
      const label = /^[a-z]/i.test(text.trim().replace(/^\(/, "")) ? String.fromCharCode(97 + index) : String(index + 1);
      // The option's own text is the name: a bare number would say nothing to someone who cannot see the list above.
      set.append(element("label", {}, element("input", { type: "radio", name, value: String(index + 1), "aria-label": `${label}: ${option.textContent.trim()}` }), ` ${label}`));
    });
    return { key: text, options, node: set, read: () => set.querySelector("input:checked")?.value ?? "",
      write: (value) => { for (const input of set.querySelectorAll("input")) input.checked = input.value === String(value); } };
  }
  const number = kind === "number" ? parseNumber(text) : null;
  const input = element("input", { type: "text", id: name, name, autocomplete: "off", spellcheck: "false", inputmode: number ? "text" : undefined, size: number ? 12 : 20 });
  const unit = number?.percent ? " %" : "";
  const node = element("label", { class: "kb-exercise__field" }, `Your answer${which} `, input, unit);
  return { key: text, options: 0, node, read: () => input.value, write: (value) => { input.value = value ?? ""; } };
}

function build(exercise, memory, onSolved) {
  const { id, solution, heading } = exercise;
  const keys = [...solution.querySelectorAll(".answer")];
  const state = memory.of(id);
  const status = element("p", { class: "kb-exercise__verdict", role: "status" });
  const form = element("form", { class: "kb-exercise", "aria-label": `Answer: ${exercise.title}`, novalidate: true });
  const solved = (yes) => {
    heading.classList.toggle("kb-solved", yes);
    form.dataset.kbSolved = yes ? "yes" : "no";
    onSolved();
  };
  if (keys.length) {
    const fields = keys.map((key, place) => field(key, exercise, place, keys.length));
    fields.forEach((one, place) => one.write(state.answers?.[place] ?? ""));
    form.append(...fields.map((one) => one.node), element("button", { type: "submit", class: "kb-button", text: "Check" }), status);
    const check = () => fields.map((one) => judge(one.key, one.read(), one.options));
    const say = (verdicts) => {
      const worst = ["unclear", "wrong", "close", "right"].find((verdict) => verdicts.includes(verdict));
      const right = verdicts.filter((verdict) => verdict === "right").length;
      form.dataset.kbVerdict = worst;
      status.textContent = VERDICTS[worst] + (fields.length > 1 && worst !== "right" ? ` ${right} of ${fields.length} are right.` : "");
      if (worst === "right") status.textContent += " Compare your way with the worked answer.";
      solved(worst === "right");
      return worst;
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const worst = say(check());
      memory.set(id, { answers: fields.map((one) => one.read()), solved: worst === "right" });
    });
    if (state.solved) say(check());
  } else {
    const tick = element("input", { type: "checkbox", checked: Boolean(state.solved) });
    form.append(element("label", { class: "kb-exercise__field" }, tick, " I have done this one"), status);
    tick.addEventListener("change", () => {
      memory.set(id, { solved: tick.checked });
      solved(tick.checked);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    if (state.solved) solved(true);
  }
  (exercise.hints[0] ?? solution).before(form);
}

function predictions(root, memory) {
  [...root.querySelectorAll("details.predict")].forEach((fold, place) => {
    const id = `predict-${place}`;
    const summary = fold.querySelector("summary");
    const question = summary.textContent.replace(/^Predict:\s*/, "").trim();
    const state = memory.of(id);
    const input = element("input", { type: "text", autocomplete: "off", id: `kb-${id}` });
    const form = element("form", { class: "kb-exercise kb-exercise--predict", "aria-label": `Your prediction: ${question}` },
      element("label", { class: "kb-exercise__field" }, "Your prediction ", input),
      element("button", { type: "submit", class: "kb-button", text: "Commit and reveal" }));
    const kept = element("p", { class: "kb-predicted" });
    const reveal = (text) => {
      kept.textContent = text ? `You predicted: ${text}` : "";
      form.hidden = true;
    };
    summary.after(kept);
    fold.after(form);
    if (state.prediction !== undefined) {
      reveal(state.prediction);
      fold.open = true;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      memory.set(id, { prediction: input.value.trim() });
      reveal(input.value.trim());
      fold.open = true;
      summary.focus();
    });
    // Opening the fold without a prediction is the reader's right; it is not asked again on this visit.
    fold.addEventListener("toggle", () => { if (fold.open) form.hidden = true; });
  });
}

/** Equips one page; `path` names its memory. */
export function equip(root, path) {
  if (root.dataset.kbEquipped !== undefined) return;
  root.dataset.kbEquipped = "";
  const memory = memoryOf(path);
  predictions(root, memory);
  const exercises = exercisesOf(root);
  if (!exercises.length) return;
  const count = element("p", { class: "kb-exercise__count" });
  const recount = () => {
    const done = exercises.filter(({ heading }) => heading.classList.contains("kb-solved")).length;
    count.textContent = done ? `${done} of ${exercises.length} solved. Only this browser knows.` : "";
  };
  for (const exercise of exercises) {
    hintsOneAtATime(exercise, memory);
    build(exercise, memory, recount);
  }
  exercises[0].heading.before(count);
  recount();
}
