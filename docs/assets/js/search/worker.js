/** The search in a worker: the index by fetch, beside the site's root. Started by client.js with the root as its first message. */
import { createAnswerer } from "./answer.js";

let ask = null;

addEventListener("message", ({ data }) => {
  if (data.type === "start") {
    let version = "";
    const load = async (name) => {
      // Files of one build carry its version, so that a cache never mixes two.
      const stamp = version && name !== "index" ? `?v=${version}` : "";
      const response = await fetch(`${data.folder}${name}.json${stamp}`);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      const value = await response.json();
      if (name === "index") version = value.version;
      return value;
    };
    ask = createAnswerer(load, (message) => postMessage(message));
  } else if (data.type === "query") {
    ask?.(data);
  }
});
