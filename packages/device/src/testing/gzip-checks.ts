import { tidelineError, toHex } from "@tideline/spec";
import { crc32 } from "../checksum.ts";
import type { DevicePorts } from "../ports.ts";
import { expectSame, expectThat, type PortCheck } from "./check.ts";
import { inflate } from "./inflate.ts";

const who = "gzip";

/** Content of a gzip file of one member (RFC 1952). */
function gunzip(bytes: Uint8Array): Uint8Array {
  const fault = (received: string) => tidelineError("CHECK_FAILED", { who, field: "header", received });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw fault(toHex(bytes.slice(0, 3)));
  const flags = bytes[3]!;
  let at = 10;
  if (flags & 4) at += 2 + bytes[at]! + bytes[at + 1]! * 256;
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    while (bytes[at] !== 0 && at < bytes.length) at += 1;
    at += 1;
  }
  if (flags & 2) at += 2;
  const { data, length } = inflate(bytes.subarray(at));
  const end = at + length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expectSame(who, "length of the file", bytes.length, end + 8);
  expectSame(who, "checksum", view.getUint32(end, true), crc32(data));
  expectSame(who, "length of the content", view.getUint32(end + 4, true), data.length);
  return data;
}

const noise = (length: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
};
const repeated = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => "sensor sample ".charCodeAt(index % 14));

const comesBack = async (gzip: DevicePorts["gzip"], bytes: Uint8Array): Promise<number> => {
  const zipped = await gzip(bytes);
  const back = gunzip(zipped);
  const same = back.length === bytes.length && back.every((byte, index) => byte === bytes[index]);
  expectThat(same, who, `${bytes.length} bytes`, "other bytes");
  return zipped.length;
};

/** What the port of gzip promises. */
export const GZIP_CHECKS: readonly PortCheck<DevicePorts["gzip"]>[] = [
  {
    name: "what it writes is one gzip member with the same content, checksum and length",
    run: async (gzip) => {
      for (const bytes of [new Uint8Array(0), Uint8Array.of(7), repeated(300), noise(300), noise(40_000)]) {
        await comesBack(gzip, bytes);
      }
    },
  },
  {
    name: "it makes what repeats itself small and hardly enlarges what does not",
    run: async (gzip) => {
      const small = await comesBack(gzip, repeated(30_000));
      expectThat(small < 3000, who, "30,000 bytes of text", `${small} bytes`);
      const large = await comesBack(gzip, noise(30_000));
      expectThat(large < 30_400, who, "30,000 bytes of noise", `${large} bytes`);
    },
  },
  {
    name: "it sees only what a view into a larger buffer shows, and several at a time do not meet",
    run: async (gzip) => {
      const buffer = repeated(400);
      await Promise.all([
        comesBack(gzip, buffer.subarray(100, 200)),
        comesBack(gzip, buffer.subarray(0, 3)),
        comesBack(gzip, noise(2000)),
      ]);
      expectSame(who, "the content afterwards", toHex(buffer), toHex(repeated(400)));
    },
  },
];
