import { toHex, type Digest } from "@tideline/spec";
import { expectSame, type PortCheck } from "./check.ts";

const who = "digest";
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** FIPS 180-4 examples (NIST, "SHA256.pdf"), the empty message, and the lengths around a block's end. */
const KNOWN: readonly (readonly [message: Uint8Array, digest: string])[] = [
  [ascii(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [ascii("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  [ascii("a".repeat(100_000)), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"],
];

/** What the port of SHA-256 promises. */
export const DIGEST_CHECKS: readonly PortCheck<Digest>[] = [
  {
    name: "is SHA-256",
    run: async (digest) => {
      for (const [message, expected] of KNOWN) {
        expectSame(who, `${message.length} bytes`, toHex(await digest(message)), expected);
      }
    },
  },
  {
    name: "sees only what a view into a larger buffer shows, and leaves it as it was",
    run: async (digest) => {
      const buffer = ascii("xxabcxx");
      const digested = toHex(await digest(buffer.subarray(2, 5)));
      expectSame(who, "a view", digested, KNOWN[1]![1]);
      expectSame(who, "the message", [...buffer], [...ascii("xxabcxx")]);
    },
  },
  {
    name: "several at the same time do not meet",
    run: async (digest) => {
      const all = await Promise.all(KNOWN.map(([message]) => digest(message)));
      expectSame(
        who,
        "digests",
        all.map(toHex),
        KNOWN.map(([, expected]) => expected),
      );
    },
  },
];
