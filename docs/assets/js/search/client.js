/**
 * Stands between Material's search dialog and our search. The build puts it before the theme's bundle, into the same file.
 *
 * The theme starts a worker and speaks four messages with it (SETUP, READY, QUERY, RESULT). `Channel` is that worker to
 * the theme: it starts ours only when somebody asks, passes results on, and puts what the theme's messages cannot say
 * into the dialog: snippets as they arrive, a failure with a retry, what to read instead of nothing.
 */

const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;
/** Where this script stands (assets/javascripts/) says where everything else does, at any depth and under any sub-path. */
const ROOT = new URL("../../", document.currentScript.src);
const BASE = new URL("assets/js/search/", ROOT);
const FOLDER = new URL("search/", ROOT).href;
const OFFLINE = location.protocol === "file:";
/** A search that has not answered by now has failed, whatever the network says, in milliseconds. */
const PATIENCE = 15_000;

class Channel extends EventTarget {
  #ask = null;
  #id = 0;
  #value = "";
  #timer = 0;
  #answered = 0;
  #entered = null;

  /** Whether `value`, which stands in the box, is not what the results below it answer. */
  waits(value) {
    return this.#answered !== this.#id || value !== this.#value;
  }

  /** Enter was pressed before the answer to `value` had come: it is pressed again below the right results. */
  enterLater(value) {
    this.#entered = value;
  }

  postMessage({ type, data }) {
    if (type === SETUP) setTimeout(() => this.#say({ type: READY }));
    if (type === QUERY) this.query(String(data));
  }

  terminate() {}

  async query(value) {
    this.#value = value;
    const id = ++this.#id;
    if (value !== this.#entered) this.#entered = null;
    clearTimeout(this.#timer);
    if (!value) {
      this.#answered = id;
      this.#show({ items: [], suggest: [] });
      return;
    }
    this.#timer = setTimeout(() => this.#hear({ type: "failure", id }), PATIENCE);
    try {
      // The promise is kept, not what it gives: letters typed before the script has come must not start a second one,
      // which would take away the first one's shards.
      this.#ask ??= OFFLINE ? this.#script() : Promise.resolve(this.#worker());
      const ask = await this.#ask;
      if (id === this.#id) ask({ type: "query", id, value });
    } catch {
      this.#ask = null;
      this.#hear({ type: "failure", id });
    }
  }

  #worker() {
    const worker = new Started(new URL("worker.js", BASE));
    worker.addEventListener("message", ({ data }) => this.#hear(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#ask = null;
      this.#hear({ type: "failure", id: this.#id });
    });
    worker.postMessage({ type: "start", folder: FOLDER });
    return (message) => worker.postMessage(message);
  }

  #script() {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("offline.js", BASE).href;
      script.onload = () => resolve(globalThis.kbSearchOffline(FOLDER, (message) => this.#hear(message)));
      script.onerror = () => {
        script.remove();
        reject(new Error("offline.js"));
      };
      document.head.append(script);
    });
  }

  #hear(message) {
    if (message.id !== this.#id) return;
    if (message.type === "snippet") {
      const slot = document.querySelector(`[data-kb-hit="${message.at}"]`);
      if (slot) slot.innerHTML = message.html; // escaped by display.js
      return;
    }
    clearTimeout(this.#timer);
    this.#answered = message.id;
    if (message.type === "failure") {
      this.#entered = null;
      if (!OFFLINE) this.#ask = null; // a worker that could not start is started anew
      this.#show({ items: [], suggest: [] });
      this.#note("The search could not load its index.", (note) => {
        const retry = document.createElement("button");
        retry.type = "button";
        retry.className = "md-button kb-search-retry";
        retry.textContent = "Try again";
        retry.addEventListener("click", () => this.query(this.#value));
        note.append(" ", retry);
      });
      return;
    }
    this.#show(message);
    if (message.corrected.length) this.#note(`Showing results for ${message.corrected.map(([, word]) => word).join(" ")}`);
    if (!message.items.length) {
      this.#note("Nearest concepts:", (note) => {
        for (const { title, url } of message.nearest) note.append(" ", nearestLink(title, new URL(url, ROOT).href));
      });
    }
    if (this.#entered !== null) {
      this.#entered = null;
      focusedBox()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }
  }

  #show({ items, suggest }) {
    document.querySelector(".kb-search-note")?.remove();
    this.#say({ type: RESULT, data: { items, suggest } });
  }

  /** A line between the count and the list. The theme keeps hold of the first and last child of its element, not of what is between. */
  #note(text, fill) {
    const list = document.querySelector(".md-search-result__list");
    if (!list) return;
    document.querySelector(".kb-search-note")?.remove();
    const note = document.createElement("div");
    note.className = "kb-search-note";
    note.setAttribute("role", "status");
    note.append(text);
    fill?.(note);
    list.before(note);
  }

  #say(data) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function nearestLink(title, href) {
  const link = document.createElement("a");
  link.className = "kb-search-nearest";
  link.href = href;
  // The theme reads the score of the first element in each link when Enter is pressed.
  const label = document.createElement("span");
  label.dataset.mdScore = "0";
  label.textContent = title;
  link.append(label);
  return link;
}

/** The search's box while the reader types in it, else null. */
function focusedBox() {
  return document.activeElement?.matches("[data-md-component=search-query]") ? document.activeElement : null;
}

let channel = null;

/** Enter opens a result of what was typed, never a mere suggestion; Tab leaves the box for a button of ours where there is one. */
addEventListener("keydown", (event) => {
  const box = focusedBox();
  if (!box) return;
  const note = document.querySelector(".kb-search-note");
  if (event.key === "Enter" && channel?.waits(box.value)) {
    event.stopImmediatePropagation();
    event.preventDefault();
    channel.enterLater(box.value);
  } else if (event.key === "Enter" && !document.querySelector(".md-search-result__item")) {
    event.stopImmediatePropagation();
    event.preventDefault();
    note?.querySelector("button")?.click();
  }
  if (event.key === "Tab" && !event.shiftKey && note?.querySelector("button")) {
    event.stopImmediatePropagation();
    event.preventDefault();
    note.querySelector("button").focus();
  }
}, true);

/** The theme reads the box on key presses alone: pasting, dictation and input methods are told to it as one. */
addEventListener("input", ({ target }) => {
  if (target?.matches?.("[data-md-component=search-query]")) target.dispatchEvent(new Event("keyup"));
});

// The theme asks for a worker exactly once, with the address its configuration names. Everything else is passed through.
const Started = globalThis.Worker;
globalThis.Worker = new Proxy(Started ?? class {}, {
  construct(target, [url, ...rest]) {
    if (!/\/workers\/search\.[0-9a-f]+\.min\.js$/.test(String(url))) return Reflect.construct(target, [url, ...rest]);
    channel = new Channel();
    return channel;
  },
});
