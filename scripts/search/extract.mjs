/**
 * A page's source to what the index reads: sections with heading, anchor, text to search and text to quote.
 *
 * Called by fields.mjs. Reads Markdown by lines and patterns, not by a parser: the index wants words, and a full
 * parse of a thousand pages would cost ten times the index itself. It judges nothing; the checks do that.
 */
import { anchorOf } from "../../docs/assets/js/search/text.js";

/** Sections beyond what one digit of a posting can name are read as part of the last. */
const MOST_SECTIONS = 90;

const GREEK = { alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", eta: "η", theta: "θ", lambda: "λ", mu: "μ", pi: "π",
  rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", omega: "ω", Delta: "Δ", Sigma: "Σ", sum: "Σ", cdot: "·", times: "×", le: "≤", leq: "≤", ge: "≥",
  geq: "≥", ne: "≠", approx: "≈", infty: "∞", to: "→", in: "∈", partial: "∂", nabla: "∇", sqrt: "√", pm: "±", ell: "ℓ" };

/** A formula as a reader of one line can take it in; a long one is left out of a snippet. */
function formula(tex) {
  const text = tex
    .replace(/\\(?:mathrm|mathbf|text|operatorname|boldsymbol|mathcal|mathbb|hat|bar|tilde|vec|left|right|displaystyle)\b\*?/g, "")
    .replace(/\\([A-Za-z]+)/g, (_, name) => GREEK[name] ?? name)
    .replace(/\\[^A-Za-z]|[{}$&]/g, "").replace(/\s+/g, " ").trim();
  return text.length > 60 ? "…" : text;
}

/** Inline Markdown to plain text. */
export function plain(markdown) {
  if (!/[`*_[\]<{$\\&]/.test(markdown)) return markdown;
  if (!/[[\]<{$\\&]/.test(markdown)) return emphasis(markdown);
  return emphasis(markdown
    .replace(/\$([^$\n]+)\$/g, (_, tex) => formula(tex))
    .replace(/!\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?/g, "$1")
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])(?:\{[^}]*\})?/g, "$1")
    .replace(/\[\^[^\]]+\]/g, "")
    .replace(/\{[:.#][^}]*\}|\{ ?[.#:][^}]*\}/g, "")
    .replace(/<!--.*?-->|<https?:[^>]*>/g, "")
    .replace(/\\([\\`*_{}[\]()#+\-.!$])/g, "$1")
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " })[name]));
}

function emphasis(text) {
  let plainer = text.includes("`") ? text.replace(/(`+)([^`]+)\1/g, "$2") : text;
  if (plainer.includes("*") || plainer.includes("_")) {
    plainer = plainer.replace(/(\*\*|__)(?=\S)([^*]+?)\1/g, "$2").replace(/(^|[\s(])[*_](?=\S)([^*]+?)[*_](?=$|[\s).,;:!?])/g, "$1$2");
  }
  return plainer;
}

/**
 * Sections of a Markdown body.
 * @returns {{heading: string, anchor: string, text: string, code: string}[]} the first is what stands above all headings
 */
export function sectionsOf(markdown) {
  const sections = [{ heading: "", anchor: "", text: [], code: [] }];
  const taken = new Map();
  let current = sections[0];
  let fence = "";
  let formulaOpen = false;
  let hidden = -1; // indentation of a fold that holds a hint or an answer: not quoted, not searched
  for (const line of markdown.split("\n")) {
    const bare = line.trimStart();
    const indent = line.length - bare.length;
    if (fence) {
      if (bare.startsWith(fence) && !bare.slice(fence.length).trim()) fence = "";
      else if (hidden < 0) current.code.push(bare);
      continue;
    }
    if (hidden >= 0 && bare && indent <= hidden) hidden = -1;
    if (bare.startsWith("```") || bare.startsWith("~~~")) {
      fence = /^(`{3,}|~{3,})/.exec(bare)[1];
      continue;
    }
    if (hidden >= 0) continue;
    if (bare.startsWith("$$")) {
      if (!(bare.length > 2 && bare.trimEnd().endsWith("$$"))) formulaOpen = !formulaOpen;
      continue;
    }
    if (formulaOpen) {
      if (bare.trimEnd().endsWith("$$")) formulaOpen = false;
      continue;
    }
    const heading = indent ? null : /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    if (heading) {
      const id = /\{[^}]*#([\w-]+)[^}]*\}\s*$/.exec(heading[2])?.[1];
      const title = plain(heading[2].replace(/\{[^}]*\}\s*$/, "")).trim();
      if (heading[1].length === 1) continue; // the page's title, a field of its own
      let anchor = id ?? anchorOf(title);
      const seen = taken.get(anchor) ?? 0;
      taken.set(anchor, seen + 1);
      if (seen && !id) anchor = `${anchor}_${seen}`;
      if (sections.length < MOST_SECTIONS) sections.push((current = { heading: title, anchor, text: [], code: [] }));
      else current.text.push(`${title}.`);
      continue;
    }
    const fold = /^(?:\?\?\?\+?|!!!)\s+(\w+)?(?:\s+"(.*)")?/.exec(bare);
    if (fold) {
      if (bare.startsWith("?") && (fold[1] === "hint" || fold[1] === "success")) hidden = indent;
      else if (fold[2]) current.text.push(`${plain(fold[2])}.`);
      continue;
    }
    if (/^\[[^\]]+\]\([^)]*"code"\)\s*$/.test(bare) || /^\[[^\]]+\]:\s/.test(bare) || /^\|?\s*:?-{3,}/.test(bare) || bare.startsWith("<!--")) continue;
    if (!bare) continue;
    let text = bare.replace(/^(?:[-*+]|\d+[.)])\s+|^>\s?/, "");
    if (text.includes("|")) text = text.split("|").map((cell) => cell.trim()).filter(Boolean).join(" · ");
    current.text.push(plain(text).trim());
  }
  return sections.map((section) => ({
    heading: section.heading, anchor: section.anchor, code: section.code.join("\n"),
    text: section.text.join(" "),
  }));
}

/**
 * Sections of a companion notebook in percent format: one for each titled cell, prose with the cell it introduces.
 * Code is kept apart; outputs are not in the source and never indexed.
 */
export function notebookSections(source) {
  const sections = [];
  let prose = "";
  for (const cell of source.split(/^# %%/m).slice(1)) {
    const end = cell.indexOf("\n");
    const header = (end < 0 ? cell : cell.slice(0, end)).trim();
    const body = end < 0 ? "" : cell.slice(end + 1);
    if (header.startsWith("[markdown]")) {
      const lines = body.split("\n").map((line) => line.replace(/^# ?/, ""));
      prose += ` ${sectionsOf(lines.join("\n")).map((section) => `${section.heading ? `${section.heading}. ` : ""}${section.text}`).join(" ")}`;
      continue;
    }
    const title = header.replace(/\s+[\w-]+=(?:"[^"]*"|\S+)/g, "").replace(/\[[^\]]*\]/g, "").trim();
    const alt = /\balt="([^"]*)"/.exec(header)?.[1] ?? "";
    if (title || prose.trim()) sections.push({ heading: title, anchor: anchorOf(title), text: `${prose.trim()} ${alt}`.trim(), code: body });
    else if (sections.length) sections[sections.length - 1].code += `\n${body}`;
    prose = "";
  }
  if (prose.trim() && sections.length) sections[sections.length - 1].text += ` ${prose.trim()}`;
  return sections.filter((section) => section.anchor).slice(0, MOST_SECTIONS);
}
