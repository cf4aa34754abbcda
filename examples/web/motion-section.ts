import { createCapture, type CapturedPrediction, type Client } from "@tideline/device";
import { element, show, wordsOf } from "./element.ts";
import { deviceMotion, pretendedWalk, type MotionSource } from "./motion.ts";

/** Who answered, as a person says it. */
const SOURCES: Readonly<Record<CapturedPrediction["source"], string>> = {
  device: "the model in this browser",
  endpoint: "the model at the server",
  last: "the answer before this one",
  rule: "a simple rule, not the model",
};

/** How long a device without sensors is waited for, milliseconds. */
const PATIENCE_MS = 3000;

function showPrediction({ label, source, reason }: CapturedPrediction): void {
  const words = label.toLowerCase().replaceAll("_", " ");
  show("answer", words.charAt(0).toUpperCase() + words.slice(1));
  show("source", reason === null ? SOURCES[source] : `${SOURCES[source]} (${reason})`);
  const isMissing = reason === "CONSENT_MISSING";
  show("hint", isMissing ? "The model answers once you allow what it is for. Nothing is recorded now." : "");
}

/**
 * Records and predicts from when a source is chosen until it is stopped; `changed` is called after each part. Returns
 * how to stop and forget the last answer.
 */
export function offerMotion(client: Client, changed: () => void): () => void {
  const stopButton = element<HTMLButtonElement>("stop");
  let stop: (() => void) | null = null;

  const start = async (source: MotionSource): Promise<void> => {
    stop?.();
    const capture = createCapture(client, { session: crypto.randomUUID(), startTime: Date.now() });
    let taken = 0;
    let last: Promise<unknown> = Promise.resolve();
    show("hint", "Listening. The first answer takes a few seconds.");
    const end = await source(({ start: first, values }) => {
      last = last
        .then(async () => {
          if (first > taken) await capture.skip(first - taken);
          taken = first + values.length / 6;
          const prediction = (await capture.push(values)).at(-1);
          if (prediction !== undefined) showPrediction(prediction);
          changed();
        })
        .catch((error: unknown) => show("error", wordsOf(error)));
    });
    const impatient = setTimeout(() => {
      if (taken === 0) show("hint", "No motion comes from this device. Pretend to walk instead.");
    }, PATIENCE_MS);
    stopButton.disabled = false;
    stop = () => {
      clearTimeout(impatient);
      end();
      void last.then(() => capture.finish()).then(changed);
      stopButton.disabled = true;
      show("hint", "");
      stop = null;
    };
  };

  const sources: Readonly<Record<string, MotionSource>> = { sensors: deviceMotion, pretend: pretendedWalk };
  for (const [id, source] of Object.entries(sources)) {
    element(id).addEventListener("click", () => {
      start(source).catch((error: unknown) => show("hint", wordsOf(error)));
    });
  }
  stopButton.addEventListener("click", () => stop?.());
  return () => {
    stop?.();
    show("answer", "Nothing known yet");
    show("source", "nobody");
  };
}
