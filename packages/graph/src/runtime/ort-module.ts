import type { ElementType, TensorValues } from "../element-type.ts";

/** A tensor of onnxruntime, as far as the port reads it. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Throws for a tensor that is not in the processor's memory. */
  readonly data: unknown;
}

/** What a session declares of an input or output. */
export type OrtValueMetadata =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string;
      readonly isTensor: true;
      readonly type: string;
      readonly shape: readonly (number | string)[];
    };

/** A session of onnxruntime, as far as the port uses it. */
export interface OrtSession {
  readonly inputMetadata: readonly OrtValueMetadata[];
  readonly outputMetadata: readonly OrtValueMetadata[];
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** Options of a session by onnxruntime's names; what they mean is said there. */
export interface OrtSessionOptions {
  readonly executionProviders: readonly string[];
  readonly executionMode?: "sequential" | "parallel";
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "layout" | "all";
  readonly enableCpuMemArena?: boolean;
  readonly enableMemPattern?: boolean;
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}

/** Makes a tensor over the values, which are not copied. */
export type OrtTensorConstructor = new (
  type: ElementType,
  values: TensorValues,
  dims: readonly number[],
) => OrtTensor;

/**
 * What the packages of onnxruntime share (`onnxruntime-node`, `onnxruntime-web`, `onnxruntime-react-native`), written
 * down structurally: whoever has one hands it in, and nobody else must install it.
 */
export interface OrtModule {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: OrtSessionOptions): Promise<OrtSession>;
  };
  /** Of its many constructors the one that the compiler can compare; every {@link ElementType} has its own. */
  readonly Tensor: new (type: "float32", values: Float32Array, dims: readonly number[]) => OrtTensor;
}
