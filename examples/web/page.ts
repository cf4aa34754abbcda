import { createCapture, tableRuntime, type Client } from "@tideline/device";
import { app } from "@tideline/example-activity";
import { openWebPorts, ortWebRuntime, sendAbandoned, sendWhenLeaving } from "@tideline/web";
import * as ort from "onnxruntime-web/wasm";
import { deviceMotion, pretendedWalk, type MotionSource } from "./motion.ts";
import { openClient, readConfig } from "./open-client.ts";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", location.href).href;

const element = <Element extends HTMLElement = HTMLElement>(id: string): Element => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as Element;
};
const show = (id: string, text: string): void => {
  element(id).textContent = text;
};

/** What the client says of itself, for the page. */
function showDiagnostics(client: Client): void {
  const { events, releases, lastError } = client.diagnostics();
  const release = releases["activity"];
  show("events", `${events.recorded} recorded, ${events.acknowledged} sent, ${events.pending} waiting`);
  show("release", release === undefined || release.version === 0 ? "none yet" : `version ${release.version}`);
  show("error", lastError === null ? "none" : `${lastError.code}: ${lastError.message}`);
}

/** Asks for a consent per purpose, and tells the client of every change. */
function offerConsent(client: Client): void {
  const place = element("consent");
  const boxes = Object.entries(app.purposes).map(([purpose, words]) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = purpose;
    box.checked = client.diagnostics().consent.includes(purpose);
    const label = document.createElement("label");
    label.append(box, words);
    place.append(label);
    return box;
  });
  place.addEventListener("change", () => {
    const granted = boxes.filter(({ checked }) => checked).map(({ name }) => name);
    void client.setConsent(granted).then(() => showDiagnostics(client));
  });
}

/** Records and predicts until it is stopped. */
function offerMotion(client: Client): void {
  let stop: (() => void) | null = null;
  const start = (source: MotionSource): void => {
    const capture = createCapture(client, { session: crypto.randomUUID(), startTime: Date.now() });
    let taken = 0;
    let last = Promise.resolve();
    const end = source(({ start: first, values }) => {
      last = last.then(async () => {
        if (first > taken) await capture.skip(first - taken);
        taken = first + values.length / 6;
        const prediction = (await capture.push(values)).at(-1);
        if (prediction !== undefined) {
          show("answer", prediction.label.toLowerCase().replaceAll("_", " "));
          show(
            "source",
            prediction.reason === null ? prediction.source : `${prediction.source} (${prediction.reason})`,
          );
        }
        showDiagnostics(client);
      });
    });
    stop = () => {
      end();
      void last.then(() => capture.finish());
    };
  };
  const buttons: readonly (readonly [string, MotionSource])[] = [
    ["sensors", deviceMotion],
    ["pretend", pretendedWalk],
  ];
  for (const [id, source] of buttons) {
    element(id).addEventListener("click", () => {
      stop?.();
      start(source);
    });
  }
  element("stop").addEventListener("click", () => {
    stop?.();
    stop = null;
  });
}

async function main(): Promise<void> {
  const config = await readConfig();
  // A browser that refuses WebAssembly, or does not get its files, still predicts: by the model table.
  const runtimes = [ortWebRuntime(ort, "wasm"), tableRuntime];
  const { ports } = await openWebPorts({ app: app.name, runtimes });
  const client = await openClient(app, config, ports);
  await navigator.serviceWorker?.register("service-worker.js", { type: "module" });
  sendWhenLeaving(client);
  offerConsent(client);
  offerMotion(client);
  const act = (id: string, work: () => Promise<unknown>): void =>
    element(id).addEventListener("click", () => void work().then(() => showDiagnostics(client)));
  act("send", () => client.flush());
  act("update", () => client.update());
  showDiagnostics(client);
  show("state", "ready");
  await client.update();
  await sendAbandoned({ app: app.name, open: (others) => openClient(app, config, others) });
  showDiagnostics(client);
}

main().catch((error: unknown) => show("state", error instanceof Error ? error.message : String(error)));
