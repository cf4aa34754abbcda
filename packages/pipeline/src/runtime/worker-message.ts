import type { LoadOptions, RuntimeTensor, TensorDeclaration } from "@tideline/graph";
import {
  isTidelineError,
  messageOf,
  tidelineError,
  type ErrorCode,
  type ErrorParts,
  type TidelineError,
} from "@tideline/spec";

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

/** An error on its way: its cause stays behind, since not every value can cross. */
export interface SentError {
  readonly code: ErrorCode;
  readonly parts: ErrorParts;
}

/** The worker's answer to the request of the same id. */
export type WorkerReply = { readonly id: number } & (
  | { readonly ok: true; readonly result: WorkerResult[WorkerCall["kind"]] }
  | { readonly ok: false; readonly error: SentError }
);

/** An error made fit to be posted. */
export function sendError(caught: unknown): SentError {
  if (!isTidelineError(caught)) {
    return { code: "INTERNAL", parts: { who: "runtime worker", received: messageOf(caught) } };
  }
  const { cause: _, ...parts } = caught.parts;
  return { code: caught.code, parts };
}

/** The error of {@link sendError}, on the other side. */
export function receiveError({ code, parts }: SentError): TidelineError {
  return tidelineError(code, parts);
}
