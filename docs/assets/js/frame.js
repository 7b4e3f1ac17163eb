// The frame around a page: menu, search and the skip link by keyboard, focus that returns, code to copy, folds that open for printing.
// Called by site.js. The menu and the search themselves are the theme's, switched by its two hidden checkboxes; they open and close
// here, since its script comes later (theme.js).

const SEARCH_KEYS = ["/", "s", "f"];
const TURNING_KEYS = { n: "next", ".": "next", p: "prev", ",": "prev" };

const switchOf = (name) => document.querySelector(`[data-md-toggle="${name}"]`);
const inSearch = () => document.querySelector("[data-md-component=search-query]");
let opener = null;

function set(name, on) {
  const box = switchOf(name);
  if (!box || box.checked === on) return;
  box.checked = on;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function open(name, from) {
  opener = from;
  set(name, true);
  if (name === "search") inSearch()?.focus();
  // The drawer becomes visible with the next style update; only then can it take the focus.
  else requestAnimationFrame(() => document.querySelector("#__menu a")?.focus());
}

function onToggle(event) {
  const name = event.target.dataset?.mdToggle;
  if (!name) return;
  for (const button of document.querySelectorAll(`button[data-kb-open="${name}"]`)) button.setAttribute("aria-expanded", String(event.target.checked));
  if (!event.target.checked && opener?.isConnected) {
    // Closing by following a link moves on; closing otherwise returns to where the reader was.
    if (document.activeElement === document.body || document.querySelector("#__menu")?.contains(document.activeElement)) opener.focus();
    opener = null;
  }
}

function onClick(event) {
  if (event.target.closest(".kb-skip") && !event.metaKey && !event.ctrlKey) {
    // Left to the browser, the focus follows some frames later, and the theme takes it off the target again.
    event.preventDefault();
    event.stopPropagation();
    document.getElementById("__content").focus();
    return;
  }
  const opening = event.target.closest("[data-kb-open]");
  if (opening && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    event.stopPropagation();
    open(opening.dataset.kbOpen, opening);
    return;
  }
  const closing = event.target.closest("[data-kb-close]");
  if (closing) {
    set(closing.dataset.kbClose, false);
    opener?.focus();
  }
}

/** Whether a key is meant for the page, not for a field or the browser. */
function isCommand({ target, ctrlKey, metaKey, altKey }) {
  return !(ctrlKey || metaKey || altKey || target.isContentEditable || target.closest?.("input:not([type=radio]), select, textarea"));
}

/** The keys are the theme's own, and it is not told of them. */
function command(event) {
  const neighbor = document.querySelector(`link[rel="${TURNING_KEYS[event.key]}"]`);
  if (SEARCH_KEYS.includes(event.key)) {
    open("search", null);
    inSearch().select();
  } else if (neighbor) {
    // Once the theme has come it takes clicks on links, but no changes of the address.
    const link = document.createElement("a");
    link.href = neighbor.href;
    document.body.append(link);
    link.click();
    link.remove();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function onKey(event) {
  const { key } = event;
  if (key === "Escape" && switchOf("drawer")?.checked) {
    set("drawer", false);
    opener?.focus();
  }
  if (switchOf("search")?.checked) {
    if (key === "Escape") inSearch().blur();
    if (key === "Escape" || key === "Tab") set("search", false);
  } else if (isCommand(event)) command(event);
  // A label works by the keyboard as its button would.
  if ((key === "Enter" || key === " ") && event.target.matches?.("label[tabindex]")) {
    event.preventDefault();
    event.target.click();
  }
}

/** What is done once, for all pages. */
export function frame() {
  shown.observe(document.body, { childList: true });
  document.addEventListener("click", onClick, { capture: true });
  document.addEventListener("change", onToggle);
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", ({ target }) => {
    if (target === inSearch()) set("search", true);
  });
  // A fold that opens changes what scrolls without changing the page's width.
  document.addEventListener("toggle", reach, { capture: true });
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(".md-content details:not([open])")) {
      fold.open = true;
      fold.dataset.kbPrinted = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of document.querySelectorAll("details[data-kb-printed]")) {
      fold.open = false;
      delete fold.dataset.kbPrinted;
    }
  });
}

/** Wide code and tables scroll sideways: what scrolls must be within the keyboard's reach, what does not must not be. */
export function reach() {
  for (const region of document.querySelectorAll(".md-content .md-typeset__scrollwrap, .md-content .md-typeset__table > table, .md-content pre > code")) {
    const scrolls = region.scrollWidth > region.clientWidth + 1;
    // Not by the property: Chromium calls a scrolling element focusable, other browsers do not.
    if (scrolls === region.hasAttribute("tabindex")) continue;
    if (scrolls) {
      region.tabIndex = 0;
      if (region.tagName !== "DIV") continue;
      region.setAttribute("role", "group");
      region.setAttribute("aria-label", "Wide table");
    } else region.removeAttribute("tabindex");
  }
}

const DONE_MS = 2000;

/** A button on each block of code; the theme's own makes an unnamed landmark of every block. */
function copyButtons() {
  for (const code of document.querySelectorAll(".md-content .highlight pre > code")) {
    const pre = code.parentElement;
    if (pre.querySelector(".kb-copy") || code.closest(".kb-output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kb-copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, DONE_MS);
    });
    pre.append(button);
  }
}

/** The theme writes each result's tags as a landmark of its own. */
const results = new MutationObserver(() => {
  for (const tags of document.querySelectorAll(".md-search-result nav.md-tags:not([role])")) tags.setAttribute("role", "none");
});

/** The theme's preview of a link is a dialog without a name, and repeats the landmarks and ids of the page it shows. */
const filled = new MutationObserver((changes) => changes.forEach(({ target }) => dress(target.closest(".md-tooltip2"))));
const shown = new MutationObserver((changes) => {
  for (const tip of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
    if (!tip.classList?.contains("md-tooltip2")) continue;
    dress(tip);
    filled.observe(tip, { childList: true, subtree: true });
  }
});

function dress(tip) {
  if (tip?.getAttribute("role") !== "dialog") return;
  tip.setAttribute("aria-label", `Preview: ${tip.querySelector("h1, h2, h3")?.textContent.trim() || "the linked page"}`);
  for (const part of tip.querySelectorAll("[id]")) part.removeAttribute("id");
  for (const landmark of tip.querySelectorAll("aside, nav, section")) {
    landmark.removeAttribute("aria-labelledby");
    landmark.removeAttribute("aria-label");
    landmark.setAttribute("role", "presentation");
  }
}

const resized = new ResizeObserver(reach);

/** What is done for each page. */
export function page() {
  // The theme makes every address absolute; on paper only those of other sites are written out.
  for (const link of document.querySelectorAll(".md-content__inner a[href]")) {
    if (link.protocol.startsWith("http") && link.origin !== location.origin) link.dataset.kbAway = "";
  }
  copyButtons();
  // Now and whenever the column changes its width.
  reach();
  resized.disconnect();
  const content = document.querySelector(".md-content__inner");
  if (content) resized.observe(content);
  const list = document.querySelector(".md-search-result__list");
  if (list) results.observe(list, { childList: true, subtree: true });
}
