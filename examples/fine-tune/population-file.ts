import { tidelineError } from "@tideline/spec";
import type { FittedNumbers } from "@tideline/learn/net";

/** Parameters, then state, little-endian float32, behind the number of parameters as uint32. */
export function writePopulation({ parameters, state }: FittedNumbers): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * (parameters.length + state.length)));
  view.setUint32(0, parameters.length, true);
  for (const [at, value] of [...parameters, ...state].entries()) view.setFloat32(4 + 4 * at, value, true);
  return new Uint8Array(view.buffer);
}

/** @throws ARTIFACT_CORRUPT for bytes that {@link writePopulation} did not write. */
export function readPopulation(bytes: Uint8Array): FittedNumbers {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = Math.floor((bytes.length - 4) / 4);
  const count = bytes.length % 4 === 0 && numbers >= 0 ? view.getUint32(0, true) : Infinity;
  if (count > numbers)
    throw tidelineError("ARTIFACT_CORRUPT", {
      who: "the population's model",
      expected: "a count and as many numbers",
      received: `${bytes.length} bytes`,
      remedy: "Build the page again.",
    });
  const all = Float32Array.from({ length: numbers }, (_, at) => view.getFloat32(4 + 4 * at, true));
  return { parameters: all.slice(0, count), state: all.slice(count) };
}
