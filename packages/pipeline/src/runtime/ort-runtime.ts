import { messageOf, tidelineError } from "@tideline/spec";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { GraphRuntime, LoadedGraph, RuntimeTensor, TensorDeclaration } from "./graph-runtime.ts";
import { checkTensors } from "./tensor-check.ts";

/** What onnxruntime's packages share: sessions and tensors. */
export interface OrtModule {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", values: Float32Array, dims: readonly number[]) => Tensor;
}

function declarations(metadata: readonly InferenceSession.ValueMetadata[]): readonly TensorDeclaration[] {
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

/** A session behind the port. */
function loadedGraph(who: string, ort: OrtModule, session: InferenceSession): LoadedGraph {
  const inputs = declarations(session.inputMetadata);
  const outputs = declarations(session.outputMetadata);
  let released = false;
  const read = (name: string, tensor: Tensor): RuntimeTensor => {
    if (!(tensor.data instanceof Float32Array)) {
      throw tidelineError("MODEL_UNSUPPORTED", {
        who,
        field: name,
        expected: "float32",
        received: tensor.type,
      });
    }
    return { dims: [...tensor.dims], values: tensor.data.slice() };
  };
  return Object.freeze({
    inputs,
    outputs,
    async run(given: Readonly<Record<string, RuntimeTensor>>, wanted: readonly string[]) {
      if (released) {
        throw tidelineError("ARGUMENT_INVALID", {
          who,
          expected: "a loaded graph",
          received: "a released one",
        });
      }
      checkTensors(who, { inputs, outputs }, given, wanted);
      const feeds = Object.fromEntries(
        Object.entries(given).map(([name, { values, dims }]) => [
          name,
          new ort.Tensor("float32", values, dims),
        ]),
      );
      let results: InferenceSession.ReturnType;
      try {
        results = await session.run(feeds, [...wanted]);
      } catch (cause) {
        throw tidelineError("INTERNAL", {
          who,
          expected: "a run of the model",
          received: messageOf(cause),
          cause,
        });
      }
      return Object.fromEntries(wanted.map((name) => [name, read(name, results[name] as Tensor)]));
    },
    async release() {
      if (released) return;
      released = true;
      await session.release();
    },
  });
}

/**
 * An adapter of {@link GraphRuntime} to a package of onnxruntime, which is imported at the first load.
 *
 * @param session options of a session for so many threads; throws RUNTIME_UNSUPPORTED when there are too many.
 */
export function ortRuntime(adapter: {
  readonly name: string;
  readonly ort: () => Promise<OrtModule>;
  readonly session: (threads: number) => InferenceSession.SessionOptions;
}): GraphRuntime {
  const { name } = adapter;
  return Object.freeze({
    name,
    async load(bytes: Uint8Array, { threads = 1 } = {}) {
      if (!Number.isSafeInteger(threads) || threads < 1) {
        throw tidelineError("ARGUMENT_INVALID", {
          who: name,
          field: "threads",
          expected: "an integer of at least 1",
          received: String(threads),
        });
      }
      const options = adapter.session(threads);
      const ort = await adapter.ort();
      let session: InferenceSession;
      try {
        session = await ort.InferenceSession.create(bytes, options);
      } catch (cause) {
        throw tidelineError("MODEL_MALFORMED", {
          who: name,
          expected: "an ONNX model that it can load",
          received: messageOf(cause),
          cause,
        });
      }
      return loadedGraph(name, ort, session);
    },
  });
}
