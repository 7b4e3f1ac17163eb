// The frame around a page: menu and search by keyboard, focus that returns, folds that open for printing.
// Called by site.js. The menu and the search themselves are the theme's, switched by its two hidden checkboxes.

const switchOf = (name) => document.querySelector(`[data-md-toggle="${name}"]`);
const inSearch = () => document.querySelector("[data-md-component=search-query]");
let opener = null;

function set(name, on) {
  const box = switchOf(name);
  if (box && box.checked !== on) box.click();
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

function onKey(event) {
  if (event.key === "Escape" && switchOf("drawer")?.checked) {
    set("drawer", false);
    opener?.focus();
  }
  // A label works by the keyboard as its button would.
  if ((event.key === "Enter" || event.key === " ") && event.target.matches?.("label[tabindex]")) {
    event.preventDefault();
    event.target.click();
  }
}

/** What is done once, for all pages. */
export function frame() {
  document.addEventListener("click", onClick, { capture: true });
  document.addEventListener("change", onToggle);
  document.addEventListener("keydown", onKey);
  // A click on a toggle by script fires no bubbling change in every browser: the theme dispatches it, and so do we.
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

/** What is done for each page. */
export function page() {
  for (const code of document.querySelectorAll(".md-typeset pre > code")) {
    // Wide code scrolls; a region that scrolls must be reachable by keyboard.
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
  }
}
