import { toHex } from "./bytes.ts";
import { canonicalJson } from "./canonical.ts";
import type { Digest, TextCodec } from "./port.ts";

/** The content address of a JSON value: lower-case hexadecimal SHA-256 of its canonical JSON. */
export async function contentHash(
  value: unknown,
  ports: { readonly digest: Digest; readonly text: TextCodec },
): Promise<string> {
  return toHex(await ports.digest(ports.text.encode(canonicalJson(value))));
}
