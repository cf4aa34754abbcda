import { isInsidePath, tidelineError } from "@tideline/spec";
import type { Metadata } from "./onnx.ts";
import { malformed, plainBytes, quoted } from "./protobuf.ts";
import { sha1 } from "./sha1.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Gives the bytes of a file beside the model, by its location (a relative POSIX path that stays below the model's
 * folder, which is checked before); `"keep"` leaves the tensors' values where they are and keeps the reference.
 */
export type ExternalSource = ((location: string) => Uint8Array) | "keep";

/** Takes the values of a tensor from where its `external_data` says. */
export type ExternalReader = (entries: Metadata, length: number, who: string) => Uint8Array;

/** Wants a location of external data that cannot lead out of the model's folder. @throws MODEL_MALFORMED */
export function demandInside(location: string, who: string): void {
  if (!isInsidePath(location)) throw malformed(who, "a location below the model's folder", quoted(location));
}

/** A count of bytes that is written as text. */
function byteCount(text: string, who: string, key: string): number {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw malformed(who, `external data's ${key} as a count of bytes`, quoted(text));
}

/** A reader of external data that asks for each file, and takes its checksum, once. */
export function externalReader(source: ExternalSource | undefined): ExternalReader {
  const files = new Map<string, Uint8Array>();
  const sums = new Map<string, string>();
  return (entries, length, who) => {
    const { location = "", offset = "0", checksum } = entries;
    demandInside(location, who);
    const [at, size] = [
      byteCount(offset, who, "offset"),
      byteCount(entries["length"] ?? `${length}`, who, "length"),
    ];
    if (typeof source !== "function")
      throw unsupported(
        who,
        "external: (location) => bytes, to read its values with",
        `values in ${quoted(location)}`,
      );
    const file = files.get(location) ?? source(location);
    if (!(file instanceof Uint8Array))
      throw tidelineError("ARGUMENT_INVALID", {
        who: "readOnnx",
        field: "external",
        expected: `the bytes of ${quoted(location)}`,
        received: typeof file,
      });
    files.set(location, file);
    if (size !== length) throw malformed(who, `${length} bytes of values`, `a length of ${size} bytes`);
    if (at + size > file.length)
      throw malformed(
        who,
        `bytes ${at} to ${at + size} of ${quoted(location)}`,
        `a file of ${file.length} bytes`,
      );
    if (checksum !== undefined) {
      const sum = sums.get(location) ?? sha1(file);
      sums.set(location, sum);
      if (sum !== checksum.toLowerCase()) throw malformed(who, `SHA-1 ${quoted(checksum)}`, sum);
    }
    return plainBytes(file).subarray(at, at + size);
  };
}
