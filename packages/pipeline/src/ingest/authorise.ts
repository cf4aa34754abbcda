import { createHash, timingSafeEqual } from "node:crypto";
import { tidelineError } from "@tideline/spec";

/** Checks the `authorization` header of a request; throws `UNAUTHORISED`. */
export type Authorise = (header: string | undefined) => void;

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

/** The key that a header carries: `Bearer KEY`, or `Basic` with the key as user name (RFC 7617). */
function keyOf(header: string): string | undefined {
  const match = /^(bearer|basic) +([^ ]+) *$/i.exec(header);
  if (match === null) return undefined;
  if (match[1]!.toLowerCase() === "bearer") return match[2];
  return Buffer.from(match[2]!, "base64").toString("utf8").split(":", 1)[0];
}

/**
 * Checks write keys. Digests are compared, each with every key, so that neither a key's length nor how much of it
 * was right shows in the time that it takes.
 */
export function authoriser(writeKeys: readonly string[]): Authorise {
  const known = writeKeys.map(digestOf);
  return (header) => {
    const key = header === undefined ? undefined : keyOf(header);
    const digest = digestOf(key ?? "");
    let matches = 0;
    for (const other of known) matches += timingSafeEqual(digest, other) ? 1 : 0;
    if (key !== undefined && key !== "" && matches > 0) return;
    throw tidelineError("UNAUTHORISED", {
      who: "collect",
      field: "authorization",
      expected: "a write key of this server, as Bearer or Basic",
      received: key === undefined ? "none" : "another key",
    });
  };
}
