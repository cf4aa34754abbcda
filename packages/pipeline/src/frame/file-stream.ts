import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf, tidelineError } from "@tideline/spec/error";

/** The bytes of a file from its start, those of a `.gz` unpacked. */
export interface FileStream {
  readonly stream: Readable;
  /** Closes the file, however far it was read. */
  close(): Promise<void>;
}

/** Opens a file, plain or `.gz`; a stream that breaks off is an error of the reader. */
export function openFile(path: string): FileStream {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  const stream: Readable = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  if (stream !== file) file.on("error", (error) => stream.destroy(error));
  return {
    stream,
    async close() {
      stream.destroy();
      file.destroy();
      if (!file.closed) await new Promise<void>((resolve) => file.once("close", resolve));
    },
  };
}

/** What the unpacking of a file says, as an error of the project that names it; other errors as they are. */
export function packedError(who: string, error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== "string" || !code.startsWith("Z_")) return error;
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: "a whole gzip file",
    received: messageOf(error),
    remedy: "Copy it again: it is cut off or damaged.",
    cause: error,
  });
}

/**
 * A check that `.gz` files are whole: every member's length and CRC, which the engine does not look at. A file is unpacked
 * once, and again where its size or time changed.
 *
 * @throws DATA_MALFORMED for a file that is cut off or damaged.
 */
export function gzipCheck(): (who: string, path: string) => Promise<void> {
  const whole = new Map<string, string>();
  return async (who, path) => {
    if (!path.endsWith(".gz")) return;
    const { size, mtimeMs } = await stat(path);
    const state = `${size} ${mtimeMs}`;
    if (whole.get(path) === state) return;
    const { stream, close } = openFile(path);
    try {
      await new Promise<void>((resolve, reject) => {
        stream.on("error", reject).on("end", resolve).resume();
      });
    } catch (error) {
      throw packedError(who, error);
    } finally {
      await close();
    }
    whole.set(path, state);
  };
}
