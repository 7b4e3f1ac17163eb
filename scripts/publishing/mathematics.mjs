// Renders formulas for mathematics.py: one JSON request per line on stdin, one JSON answer per line on stdout.
// A long-lived process, because starting Node costs more than a whole page of formulas.
import { createInterface } from "node:readline";
import katex from "katex";

const OPTIONS = {
  output: "mathml", // KaTeX's HTML output carries style attributes, which the site's policy forbids
  throwOnError: true,
  strict: "error",
  maxSize: 20, // em: no formula can cover the page
  maxExpand: 1000, // macro expansions: \def\a{\a\a} ends
  // \href, \url, \includegraphics and \html… ask here; KaTeX alone would print them in red and go on.
  trust(context) {
    throw new Error(`${context.command} is not allowed in a formula`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { ...OPTIONS, displayMode: display }) };
  } catch (error) {
    answer = { error: String(error.message), position: error.position ?? null };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
