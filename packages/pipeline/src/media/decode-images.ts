import { availableParallelism } from "node:os";
import { isTidelineError, tidelineError, type TidelineError } from "@tideline/spec/error";
import { decodeImage, decodePlan, type DecodedImage, type DecodeOptions } from "./decode-image.ts";
import { releaseBytes } from "./release-image.ts";

/** What became of the file at a place: an image, or why there is none. */
export type Decoded<Out = DecodedImage> =
  | { readonly at: number; readonly image: Out }
  | { readonly at: number; readonly refused: TidelineError };

/** How many images are decoded at once, and what is made of each. */
export interface DecodeImagesOptions extends DecodeOptions {
  /**
   * Images at work at once, the one that was given out among them. Default: one more than the machine runs threads, at most 5
   * (libuv runs 4): while one is made use of, the others are decoded.
   */
  readonly atOnce?: number;
  /**
   * Gives the memory of each file back when it is decoded, as `releaseImage` does that of an image: whoever made the file must
   * not look at it afterwards. Default false.
   */
  readonly releaseFiles?: boolean;
}

/**
 * Decodes files as they come, several at once, in their order: at most `atOnce` images and one more file are in memory. A file that is refused takes
 * its place with the reason; nothing is dropped.
 *
 * @throws whatever the source throws; ARGUMENT_INVALID for options, before any file is taken, and for a file that is no Uint8Array.
 * @example
 * for await (const one of decodeImages(files)) {
 *   if ("refused" in one) quarantine(one.at, one.refused);
 *   else add(resizeImage(one.image, { height: 224, width: 224 }));
 * }
 */
export async function* decodeImages(
  files: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DecodeImagesOptions = {},
): AsyncGenerator<Decoded, void, undefined> {
  const { atOnce = Math.min(4, availableParallelism()) + 1, releaseFiles = false, ...decoding } = options;
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 64)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "decodeImages",
      field: "atOnce",
      expected: "an integer from 1 to 64",
      received: String(atOnce),
    });
  decodePlan(decoding);
  const work: Promise<Decoded>[] = [];
  const source = iteratorOf(files);
  let [waits, ended] = [false, false];
  /** Asks for the next file, which is read while others are decoded. */
  const begin = (): Promise<IteratorResult<Uint8Array, unknown>> => {
    waits = true;
    const one = (async () => source.next())();
    // It may fail while nobody listens yet; who awaits it is still told.
    one.then(
      ({ done = false }) => void ([waits, ended] = [false, done]),
      () => void ([waits, ended] = [false, true]),
    );
    return one;
  };
  try {
    let coming = begin();
    for (let at = 0; ; at++) {
      const file = await coming;
      if (file.done === true) break;
      coming = begin();
      const one = decoded(file.value, at, decoding).finally(() => {
        if (releaseFiles && file.value instanceof Uint8Array) releaseBytes(file.value);
      });
      one.catch(() => undefined);
      work.push(one);
      if (work.length >= atOnce) yield await work.shift()!;
    }
    while (work.length > 0) yield await work.shift()!;
  } finally {
    // A consumer that leaves early leaves no decoding behind it.
    await Promise.allSettled(work);
    if (!ended) {
      const left = (async () => source.return?.())();
      left.catch(() => undefined);
      // A source that is waited for hears of it when its file has come.
      if (!waits) await left;
    }
  }
}

function iteratorOf<Value>(
  values: AsyncIterable<Value> | Iterable<Value>,
): AsyncIterator<Value, unknown> | Iterator<Value, unknown> {
  return Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
}

async function decoded(file: Uint8Array, at: number, options: DecodeOptions): Promise<Decoded> {
  try {
    return Object.freeze({ at, image: await decodeImage(file, options) });
  } catch (error) {
    if (isTidelineError(error, "DATA_MALFORMED")) return Object.freeze({ at, refused: error });
    throw error;
  }
}
