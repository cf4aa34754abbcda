import type { OpenRuntime } from "./runtime.ts";

/** LiteRT in WebAssembly. */
export const liteRt: OpenRuntime = async () => "no writer of .tflite yet";
