import { createHash } from "node:crypto";
import type { LoadedModel, ModelRuntime } from "@tideline/device";
import { tidelineError } from "@tideline/spec";
import type { InferenceSession } from "onnxruntime-web";

/** What both runtimes say of themselves; onnxruntime 1.2x supports opset 21 and up, nothing here needs more. */
const ORT = { name: "onnx", tier: "cpu", version: "1.30.0", level: 21 } as const;

interface SharedSession {
  readonly session: Promise<InferenceSession>;
  users: number;
  /** Runs of one session must not overlap; each waits for the one before. */
  last: Promise<unknown>;
}

/** Sessions of this process by digest of the model's bytes, since its phones mostly run the same model. */
const sessions = new Map<string, SharedSession>();

async function loadOrt(): Promise<typeof import("onnxruntime-web")> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  return ort;
}

async function load(
  bytes: Uint8Array,
  { input, output }: { readonly input: string; readonly output: string },
): Promise<LoadedModel> {
  const ort = await loadOrt();
  const key = createHash("sha256").update(bytes).digest("hex");
  const shared: SharedSession = sessions.get(key) ?? {
    session: ort.InferenceSession.create(bytes, {
      executionProviders: ["wasm"],
      logSeverityLevel: 3,
    }),
    users: 0,
    last: Promise.resolve(),
  };
  sessions.set(key, shared);
  shared.users += 1;
  const leave = async (): Promise<void> => {
    shared.users -= 1;
    if (shared.users > 0) return;
    sessions.delete(key);
    await shared.last.catch(() => undefined);
    await (await shared.session).release();
  };
  let session: InferenceSession;
  try {
    session = await shared.session;
  } catch (cause) {
    sessions.delete(key);
    throw cause;
  }

  const run = async (window: Float32Array, dims: readonly [1, number, number]): Promise<Float32Array> => {
    const before = shared.last;
    const answer = (async () => {
      await before.catch(() => undefined);
      return session.run({ [input]: new ort.Tensor("float32", window, dims) }, [output]);
    })();
    shared.last = answer;
    return ((await answer)[output]!.data as Float32Array).slice();
  };
  return { run, release: leave };
}

/** onnxruntime-web as a browser runs it: WebAssembly, one thread. Phones of one process share a model's session. */
export const wasmRuntime: ModelRuntime = Object.freeze({ ...ORT, load });

/** A phone whose runtime cannot load any model. */
export const brokenRuntime: ModelRuntime = Object.freeze({
  ...ORT,
  load: () =>
    Promise.reject(
      tidelineError("RUNTIME_UNSUPPORTED", {
        who: "runtime",
        expected: "a platform with WebAssembly",
        received: "one without it",
      }),
    ),
});
