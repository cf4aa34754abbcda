/**
 * Gives a buffer's memory back at once, where the engine can (`ArrayBuffer.prototype.transfer`, 2023), rather than whenever
 * garbage is next collected: engines count what lies outside their heap, but hundreds of megabytes may wait. Arrays over
 * it are empty afterwards. Shared memory stays as it is.
 *
 * @example
 * const sample = new Float64Array(200_000);
 * freeMemory(sample.buffer);
 */
export function freeMemory(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) (buffer as { transfer?: (bytes: number) => unknown }).transfer?.(0);
}
