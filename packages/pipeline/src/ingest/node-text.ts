import type { TextCodec } from "@tideline/spec";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 by Node. */
export const nodeText: TextCodec = {
  encode: (text) => Buffer.from(text, "utf8"),
  decode: (bytes) => decoder.decode(bytes),
};
