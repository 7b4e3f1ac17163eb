// Renders formulas for mathematics.py: per line a JSON list of formulas on stdin, of answers on stdout.
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

function render({ tex, display }) {
  try {
    return { html: katex.renderToString(tex, { ...OPTIONS, displayMode: display }) };
  } catch (error) {
    return { error: String(error.message), position: error.position ?? null };
  }
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(JSON.stringify(JSON.parse(line).map(render)) + "\n");
