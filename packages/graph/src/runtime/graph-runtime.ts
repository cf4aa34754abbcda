import type { ElementType, TensorValues } from "../element-type.ts";

/**
 * A tensor at a runtime's door: row-major values of `dims`, in the typed array of its element type (`bool` as 0 and 1
 * in bytes).
 */
export interface RuntimeTensor {
  /** What the typed array says by default; bytes alone are `uint8`, so that a `bool` tensor must be named. */
  readonly elementType?: ElementType;
  readonly dims: readonly number[];
  readonly values: TensorValues;
}

/** An input or output as the model's file declares it. Lengths known only at run time are text, such as `N`. */
export interface TensorDeclaration {
  readonly name: string;
  /** As onnxruntime names it: an {@link ElementType}, or one that the port cannot carry, such as `string`. */
  readonly elementType: string;
  readonly dims: readonly (number | string)[];
}

/** A model that a runtime has loaded. */
export interface LoadedGraph {
  readonly inputs: readonly TensorDeclaration[];
  readonly outputs: readonly TensorDeclaration[];
  /** The bytes that run in the graph's place, from a runtime that translates it; absent where the graph itself runs. */
  readonly translated?: Uint8Array;
  /**
   * The named outputs for the given inputs. Inputs are left as they were. Outputs belong to the caller, each in memory
   * of its own: later runs leave them alone, and they may be fed back, written to or transferred.
   *
   * @throws ARGUMENT_INVALID for a missing or unknown name, dims or an element type that contradict the values or the
   *   declaration, or a graph that was released; INTERNAL when the runtime fails.
   */
  run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  /** Frees the model; a second call does nothing. */
  release(): Promise<void>;
}

/** Whose kernels run a graph, by onnxruntime's names. What a provider has no kernel for runs on the CPU. */
export type ExecutionProvider = "cpu" | "cuda" | "tensorrt" | "webgpu" | "dml" | "coreml";

/** How a model is loaded. */
export interface LoadOptions {
  /** Threads within an operator; 1 by default, so that sums are always taken in the same order. */
  readonly threads?: number;
  /** `cpu` by default, where equal inputs give equal bits. */
  readonly provider?: ExecutionProvider;
}

/** The port of everything that runs ONNX graphs: training, parity, serving and scoring know no runtime but through it. */
export interface GraphRuntime {
  readonly name: string;
  /**
   * Loads the bytes of an ONNX model.
   *
   * @throws MODEL_MALFORMED when the runtime refuses the bytes; RUNTIME_UNSUPPORTED when it cannot have the options,
   *   naming what is available; ARGUMENT_INVALID for options that make no sense.
   */
  load(bytes: Uint8Array, options?: LoadOptions): Promise<LoadedGraph>;
}
