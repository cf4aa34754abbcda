import type { ExecutionProvider, GraphRuntime } from "./graph-runtime.ts";
import { demandOneThread, optionUnsupported } from "./load-options.ts";
import type { OrtModule } from "./ort-module.ts";
import { ortRuntime } from "./ort-runtime.ts";

/** The name of the runtime. */
const NAME = "onnxruntime-web";

/** What onnxruntime-web calls the providers that it has. */
const PROVIDERS: Readonly<Partial<Record<ExecutionProvider, string>>> = { cpu: "wasm", webgpu: "webgpu" };

/** Whether this page, worker or process knows WebGPU; whether there is an adapter shows when a model is loaded. */
const knowsWebGpu = (): boolean =>
  (globalThis as { readonly navigator?: { readonly gpu?: unknown } }).navigator?.gpu !== undefined;

/**
 * An adapter of {@link GraphRuntime} to onnxruntime-web, handed in as one of its bundles: in a page, a worker or Node.
 * `cpu` is WebAssembly on the thread that calls, so a page that wants to stay responsive calls it in a worker; `webgpu`
 * needs a bundle that has it and a browser with an adapter.
 *
 * Where its files lie and how many threads it has are settings of the bundle, before the first load: set
 * `env.wasm.numThreads` to 1, for equal bits.
 *
 * @throws RUNTIME_UNSUPPORTED from `load` for more than one thread, or a provider that this place has not.
 * @example
 * const runtime = ortWebGraphRuntime(async () => {
 *   const ort = await import("onnxruntime-web/wasm");
 *   ort.env.wasm.numThreads = 1;
 *   ort.env.wasm.wasmPaths = new URL("./", location.href).href;
 *   return ort;
 * });
 */
export function ortWebGraphRuntime(ort: () => Promise<OrtModule>): GraphRuntime {
  return ortRuntime({
    name: NAME,
    ort,
    providers: () => (knowsWebGpu() ? ["cpu", "webgpu"] : ["cpu"]),
    session: ({ threads, provider }) => {
      const own = PROVIDERS[provider];
      if (own === undefined)
        throw optionUnsupported(NAME, "provider", knowsWebGpu() ? "cpu, webgpu" : "cpu", provider);
      demandOneThread(NAME, { threads });
      return { executionProviders: [own], executionMode: "sequential", logSeverityLevel: 3 };
    },
  });
}
