import type { VerifySignature } from "@tideline/spec";
import { expectSame, fromHex, type PortCheck } from "./check.ts";

const who = "verify";

interface Signed {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const signed = (key: string, message: string, signature: string): Signed => ({
  key: fromHex(key),
  message: fromHex(message),
  signature: fromHex(signature),
});

/** RFC 8032, section 7.1, tests 1 to 3. */
const KNOWN: readonly Signed[] = [
  signed(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ),
  signed(
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ),
  signed(
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ),
];

/** Order of the base point, little-endian (RFC 8032, section 5.1). */
const ORDER = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** The same signature with S + L for S: it satisfies the equation, and RFC 8032, section 5.1.7, says to refuse it. */
function malleated(signature: Uint8Array): Uint8Array {
  const changed = signature.slice();
  let carry = 0;
  for (let index = 0; index < 32; index += 1) {
    const sum = signature[32 + index]! + ORDER[index]! + carry;
    changed[32 + index] = sum & 255;
    carry = sum >> 8;
  }
  return changed;
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const changed = bytes.slice();
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
};

/** What the port of Ed25519 promises. Whatever is not a valid signature is false, never an error. */
export const VERIFY_CHECKS: readonly PortCheck<VerifySignature>[] = [
  {
    name: "takes the signatures of RFC 8032",
    run: async (verify) => {
      for (const [index, { key, message, signature }] of KNOWN.entries()) {
        expectSame(who, `test ${index + 1}`, await verify(key, message, signature), true);
      }
    },
  },
  {
    name: "refuses another message, key or signature, by one bit",
    run: async (verify) => {
      const { key, message, signature } = KNOWN[2]!;
      expectSame(who, "message", await verify(key, flipped(message, 3), signature), false);
      expectSame(
        who,
        "key",
        await verify(flipped(key, 5), message, signature).catch(() => "an error"),
        false,
      );
      for (const bit of [0, 200, 256, 400]) {
        const answer = await verify(key, message, flipped(signature, bit)).catch(() => "an error");
        expectSame(who, `bit ${bit} of the signature`, answer, false);
      }
      expectSame(who, "somebody else's", await verify(KNOWN[1]!.key, message, signature), false);
    },
  },
  {
    name: "refuses a second form of a valid signature",
    run: async (verify) => {
      const { key, message, signature } = KNOWN[1]!;
      const answer = await verify(key, message, malleated(signature)).catch(() => "an error");
      expectSame(who, "S + L", answer, false);
    },
  },
  {
    name: "answers false, not an error, to keys and signatures of other lengths",
    run: async (verify) => {
      const { key, message, signature } = KNOWN[1]!;
      for (const [field, call] of [
        ["a short key", () => verify(key.slice(1), message, signature)],
        ["a long key", () => verify(Uint8Array.of(...key, 0), message, signature)],
        ["an empty key", () => verify(new Uint8Array(0), message, signature)],
        ["a short signature", () => verify(key, message, signature.slice(1))],
        ["a long signature", () => verify(key, message, Uint8Array.of(...signature, 0))],
        ["an empty signature", () => verify(key, message, new Uint8Array(0))],
      ] as const) {
        expectSame(who, field, await call().catch((error: unknown) => `${error}`), false);
      }
    },
  },
];
