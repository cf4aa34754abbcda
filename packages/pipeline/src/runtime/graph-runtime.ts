/** A float32 tensor at a runtime's door: row-major values of `dims`. */
export interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** An input or output as the model's file declares it. Lengths known only at run time are text, such as `N`. */
export interface TensorDeclaration {
  readonly name: string;
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
   * The named outputs for the given inputs. Inputs are left as they were; outputs belong to the caller.
   *
   * @throws ARGUMENT_INVALID for a missing or unknown name, dims that contradict the values or the declaration, or
   *   a graph that was released; INTERNAL when the runtime fails.
   */
  run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  /** Frees the model; a second call does nothing. */
  release(): Promise<void>;
}

/** How a model is loaded. */
export interface LoadOptions {
  /** Threads within an operator; 1 by default, so that sums are always taken in the same order. */
  readonly threads?: number;
}

/** The port of everything that runs ONNX graphs: parity, serving and scoring know no runtime but through it. */
export interface GraphRuntime {
  readonly name: string;
  /**
   * Loads the bytes of an ONNX model.
   *
   * @throws MODEL_MALFORMED when the runtime refuses the bytes; RUNTIME_UNSUPPORTED when it cannot have the options.
   */
  load(bytes: Uint8Array, options?: LoadOptions): Promise<LoadedGraph>;
}
