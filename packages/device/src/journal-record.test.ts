import * as fc from "fast-check";
import { expect, test } from "vitest";
import { platform } from "../../../test/device-fixture.ts";
import { crc32 } from "./checksum.ts";
import { decodeJournal, encodeRecord, type RecordHeader } from "./journal-record.ts";

const header = (seq: number): RecordHeader => ({
  seq,
  name: "tap",
  version: 1,
  time: 1_700_000_000_000,
  user: "ünïcode",
  consent: ["analytics"],
  properties: { target: "start" },
  purpose: "analytics",
});

const records = [1, 2, 3].map((seq) =>
  encodeRecord(
    header(seq),
    Uint8Array.from({ length: seq * 4 }, (_, index) => index),
    platform.text,
  ),
);
const file = new Uint8Array(Buffer.concat(records));

test("the checksum is CRC-32: its check value over the digits 1 to 9 is cbf43926", () => {
  expect(crc32(platform.text.encode("123456789"))).toBe(0xcbf43926);
});

test("records come back as they were written", () => {
  const { records: read, validBytes } = decodeJournal(file, platform.text);
  expect(validBytes).toBe(file.length);
  expect(read.map((record) => record.header)).toEqual([1, 2, 3].map(header));
  expect(read.map((record) => record.attachment.length)).toEqual([4, 8, 12]);
});

test("a file torn at any byte gives every record that is whole, and no other", () => {
  const ends = records.map((_, index) =>
    records.slice(0, index + 1).reduce((sum, record) => sum + record.length, 0),
  );
  for (let length = 0; length <= file.length; length += 1) {
    const { records: read, validBytes } = decodeJournal(file.subarray(0, length), platform.text);
    const whole = ends.filter((end) => end <= length);
    expect(read).toHaveLength(whole.length);
    expect(validBytes).toBe(whole.at(-1) ?? 0);
  }
});

test("a flipped bit is noticed, wherever it is", () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(7), (byte, bit) => {
      const damaged = file.slice();
      damaged[byte]! ^= 1 << bit;
      const { records: read } = decodeJournal(damaged, platform.text);
      expect(read.length).toBeLessThan(3);
      expect(read.map((record) => record.header)).toEqual([1, 2, 3].slice(0, read.length).map(header));
    }),
  );
});
