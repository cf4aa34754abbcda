import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzip } from "./gzip.ts";
import { verifyEd25519 } from "./verify-ed25519.ts";

const DER = Buffer.from("302a300506032b6570032100", "hex");
const byNode = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const spki = createPublicKey({ key: Buffer.concat([DER, key]), format: "der", type: "spki" });
  return verify(null, message, spki, signature);
};

test("a signature of Node's is valid, and no other bytes are, as OpenSSL finds too", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const message = Buffer.from("release 7");
  const signature = sign(null, message, privateKey);
  expect(await verifyEd25519(key, message, signature)).toBe(true);
  for (let bit = 0; bit < 512; bit += 23) {
    const changed = Buffer.from(signature);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect([bit, await verifyEd25519(key, message, changed)]).toEqual([bit, byNode(key, message, changed)]);
  }
  expect(await verifyEd25519(key, Buffer.from("release 8"), signature)).toBe(false);
  expect(await verifyEd25519(key.subarray(1), message, signature)).toBe(false);
  expect(await verifyEd25519(key, message, signature.subarray(1))).toBe(false);
});

test("a key of small order, under which anybody's signature is valid, is refused", async () => {
  // The identity: with R the identity too and S = 0, the equation holds for every message.
  const identity = Buffer.alloc(32);
  identity[0] = 1;
  const forged = Buffer.concat([identity, Buffer.alloc(32)]);
  expect(await verifyEd25519(identity, Buffer.from("anything"), forged)).toBe(false);
});

test("S beyond the group's order is another encoding of a valid signature, and is refused", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const message = Buffer.from("m");
  const signature = sign(null, message, privateKey);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString("hex")}`) + order;
  const encoded = Buffer.from(scalar.toString(16).padStart(64, "0"), "hex").toReversed();
  expect(await verifyEd25519(key, message, Buffer.concat([signature.subarray(0, 32), encoded]))).toBe(false);
});

test("gzip gives the same bytes each time, and gunzip the ones that went in", async () => {
  for (const length of [0, 1, 1000, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 31);
    const packed = await gzip(bytes);
    expect(new Uint8Array(gunzipSync(packed))).toEqual(bytes);
    expect(await gzip(bytes)).toEqual(packed);
  }
});
