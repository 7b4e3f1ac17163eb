// The theme's script weighs as much as most pages: it comes when the reader first does something. Called by site.js.
// What must not wait for it is done without it: the scheme (overrides/partials/javascripts/palette.html), the sidebars (site.css),
// tables (scripts/publishing/tables.py), the keys and buttons of menu and search (frame.js). Here is what waits for it, and what it is told.

const GESTURES = ["pointermove", "pointerover", "pointerdown", "touchstart", "keydown", "wheel", "scroll", "focusin", "change"];
/** After a failure, so that a moving pointer does not ask a hundred times a second. */
const PAUSE_MS = 1000;
const FAILED = "The search could not be loaded. It is tried again as you go on.";
/** So long after its start the theme closes menu and search where the address names a section, as after a click on one. */
const CLOSING_MS = 125;

const PLACE = document.querySelector("template[data-src]");
// Of the page that the browser loaded: instant navigation changes the address, and what is relative to it.
const ADDRESS = PLACE && new URL(PLACE.dataset.src, document.baseURI).href;
const PATH = location.pathname;

const listening = { capture: true, passive: true };
let came = false;
/** What stood in the search box when Enter was pressed before anything could answer. */
let entered = null;

/**
 * Fetches the theme's script with the first gesture, or at once where the address asks for what only it can do.
 * @param {() => void} onArrival called once, when the theme has taken over the page that the browser loaded
 * @param {() => void} onPage called for each page that instant navigation brings
 */
export function theme(onArrival, onPage) {
  if (!PLACE) return;
  const wake = () => {
    for (const gesture of GESTURES) removeEventListener(gesture, wake, listening);
    const script = document.createElement("script");
    script.src = ADDRESS;
    script.addEventListener("load", () => arrived(onArrival, onPage));
    script.addEventListener("error", () => {
      script.remove();
      for (const status of document.querySelectorAll(".md-search-result__meta")) status.textContent = FAILED;
      setTimeout(wait, PAUSE_MS);
    });
    PLACE.after(script);
  };
  const wait = () => {
    for (const gesture of GESTURES) addEventListener(gesture, wake, listening);
  };
  // Not before the document is complete to the browser: the theme listens to that event too, and would show the page twice.
  document.addEventListener("DOMContentLoaded", () => (isAsked() ? wake : wait)(), { once: true });
  document.addEventListener("submit", enter);
  addEventListener("popstate", reload);
}

/** A search to open, words to mark, a section to unfold; or a place within the page, of which header and contents tell. */
function isAsked() {
  const parameters = new URLSearchParams(location.search);
  return parameters.has("q") || parameters.has("h") || location.hash !== "" || scrollY > 0;
}

function arrived(onArrival, onPage) {
  const shown = window.document$;
  if (!shown) return; // it failed at its start: what is ours works without it
  came = true;
  keepOpen();
  let first = true;
  shown.subscribe(() => {
    if (!first) onPage();
    first = false;
  });
  // It waits for an event that is long past.
  shown.next(document);
  onArrival();
  const box = document.activeElement;
  if (entered !== null && box?.value === entered) box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  document.documentElement.dataset.kbTheme = "";
}

/** What the reader opened while the theme was on its way stays open. */
function keepOpen() {
  const opened = [...document.querySelectorAll("[data-md-toggle]:checked")];
  const refuse = (event) => {
    if (!event.isTrusted && opened.includes(event.target)) event.preventDefault();
  };
  document.addEventListener("click", refuse, { capture: true });
  setTimeout(() => document.removeEventListener("click", refuse, { capture: true }), CLOSING_MS);
}

/** No form of the site has a server that would answer; the search's is answered when there is a search. */
function enter(event) {
  event.preventDefault();
  if (event.target.name === "search") entered = document.activeElement?.value ?? null;
}

/** Back to another page of the history that instant navigation made before this one was reloaded: only the address has changed. */
function reload() {
  if (!came && location.pathname !== PATH) location.reload();
}
