import { createHmac } from "node:crypto";

/** Gives a person's pseudonym: `user` is the app's id or null before there is one, `install` the phone. */
export type Pseudonymise = (user: string | null, install: string) => string;

/** People remembered: an HMAC costs some 3 microseconds, as much as the rest of an event. 10,000 take 2 MB. */
const REMEMBERED = 10_000;

/**
 * Pseudonyms under a folder's key: the first 128 bits of HMAC-SHA256 (RFC 2104) of the user id, or of `install:`
 * and the install where there is no user, as 32 hex digits. Without the key nobody can go from one to the other.
 */
export function pseudonymiser(key: Uint8Array): Pseudonymise {
  const known = new Map<string, string>();
  return (user, install) => {
    const identity = user ?? `install:${install}`;
    const remembered = known.get(identity);
    if (remembered !== undefined) return remembered;
    const pseudonym = createHmac("sha256", key).update(identity, "utf8").digest("hex").slice(0, 32);
    if (known.size >= REMEMBERED) known.clear();
    known.set(identity, pseudonym);
    return pseudonym;
  };
}
