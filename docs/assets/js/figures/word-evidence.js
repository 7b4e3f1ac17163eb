// Figure "the words of one paragraph" (projects/text-classification): the reader switches words off and sees the evidence for
// each section move, with a model that never read the page and with one that read the rest of it. The reader finds that
// the leak is carried by one word here and by several there, and that a word taken away makes the others louder.

import { bracketed, button, choice, define, fixed, formula, formulaLine, html, liveNumber, math, mi, predictFirst, set, spokenState, svg, toggle } from "./common.js";
import { PARAGRAPHS } from "./word-evidence.data.js";
import { decide } from "./word-evidence.math.js";

const SECTIONS = ["classic", "deep-learning", "architectures"];
const ROOM = 190; // pixels for a probability of one
const STRONGEST = 3;

const two = (value) => fixed(value, 2);
const power = (number) => math("msup", {}, mi("e"), number);

function build(figure) {
  figure.setAttribute("aria-label", "Interactive figure: the words of one paragraph");
  let number = 0;
  let reading = "never";
  let on = [];
  let boxes = [];

  const bars = SECTIONS.map((name, s) => ({
    bar: svg("rect", { x: 104, y: 10 + s * 30, height: 18, class: "kb-figure__box" }),
    text: svg("text", { y: 24 + s * 30, class: "kb-figure__number" }),
    name: svg("text", { x: 98, y: 24 + s * 30, "text-anchor": "end" }, name),
  }));
  const drawing = svg(
    "svg",
    { viewBox: "0 0 340 100", role: "img", "aria-label": "A bar for each section: its probability. The thick frame marks the answer. The text below says the same." },
    ...bars.flatMap(({ bar, text, name }) => [bar, text, name]),
  );
  const text = html("p", { class: "kb-figure__text" });
  const list = html("fieldset", { class: "kb-figure__choice" });
  const live = { b: liveNumber(), sum: liveNumber(2), score: liveNumber(1), top: liveNumber(1), all: liveNumber(), share: liveNumber(3) };
  const formulas = html(
    "div", {},
    formulaLine(formula(mi("z"), "=", mi("b"), "+", "∑", mi("w"), mi("x")), formula("=", live.b.element, "+", live.sum.element), formula("=", live.score.element)),
    formulaLine(formula(mi("p"), "=", math("mfrac", {}, power(live.top.element), live.all.element)), formula("=", live.share.element)),
  );
  const strongest = html("p", {});
  const state = spokenState();

  const which = choice({ label: "Paragraph of", options: PARAGRAPHS.map(({ page }, i) => [String(i), page]), value: "0", onChange: (next) => { number = Number(next); restart(); } });
  const read = choice({ label: "The model has read", options: [["never", "nothing of this page"], ["rest", "the rest of this page"]], value: reading, onChange: (next) => { reading = next; draw(); } });

  /** The paragraph's words as check boxes, all on. */
  function restart() {
    const { words } = PARAGRAPHS[number];
    on = words.map(() => true);
    boxes = words.map((word, j) => toggle({ label: word, value: true, onChange: (checked) => { on[j] = checked; draw(); } }));
    list.replaceChildren(html("legend", {}, "Words"), ...boxes.map(({ row }) => row));
    text.textContent = PARAGRAPHS[number].text;
    draw();
  }

  /** The place of the word that leads most for the present answer against the next section. */
  function leader({ evidence, scores, answer }) {
    const rival = [0, 1, 2].filter((s) => s !== answer).sort((a, b) => scores[b] - scores[a])[0];
    const leads = evidence.map((row) => row[answer] - row[rival]);
    return leads.map((lead, j) => [lead, j]).sort((a, b) => b[0] - a[0]).map(([, j]) => j);
  }

  function off() {
    const now = decide(PARAGRAPHS[number].models[reading], on);
    const first = leader(now).find((j) => on[j]);
    if (first === undefined) return;
    on[first] = false;
    boxes[first].set(false);
    draw();
  }

  function draw() {
    const { section, words, models } = PARAGRAPHS[number];
    const now = decide(models[reading], on);
    const { evidence, scores, shares, answer } = now;
    bars.forEach(({ bar, text: label }, s) => {
      set(bar, { width: shares[s] * ROOM, class: s === answer ? "kb-figure__box--reached" : "kb-figure__box--now" });
      set(label, { x: 104 + shares[s] * ROOM + 6 });
      label.textContent = two(shares[s]);
    });
    const intercept = models[reading].intercepts[section];
    live.b.set(two(intercept));
    live.sum.set(bracketed(Number((scores[section] - intercept).toFixed(2))));
    live.score.set(two(scores[section]));
    live.top.set(two(scores[section]));
    live.all.set(two(scores.reduce((sum, score) => sum + Math.exp(score), 0)));
    live.share.set(two(shares[section]));
    const top = leader(now).filter((j) => on[j]).slice(0, STRONGEST);
    strongest.textContent = top.length ? `Leading words: ${top.map((j) => `${words[j]} (${two(evidence[j][answer])} for ${SECTIONS[answer]})`).join(", ")}.` : "No word is on: the intercepts decide.";
    const gone = on.filter((kept) => !kept).length;
    state.say(`The model ${reading === "never" ? "never read this page" : "has read the rest of this page"}. ${gone ? `${gone} of ${words.length} words are off` : `All ${words.length} words are on`}. It says ${SECTIONS[answer]} with ${two(shares[answer])}: ${answer === section ? "right" : `wrong, the page belongs to ${SECTIONS[section]}`}.`);
  }

  const controls = html(
    "div", { class: "kb-figure__controls" }, which.row, read.row,
    html("div", { class: "kb-figure__row" }, button("Switch off the leading word", off), button("All words on", restart)), list,
  );
  const stage = html("div", {}, text, html("div", { class: "kb-figure__drawings" }, drawing), state.element, controls, strongest, formulas, html("p", {}, "The formulas show the section that the page belongs to."));
  const reply = "Let the model read the rest of the page, then switch off the leading word until the answer falls. Do the same for optimizers.";
  const question = predictFirst({
    question: "A model that read the rest of the page gets this paragraph right. How many words must go until it is wrong?",
    options: [["One", reply], ["A few", reply], ["Most of them", reply]],
    stage,
  });
  figure.append(question, stage);
  restart();
}

define("word-evidence", build);
