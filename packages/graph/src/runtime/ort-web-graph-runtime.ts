import { messageOf, tidelineError } from "@tideline/spec";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";
import type { ExecutionProvider, GraphRuntime, LoadOptions } from "./graph-runtime.ts";
import { demandOneThread, optionUnsupported } from "./load-options.ts";
import type { OrtModule } from "./ort-module.ts";
import { narrowModel } from "./narrow-model.ts";
import { ortRuntime } from "./ort-runtime.ts";

/** The name of the runtime. */
const NAME = "onnxruntime-web";

/** What onnxruntime-web calls the providers that it has. */
const PROVIDERS: Readonly<Partial<Record<ExecutionProvider, string>>> = { cpu: "wasm", webgpu: "webgpu" };

/**
 * Tensors that a WebGPU kernel of onnxruntime joins or divides at once. Every device has 8 storage buffers for a shader
 * (WebGPU's default for `maxStorageBuffersPerShaderStage`), one of which is the other end.
 */
const MOST_TENSORS = 7;

/** A model whose kernels need no more storage buffers than every device has. */
function narrowed(bytes: Uint8Array): Uint8Array {
  try {
    return writeOnnx(narrowModel(readOnnx(bytes), MOST_TENSORS));
  } catch (cause) {
    throw tidelineError("MODEL_MALFORMED", {
      who: NAME,
      expected: "an ONNX model that it can load",
      received: messageOf(cause),
      cause,
    });
  }
}

/** Whether this page, worker or process knows WebGPU; whether there is an adapter shows when a model is loaded. */
const knowsWebGpu = (): boolean =>
  (globalThis as { readonly navigator?: { readonly gpu?: unknown } }).navigator?.gpu !== undefined;

/**
 * An adapter of {@link GraphRuntime} to onnxruntime-web, handed in as one of its bundles: in a page, a worker or Node.
 * `cpu` is WebAssembly on the thread that calls, so a page that wants to stay responsive calls it in a worker; `webgpu`
 * needs a bundle that has it and a browser with an adapter, and was run on Chromium's software adapter alone. There, as of
 * onnxruntime-web 1.30, a Conv of six channels gave wrong numbers and a Cast to double precision did not load: compare
 * its answers with those of `cpu` first.
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
  const runtime = ortRuntime({
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
  return Object.freeze({
    name: NAME,
    load: (bytes: Uint8Array, options: LoadOptions = {}) =>
      runtime.load(options.provider === "webgpu" ? narrowed(bytes) : bytes, options),
  });
}
