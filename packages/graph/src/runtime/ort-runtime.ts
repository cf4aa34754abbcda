import { messageOf, tidelineError } from "@tideline/spec";
import type { TensorValues } from "../element-type.ts";
import type {
  ExecutionProvider,
  GraphRuntime,
  LoadedGraph,
  LoadOptions,
  RuntimeTensor,
  TensorDeclaration,
} from "./graph-runtime.ts";
import { checkLoadOptions, optionUnsupported } from "./load-options.ts";
import type {
  OrtModule,
  OrtSession,
  OrtSessionOptions,
  OrtTensor,
  OrtTensorConstructor,
  OrtValueMetadata,
} from "./ort-module.ts";
import { probeModel } from "./probe-model.ts";
import { checkTensors, isElementType, releasedGraph, tensorElementType } from "./tensor-check.ts";

/** How {@link ortRuntime} uses one package of onnxruntime. */
export interface OrtAdapter<Module extends OrtModule = OrtModule> {
  readonly name: string;
  /** The package, imported at the first load. */
  readonly ort: () => Promise<Module>;
  /** The providers that the package knows here; whether each can be had is found out by trying. */
  readonly providers: (ort: Module) => readonly ExecutionProvider[];
  /** The options of a session; throws RUNTIME_UNSUPPORTED for what the package cannot do. */
  readonly session: (options: Required<LoadOptions>) => OrtSessionOptions;
}

function declarations(metadata: readonly OrtValueMetadata[]): readonly TensorDeclaration[] {
  return metadata.map((value) => {
    if (!value.isTensor) {
      throw tidelineError("MODEL_UNSUPPORTED", { who: `model value "${value.name}"`, expected: "a tensor" });
    }
    return Object.freeze({
      name: value.name,
      elementType: value.type,
      dims: Object.freeze([...value.shape]),
    });
  });
}

/** An output as the port gives it. The packages copy it out of their own memory, so it is the caller's already. */
function readTensor(who: string, name: string, { type, dims, data }: OrtTensor): RuntimeTensor {
  if (isElementType(type)) {
    const given = data as TensorValues;
    // The packages may hand the bits of half precision out as words.
    const words = type === "float16" && given instanceof Uint16Array;
    const values = words ? new Float16Array(given.buffer, given.byteOffset, given.length) : given;
    return { elementType: type, dims: [...dims], values };
  }
  throw tidelineError("MODEL_UNSUPPORTED", { who, field: name, expected: "numbers", received: type });
}

/** An input as onnxruntime takes it. */
function feedOf(Tensor: OrtTensorConstructor, given: RuntimeTensor): OrtTensor {
  const { values, dims } = given;
  const tensor = new Tensor(tensorElementType(given), values, dims);
  // The native binding (1.30) takes a Float16Array for an empty array: it is shown the same bits as words.
  if (values[Symbol.toStringTag] === "Float16Array") {
    const words = new Uint16Array(values.buffer, values.byteOffset, values.length);
    Object.defineProperty(tensor, "data", { value: words });
  }
  return tensor;
}

/** A session behind the port. */
function loadedGraph(who: string, ort: OrtModule, session: OrtSession): LoadedGraph {
  const ends = {
    inputs: declarations(session.inputMetadata),
    outputs: declarations(session.outputMetadata),
  };
  const Tensor = ort.Tensor as unknown as OrtTensorConstructor;
  let released = false;
  return Object.freeze({
    ...ends,
    async run(given: Readonly<Record<string, RuntimeTensor>>, wanted: readonly string[]) {
      if (released) throw releasedGraph(who);
      checkTensors(who, ends, given, wanted);
      // The packages give all outputs where none is named.
      if (wanted.length === 0) return {};
      const feeds = Object.fromEntries(
        Object.entries(given).map(([name, tensor]) => [name, feedOf(Tensor, tensor)]),
      );
      let results: Readonly<Record<string, OrtTensor>>;
      try {
        results = await session.run(feeds, wanted);
      } catch (cause) {
        throw tidelineError("INTERNAL", {
          who,
          expected: "a run of the model",
          received: messageOf(cause),
          cause,
        });
      }
      return Object.fromEntries(wanted.map((name) => [name, readTensor(who, name, results[name]!)]));
    },
    async release() {
      if (released) return;
      released = true;
      await session.release();
    },
  });
}

/** The providers with which a session of the smallest model can be made, and why one of them cannot. */
async function tryProviders<Module extends OrtModule>(
  adapter: OrtAdapter<Module>,
  ort: Module,
  wanted: ExecutionProvider,
): Promise<{ readonly available: readonly ExecutionProvider[]; readonly cause?: unknown }> {
  const available: ExecutionProvider[] = [];
  let cause: unknown;
  for (const provider of adapter.providers(ort)) {
    try {
      const session = await ort.InferenceSession.create(probeModel(), {
        ...adapter.session({ threads: 1, provider }),
        logSeverityLevel: 4,
      });
      await session.release();
      available.push(provider);
    } catch (error) {
      if (provider === wanted) cause = error;
    }
  }
  return { available, cause };
}

/**
 * An adapter of {@link GraphRuntime} to a package of onnxruntime, which is handed in and imported at the first load.
 *
 * A provider that cannot be had here (no such device, or its library is not installed) is RUNTIME_UNSUPPORTED, and the
 * error says which ones can; it is never replaced in silence.
 *
 * @example
 * const runtime = ortRuntime({
 *   name: "onnxruntime-node",
 *   ort: () => import("onnxruntime-node"),
 *   providers: () => ["cpu"],
 *   session: ({ threads, provider }) => ({ executionProviders: [provider], intraOpNumThreads: threads }),
 * });
 */
export function ortRuntime<Module extends OrtModule>(adapter: OrtAdapter<Module>): GraphRuntime {
  const { name } = adapter;
  return Object.freeze({
    name,
    async load(bytes: Uint8Array, given: LoadOptions = {}) {
      const options = checkLoadOptions(name, given);
      const session = adapter.session(options);
      const ort = await adapter.ort();
      const { provider } = options;
      const known = adapter.providers(ort).includes(provider);
      const refuseProvider = async (): Promise<void> => {
        if (known && provider === "cpu") return;
        const { available, cause } = await tryProviders(adapter, ort, provider);
        if (!available.includes(provider))
          throw optionUnsupported(name, "provider", available.join(", "), provider, cause);
      };
      if (!known) await refuseProvider();
      try {
        return loadedGraph(name, ort, await ort.InferenceSession.create(bytes, session));
      } catch (cause) {
        await refuseProvider();
        throw tidelineError("MODEL_MALFORMED", {
          who: name,
          expected: "an ONNX model that it can load",
          received: messageOf(cause),
          cause,
        });
      }
    },
  });
}
