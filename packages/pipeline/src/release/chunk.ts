import type { Chunks } from "@tideline/spec";
import { sha256Hex } from "./release-port.ts";

/** Bytes of a chunk at least: a request of its own costs about as much as this on a phone's network. */
const LEAST_BYTES = 16 * 1024;

/** Chunks of a file at most: each takes 90 bytes of the manifest, which then stays below 25 kB for a model. */
const MOST_CHUNKS = 256;

/**
 * A file as chunks of equal size, a power of two; undefined for a file of one.
 *
 * @example
 * const variant = { ...(await artifacts.put(bytes)), chunks: chunksOf(bytes), format: "onnx", opset };
 */
export function chunksOf(bytes: Uint8Array): Chunks | undefined {
  let size = LEAST_BYTES;
  while (size * MOST_CHUNKS < bytes.length) size *= 2;
  if (bytes.length <= size) return undefined;
  const count = Math.ceil(bytes.length / size);
  const sha256 = Array.from({ length: count }, (_, index) =>
    sha256Hex(bytes.subarray(index * size, (index + 1) * size)),
  );
  return Object.freeze({ size, sha256: Object.freeze(sha256) });
}
