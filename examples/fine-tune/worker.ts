import { ortWebGraphRuntime, type GraphRuntime } from "@tideline/graph";
import type { FittedNumbers } from "@tideline/learn/net";
import * as ort from "onnxruntime-web/wasm";
import { fineTune, type FineTuneSettings } from "./fine-tune.ts";
import type { News, Order } from "./message.ts";
import { pace } from "./pace.ts";
import { readPopulation } from "./population-file.ts";
import { sha256 } from "./sha256.ts";

/** What is used of the worker's global scope. */
const scope = self as unknown as {
  postMessage(news: News, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listen: (event: MessageEvent<Order>) => void): void;
};
const here = new URL("./", location.href).href;

const onCpu = ortWebGraphRuntime(async () => {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = here;
  return ort;
});
/** Its code is fetched when somebody chooses it. */
const onGpu = ortWebGraphRuntime(async () => {
  const bundle = await import("onnxruntime-web/webgpu");
  bundle.env.wasm.numThreads = 1;
  bundle.env.wasm.wasmPaths = here;
  return bundle;
});

let stopped = false;

async function run(initial: FittedNumbers, settings: FineTuneSettings): Promise<void> {
  stopped = false;
  const runtime: GraphRuntime = settings.provider === "webgpu" ? onGpu : onCpu;
  const measured = pace();
  const { before, after, losses, stepGraph, onnx, fitted } = await fineTune(runtime, initial, settings, {
    onBefore: (judgement) => scope.postMessage({ kind: "before", before: judgement }),
    onStep({ step, steps, loss }) {
      measured.step();
      scope.postMessage({ kind: "step", step, steps, loss });
    },
    async onEpoch({ epoch, metric }) {
      measured.pause();
      scope.postMessage({ kind: "epoch", epoch, accuracy: metric!, millisecondsPerStep: measured.median() });
      // A turn of the event loop, in which an order to stop is heard.
      await new Promise((resolve) => setTimeout(resolve));
      return stopped ? "stop" : undefined;
    },
  });
  const report = {
    settings,
    runtime: runtime.name,
    parameters: fitted.parameters.length,
    stepGraphSha256: await sha256(stepGraph),
    losses,
    millisecondsPerStep: measured.median(),
    accuracyBefore: before.accuracy,
    accuracyAfter: after.accuracy,
    probabilities: [...after.probabilities],
  };
  scope.postMessage({ kind: "done", after, report, onnx: onnx.slice() });
}

const tell = (error: unknown): void =>
  scope.postMessage({ kind: "failed", words: error instanceof Error ? error.message : String(error) });

async function begin(): Promise<void> {
  const response = await fetch(new URL("population.bin", here));
  if (!response.ok) throw new Error(`The model did not come: ${response.status}.`);
  const initial = readPopulation(new Uint8Array(await response.arrayBuffer()));
  scope.addEventListener("message", ({ data }) => {
    if (data.kind === "stop") stopped = true;
    else run(initial, data.settings).catch(tell);
  });
  scope.postMessage({ kind: "ready" });
}

begin().catch(tell);
