/** The search on the page itself, for a folder opened from file://, where workers and fetch are refused: each file of the index is a script. */
import { createAnswerer } from "./answer.js";

const waiting = new Map();

globalThis.kbSearchLoaded = (name, value) => waiting.get(name)?.(value);

/** What client.js calls instead of starting a worker. */
globalThis.kbSearchOffline = (folder, send) => {
  const load = (name) => new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    const script = document.createElement("script");
    script.src = `${folder}${name}.js`;
    script.onload = () => script.remove();
    script.onerror = () => {
      script.remove();
      reject(new Error(name));
    };
    document.head.append(script);
  });
  return createAnswerer(load, send);
};
