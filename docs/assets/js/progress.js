// What a reader has read, kept in their browser alone: ticks, "you can read next", the way to any page, export and import.
// Called by site.js on the roadmap and on topic pages. The map itself comes from the page's own list.
import { pathTo, readableNext, readImport } from "./paths.js";
import { keep, recall } from "./memory.js";

const NAME = "read";
const FILE = "what-i-have-read.json";
const SHOWN_NEXT = 5;

const read = () => new Set(recall(NAME, []));
const store = (slugs) => keep(NAME, [...slugs].sort());

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function tick(slug, label, onChange) {
  const box = element("input", { type: "checkbox" });
  box.checked = read().has(slug);
  box.addEventListener("change", () => {
    const slugs = read();
    if (box.checked) slugs.add(slug);
    else slugs.delete(slug);
    store(slugs);
    onChange();
  });
  return { box, node: element("label", { class: "kb-tick" }, box, label) };
}

/** The map as the roadmap page lists it: slug -> {title, needs, href}; `href` is empty while a page is planned. */
function mapOf(root) {
  return new Map([...root.querySelectorAll(".kb-pages__item")].map((item) => {
    const name = item.querySelector(".kb-concept");
    return [item.dataset.kbSlug, { item, title: name.textContent, needs: item.dataset.kbNeeds.split(" ").filter(Boolean), href: name.getAttribute("href") ?? "" }];
  }));
}

const link = (page, slug) => element("a", { href: page.href || `#page-${slug}` }, page.title);

function list(map, slugs, mark) {
  return element("ol", {}, ...slugs.map((slug) => {
    const page = map.get(slug);
    return element("li", {}, link(page, slug), mark(slug, page));
  }));
}

function roadmap(root, panel) {
  const map = mapOf(root);
  const next = panel.querySelector("[data-kb-next]");
  const way = panel.querySelector("[data-kb-way]");
  const choose = panel.querySelector("select");
  const status = panel.querySelector("[role=status]");
  const boxes = new Map();

  function showWay() {
    way.replaceChildren();
    if (!choose.value) return;
    const done = read();
    const steps = pathTo(map, choose.value);
    const open = steps.filter((slug) => !done.has(slug));
    way.append(element("p", {}, open.length ? `${open.length} of ${steps.length} pages are still to read, in this order:` : "You have read all of it."),
      list(map, steps, (slug, page) => (done.has(slug) ? " (read)" : page.href ? "" : " (planned)")));
  }

  function show() {
    const done = read();
    for (const [slug, box] of boxes) box.checked = done.has(slug);
    const slugs = readableNext(map, done);
    for (const node of root.querySelectorAll(".kb-map__node")) {
      node.classList.toggle("kb-read", done.has(node.dataset.kbSlug));
      node.classList.toggle("kb-next", done.size > 0 && slugs.includes(node.dataset.kbSlug));
    }
    next.replaceChildren(next.querySelector("h2"));
    if (slugs.length) {
      next.append(list(map, slugs.slice(0, SHOWN_NEXT), () => ""));
      if (slugs.length > SHOWN_NEXT) next.append(element("p", { class: "kb-note" }, `and ${slugs.length - SHOWN_NEXT} more`));
    } else next.append(element("p", {}, "Nothing written is left to read. More is planned."));
    next.append(element("p", { class: "kb-note" }, `${done.size} of ${map.size} pages ticked. The ticks stay in this browser.`));
    showWay();
  }

  for (const [slug, page] of map) {
    const { box, node } = tick(slug, element("span", { class: "kb-hidden" }, `I have read ${page.title}`), show);
    boxes.set(slug, box);
    page.item.prepend(node);
  }

  panel.querySelector("[data-kb-export]").addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([`${JSON.stringify({ read: [...read()].sort() }, null, 2)}\n`], { type: "application/json" }));
    element("a", { href: address, download: FILE }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    status.textContent = `Saved as ${FILE}.`;
  });
  const file = element("input", { type: "file", accept: "application/json,.json", class: "kb-hidden", "aria-label": "File to import", tabindex: "-1" });
  const importing = panel.querySelector("[data-kb-import]");
  importing.after(file);
  importing.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const found = readImport(await file.files[0].text(), map);
    if (found) store(new Set([...read(), ...found]));
    status.textContent = found ? `${found.length} ticks imported.` : "This file holds no ticks.";
    file.value = "";
    show();
  });

  choose.addEventListener("change", showWay);
  show();
  next.setAttribute("aria-live", "polite");

  // A page under the pointer or the focus shows its own lines.
  const light = (event) => {
    const slug = event.type === "pointerout" || event.type === "focusout" ? "" : event.target.closest?.(".kb-map__node")?.dataset.kbSlug;
    for (const edge of root.querySelectorAll(".kb-map__edge")) {
      edge.classList.toggle("kb-lit", Boolean(slug) && (edge.dataset.kbFrom === slug || edge.dataset.kbTo === slug));
    }
  };
  for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) root.querySelector("[data-kb-map]").addEventListener(type, light);
}

/** Equips the roadmap, or the tick at the end of a topic page. */
export function equip(root) {
  const panel = root.querySelector("[data-kb-progress]");
  if (panel && panel.dataset.kbReady === undefined) {
    panel.dataset.kbReady = "";
    roadmap(root, panel);
  }
  for (const place of root.querySelectorAll("[data-kb-done][hidden]")) {
    place.append(tick(place.dataset.kbDone, " I have read this page", () => {}).node);
    place.hidden = false;
  }
}
