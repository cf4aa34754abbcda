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

test("blocks of Snappy of any literals and copies, numbers that differ in their low bytes among them, cut off anywhere", () => {
  type Part = { readonly bytes: Uint8Array } | { readonly run: number; readonly back: number };
  const literal: fc.Arbitrary<Part> = fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 70 }) });
  const copy: fc.Arbitrary<Part> = fc.record({
    run: fc.integer({ min: 1, max: 64 }),
    back: fc.integer({ min: 1, max: 300 }),
  });
  // As sorted numbers of 64 bits are packed: some bytes of their own, then the rest of the number before, or of one further up.
  const number = fc
    .record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      back: fc.constantFrom(8, 8, 8, 16, 24, 12, 3, 264),
    })
    .map(({ bytes, back }): Part[] => [{ bytes }, { run: 8 - bytes.length, back }]);
  const parts = fc
    .array(fc.oneof(fc.array(number, { maxLength: 20 }), fc.array(fc.oneof(literal, copy))), { maxLength: 6 })
    .map((lists) => lists.flat(2));
  fc.assert(
    fc.property(parts, fc.nat(), (ops, cut) => {
      const expected: number[] = [];
      const packed: number[] = [];
      for (const op of ops) {
        if ("bytes" in op) {
          const long = op.bytes.length > 60;
          packed.push(...(long ? [60 << 2, op.bytes.length - 1] : [(op.bytes.length - 1) << 2]), ...op.bytes);
          expected.push(...op.bytes);
          continue;
        }
        const back = Math.min(op.back, expected.length);
        if (back === 0) continue;
        const short = op.run >= 4 && op.run <= 11;
        if (short) packed.push(((back >> 8) << 5) | ((op.run - 4) << 2) | 1, back & 255);
        else packed.push(((op.run - 1) << 2) | 2, back & 255, back >> 8);
        for (let byte = 0; byte < op.run; byte++) expected.push(expected.at(-back)!);
      }
      const size = expected.length;
      const head = size < 128 ? [size] : [(size & 127) | 128, size >> 7];
      const block = Uint8Array.from([...head, ...packed]);
      const { memory, at, end, roomOf } = memoryOf(block);
      const into = roomOf(size + 64);
      memory.bytes.fill(99, into + size, into + size + 64);
      expect(memory.kernel.unpackSnappy(at, end, into, size)).toBe(0);
      expect([...memory.bytes.subarray(into, into + size)]).toEqual(expected);
      // What is behind its room is another's.
      expect(memory.bytes.subarray(into + size, into + size + 64).every((byte) => byte === 99)).toBe(true);
      if (packed.length > 0)
        expect(memory.kernel.unpackSnappy(at, at + (cut % block.length), into, size)).toBe(-1);
    }),
    { numRuns: 300 },
  );
});

test("what is looked up of values at hand: whether places count up, whether floats are numbers and how they rise, times of any size", () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Number.NaN, Infinity)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      values,
      fc.boolean(),
      fc.nat(60),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (drawn, sorted, start, odd) => {
        const floats = Float64Array.from(sorted ? drawn.toSorted((one, other) => one - other) : drawn);
        const wide = memoryOf(new Uint8Array(floats.buffer.slice()));
        const narrow = memoryOf(new Uint8Array(Float32Array.from(floats).buffer));
        const complete = floats.every((value) => !Number.isNaN(value));
        expect(wide.kernel.areNumbers(8, wide.at, floats.length) !== 0).toBe(complete);
        expect(narrow.kernel.areNumbers(4, narrow.at, floats.length) !== 0).toBe(complete);
        const before = [start / 10 - 3, ...floats.slice(0, -1)];
        const [each, none] = [
          floats.every((value, at) => value > before[at]!),
          !floats.every((value, at) => value >= before[at]!),
        ];
        expect(wide.kernel.riseOf(wide.at, floats.length, before[0]!)).toBe(each ? 2 : none ? 0 : 1);
        const places = Uint32Array.from(floats, (value, at) => start + at + (value === 3 ? 1 : 0));
        const counted = memoryOf(new Uint8Array(places.buffer));
        const up = places.every((place, at) => place === (places[0] ?? 0) + at);
        expect(counted.kernel.risesByOne(counted.at, places.length) !== 0).toBe(up);
        const whole = BigInt64Array.from([
          ...floats.filter(Number.isFinite).values().map(BigInt),
          odd >> BigInt(start),
          7n,
          -(2n ** 51n),
        ]);
        for (const scale of [1, 1000]) {
          const { memory, at, roomOf } = memoryOf(new Uint8Array(whole.buffer.slice()));
          const into = roomOf(whole.byteLength);
          const expected = Float64Array.from(whole, (value) => Number(value) * scale);
          const far = expected.some((value) => Math.abs(value) > 2 ** 63);
          expect(memory.kernel.scaleWide(at, into, whole.length, scale)).toBe(far ? -1 : 0);
          if (!far) expect(new Float64Array(memory.bytes.buffer, into, whole.length)).toEqual(expected);
        }
      },
    ),
    { numRuns: 300 },
  );
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
