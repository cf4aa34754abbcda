import type { LoadOptions, RuntimeTensor, TensorDeclaration } from "@tideline/graph";
import type { PortableError } from "../portable-error.ts";

/** Runtimes that a worker thread can hold. */
export type WorkerRuntimeName = "litert" | "onnxruntime-node" | "onnxruntime-web";

/** What the worker is asked; `graph` is the number that the asker gave a loaded graph. */
export type WorkerCall =
  | {
      readonly kind: "load";
      readonly graph: number;
      readonly bytes: Uint8Array;
      readonly options: LoadOptions;
    }
  | {
      readonly kind: "run";
      readonly graph: number;
      readonly inputs: Readonly<Record<string, RuntimeTensor>>;
      readonly outputs: readonly string[];
    }
  | { readonly kind: "release"; readonly graph: number };

/** What comes back of each kind of call. */
export interface WorkerResult {
  readonly load: {
    readonly inputs: readonly TensorDeclaration[];
    readonly outputs: readonly TensorDeclaration[];
  };
  readonly run: Readonly<Record<string, RuntimeTensor>>;
  readonly release: null;
}

/** A call on its way to the worker. */
export interface WorkerRequest {
  readonly id: number;
  readonly call: WorkerCall;
}

/** The worker's answer to the request of the same id. */
export type WorkerReply = { readonly id: number } & (
  | { readonly ok: true; readonly result: WorkerResult[WorkerCall["kind"]] }
  | { readonly ok: false; readonly error: PortableError }
);
