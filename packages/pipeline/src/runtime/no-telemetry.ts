import { isMainThread } from "node:worker_threads";

const SETTING = "ORT_DISABLE_TELEMETRY";

/**
 * Keeps ONNX Runtime's native library from telling its maker what it runs. From 1.29 on, its builds for Linux and macOS
 * send names, hashes and shapes of models unless `ORT_DISABLE_TELEMETRY` stands in the environment when the library
 * is loaded (microsoft/onnxruntime, pull request 27379). A value that is already set stays.
 *
 * The main thread calls this before it loads the library or starts a thread that does: a thread's `process.env` is a
 * copy, which the library does not see. A thread that nobody did this for is warned.
 */
export function withoutTelemetry(): void {
  if (process.env[SETTING] !== undefined) return;
  if (isMainThread) process.env[SETTING] = "1";
  else
    process.emitWarning(
      `onnxruntime-node: this thread cannot turn off what ONNX Runtime reports to its maker. Set ${SETTING}=1 in the environment, or load a model on the main thread before the thread is started.`,
    );
}
