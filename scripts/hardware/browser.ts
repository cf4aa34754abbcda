import type { UntriedArea } from "./untried.ts";

export const browser: UntriedArea = {
  name: "Browsers",
  rows: [
    {
      feature: "Safari on macOS and iOS (`packages/web`)",
      instead: "Chromium on Linux",
      proof:
        "The web example's tests in Safari: IndexedDB after seven days without a visit, a closed page, a killed tab",
    },
    {
      feature: "Firefox on the desktop and on Android (`packages/web`)",
      instead: "Chromium on Linux",
      proof: "The web example's tests in Firefox, in a private window too",
    },
    {
      feature: "Chrome on Android (`packages/web`)",
      instead: "Chromium on Linux",
      proof: "The web example on a phone, with the tab discarded while a batch is on its way",
    },
    {
      feature: "WebGPU on the drivers of phones and of integrated graphics",
      instead: "Chromium's software adapter",
      proof: "Self-test within the tolerance, or the fall to wasm with its reason, per adapter name",
    },
    {
      feature: "Training in a browser on WebGPU, and in Firefox and Safari at all (`examples/fine-tune`)",
      instead:
        "onnxruntime-web on wasm in Chromium, in a test; WebGPU on Chromium's software adapter, by hand",
      proof: "The test of the page per browser and adapter: losses as in Node, accuracy after beyond before",
    },
    {
      feature: "Screen readers on the dashboard and on the pages that the tools write",
      instead: "axe in Chromium",
      proof: "VoiceOver, TalkBack and NVDA through every page",
    },
  ],
};
