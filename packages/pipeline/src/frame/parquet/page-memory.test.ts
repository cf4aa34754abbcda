import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NO_ROOM, pageMemory } from "./page-memory.ts";

/** Puts bytes into a memory of their own. */
function memoryOf(bytes: Uint8Array) {
  const memory = pageMemory();
  const { at } = memory.widened(NO_ROOM, bytes.length);
  memory.bytes.set(bytes, at);
  const roomOf = (count: number) => memory.widened(NO_ROOM, count).at;
  return { ...memory, memory, at, end: at + bytes.length, roomOf };
}

test("blocks of Snappy with literals of any length and copies that overlap", () => {
  const long = Uint8Array.from({ length: 300 }, (_, at) => at);
  const copies = [((7 - 4) << 2) | 1, 3, 0b10, 1, 0, (2 << 2) | 2, 0x2c, 0x01];
  const block = Uint8Array.of(0xb7, 0x02, 61 << 2, 43, 1, ...long, ...copies);
  const expected = [...long];
  for (const [run, back] of [
    [7, 3],
    [1, 1],
    [3, 300],
  ] as const)
    for (let byte = 0; byte < run; byte++) expected.push(expected.at(-back)!);
  const unpacked = (bytes: Uint8Array, size: number) => {
    const { memory, at, end, roomOf } = memoryOf(bytes);
    const into = roomOf(400);
    const code = memory.kernel.unpackSnappy(at, end, into, size);
    return code < 0 ? code : [...memory.bytes.subarray(into, into + size)];
  };
  expect(unpacked(block, 311)).toEqual(expected);
  expect(unpacked(block, 310)).toBe(-1);
  for (const broken of [block.with(0, 0xb8), block.with(block.length - 1, 0x40), block.subarray(0, 200)])
    expect(unpacked(broken, 311)).toBe(-1);
});

/** Numbers in runs and packed bits: the slow writer. */
function hybridOf(
  width: number,
  parts: readonly (readonly number[] | { run: number; value: number })[],
): number[] {
  const out: number[] = [];
  const varint = (value: number): void => {
    for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
    out.push(value);
  };
  for (const part of parts) {
    if ("run" in part) {
      varint(part.run * 2);
      for (let byte = 0; byte * 8 < width; byte++)
        out.push(Number((BigInt(part.value) >> BigInt(8 * byte)) & 255n));
      continue;
    }
    const groups = Math.ceil(part.length / 8);
    varint(groups * 2 + 1);
    let bits = 0n;
    for (const [at, value] of part.entries()) bits |= BigInt(value) << BigInt(at * width);
    for (let byte = 0; byte < groups * width; byte++) out.push(Number((bits >> BigInt(8 * byte)) & 255n));
  }
  return out;
}

test("runs and packed bits of every width come back; what is cut off is told", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 32 }).chain((width) => {
        const number = fc.integer({ min: 0, max: 2 ** width - 1 });
        const packed = fc
          .array(number, { minLength: 1, maxLength: 5 })
          .map((some) => Array.from({ length: 8 * some.length }, (_, at) => some[at % some.length]!));
        const run = fc.record({ run: fc.integer({ min: 1, max: 200 }), value: number });
        return fc.tuple(fc.constant(width), fc.array(fc.oneof(packed, run), { minLength: 1, maxLength: 6 }));
      }),
      ([width, parts]) => {
        const numbers = parts.flatMap((part) =>
          "run" in part ? Array.from({ length: part.run }, () => part.value) : part,
        );
        const bytes = Uint8Array.from(hybridOf(width, parts));
        const { memory, at, end, roomOf } = memoryOf(bytes);
        const into = roomOf(numbers.length * 4 + 4);
        expect(memory.kernel.readHybrid(at, end, width, into, numbers.length)).toBe(0);
        expect([...new Uint32Array(memory.bytes.buffer, into, numbers.length)]).toEqual(numbers);
        expect(memory.kernel.readHybrid(at, end, width, into, numbers.length + 1)).toBe(-1);
        expect(memory.kernel.readHybrid(at, end - 1, width, into, numbers.length)).toBe(-1);
        if (width !== 1) return;
        expect(memory.kernel.readLevels(at, end, into, numbers.length)).toBe(
          numbers.filter((one) => one === 1).length,
        );
        expect([...memory.bytes.subarray(into, into + numbers.length)]).toEqual(numbers);
        expect(memory.kernel.readLevels(at, end - 1, into, numbers.length)).toBe(-1);
      },
    ),
    { numRuns: 300 },
  );
});

test("rooms keep what they are told to keep as they grow, and are given to the next of their size", () => {
  const memory = pageMemory();
  const first = memory.widened(NO_ROOM, 5000);
  memory.bytes.fill(7, first.at, first.at + 5000);
  const larger = memory.widened(first, 1_000_000, 5000);
  expect(memory.bytes.subarray(larger.at, larger.at + 5000).every((byte) => byte === 7)).toBe(true);
  expect(memory.widened(NO_ROOM, 8000)).toEqual(first);
  expect(memory.widened(larger, 900_000)).toBe(larger);
  expect(() => memory.widened(NO_ROOM, 2 ** 33)).toThrow(/4 GiB/u);
});
