import { readFileSync } from "node:fs";
import { assert, boolean, constantFrom, integer, nat, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { largestDifference } from "../../testing/largest-difference.ts";
import { greyBytes } from "./colour.ts";
import type { Image } from "./image.ts";
import { applyImageSteps } from "./image-steps.ts";
import { seededRandom } from "../../random.ts";
import { wasmResize, wasmResizeBytes } from "./kernel/wasm-resize.ts";
import { resizeBytes } from "./resize-bytes.ts";
import { axisKernel, type KernelName } from "./resize-kernel.ts";
import { resizeImage } from "./resize-image.ts";

interface Sized {
  readonly height: number;
  readonly width: number;
  readonly values: string;
}
interface Case<Values = string> {
  readonly source: string;
  readonly kernel: KernelName;
  readonly height: number;
  readonly width: number;
  readonly values: Values;
}
interface Vectors {
  readonly sources: Readonly<Record<string, Sized & { readonly channels: number }>>;
  readonly cases: readonly Case[];
  readonly floats: readonly Case<number[]>[];
  readonly letterbox: readonly Sized[];
  readonly grey: string;
}

const file = new URL("../../../../../vectors/prepare/media/image.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));
const source = (name: string): Image => {
  const { values, ...shape } = vectors.sources[name]!;
  return { ...shape, values: bytes(values) };
};
const KERNELS: readonly KernelName[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos3"];

test("bytes are Pillow's in every bit", () => {
  expect(vectors.cases.length).toBeGreaterThan(30);
  for (const { source: name, kernel, height, width, values } of vectors.cases) {
    const made = resizeImage(source(name), { kernel, height, width });
    expect([name, kernel, height, width, Buffer.from(made.values).toString("base64")]).toEqual([
      name,
      kernel,
      height,
      width,
      values,
    ]);
  }
});

test("WebAssembly gives the bytes that TypeScript gives, for any lengths", () => {
  const length = integer({ min: 1, max: 70 });
  let met = 0;
  assert(
    property(
      tuple(length, length, length, length),
      constantFrom(...KERNELS),
      boolean(),
      nat(),
      ([height, width, tall, wide], kernel, antialias, seed) => {
        const random = seededRandom(seed);
        const values = Uint8Array.from({ length: height * width * 3 }, () => {
          const level = random.integer(512);
          return level < 256 ? level : level < 384 ? 0 : 255;
        });
        const down = axisKernel(height, tall, { kernel, antialias });
        const across = axisKernel(width, wide, { kernel, antialias });
        const made = wasmResize(values, down, across);
        if (made !== undefined) met++;
        expect(made ?? resizeBytes(values, 3, down, across)).toEqual(resizeBytes(values, 3, down, across));
      },
    ),
    { numRuns: 300 },
  );
  expect(met).toBe(300);
});

test("rows that are taken over by the strip come out as all at once", () => {
  const [height, width] = [331, 403];
  const random = seededRandom(7);
  const values = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256));
  for (const [tall, wide] of [
    [77, 65],
    [height, 100],
    [340, 410],
    [100, width],
    [100, 410],
  ] as const) {
    const down = axisKernel(height, tall, { kernel: "bicubic" });
    const across = axisKernel(width, wide, { kernel: "bicubic" });
    const made = wasmResize(values, down, across)!;
    expect(Buffer.compare(made, resizeBytes(values, 3, down, across))).toBe(0);
  }
});

test("images of many sizes in turn are resized as each alone", () => {
  const image = source("colour");
  const made = (height: number, kernel: KernelName) =>
    Buffer.from(resizeImage(image, { height, width: 9, kernel }).values).toString("base64");
  const sizes = Array.from({ length: 12 }, (_, at) => at + 3);
  const once = sizes.flatMap((height) => KERNELS.map((kernel) => made(height, kernel)));
  const down = (height: number, kernel: KernelName) =>
    resizeBytes(
      image.values,
      3,
      axisKernel(image.height, height, { kernel }),
      axisKernel(image.width, 9, { kernel }),
    );
  const alone = sizes.flatMap((height) =>
    KERNELS.map((kernel) => Buffer.from(down(height, kernel)).toString("base64")),
  );
  expect(once).toEqual(alone);
  expect(sizes.flatMap((height) => KERNELS.map((kernel) => made(height, kernel)))).toEqual(alone);
});

test("floats are Pillow's, which rounds to float32 between its passes", () => {
  for (const { source: name, kernel, height, width, values } of vectors.floats) {
    const image = source(name);
    const made = resizeImage(
      { ...image, values: Float64Array.from(image.values) },
      { kernel, height, width },
    );
    expect(largestDifference(made.values, values)).toBeLessThan(5e-5);
  }
});

test("a letterbox lies where Pillow puts it, with its bytes", () => {
  for (const { height, width, values } of vectors.letterbox) {
    const step = { step: "letterbox", height, width, kernel: "bicubic", bytes: true } as const;
    expect(Uint8Array.from(applyImageSteps(source("colour"), [step]).values)).toEqual(bytes(values));
  }
});

test("grey is Pillow's in every bit", () => {
  expect(greyBytes(source("colour").values, 3)).toEqual(bytes(vectors.grey));
});

test("weights of a new pixel sum to 1, and an image of one colour keeps it", () => {
  const length = integer({ min: 1, max: 60 });
  assert(
    property(length, length, constantFrom(...KERNELS), boolean(), (from, to, kernel, antialias) => {
      const { taps, weights, first } = axisKernel(from, to, { kernel, antialias });
      for (let x = 0; x < to; x++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += weights[x * taps + k]!;
        expect(sum).toBeCloseTo(1, 12);
        expect(first[x]! >= 0 && first[x]! + taps <= from).toBe(true);
      }
      const image = { height: from, width: 1, channels: 3, values: new Uint8Array(from * 3).fill(201) };
      expect(new Set(resizeImage(image, { kernel, antialias, height: to, width: 1 }).values)).toEqual(
        new Set([201]),
      );
    }),
  );
});

test("an image that contradicts itself is refused, and the input stays", () => {
  expect(() =>
    resizeImage({ height: 2, width: 2, channels: 3, values: new Uint8Array(5) }, { height: 1, width: 1 }),
  ).toThrow(/\[2, 2, 3\] with 5 values.*ARGUMENT_INVALID/);
  const image = source("colour");
  const copy = image.values.slice();
  const same = resizeImage(image, { height: image.height, width: image.width, kernel: "bicubic" });
  expect(same.values).toEqual(copy);
  expect(same.values).not.toBe(image.values);
});

test("a size that no memory holds is refused as an argument", () => {
  const image = { height: 1, width: 1, channels: 3, values: Uint8Array.of(1, 2, 3) };
  const floats = { ...image, values: Float32Array.of(1, 2, 3) };
  for (const size of [
    { height: 100_000, width: 100_000 },
    { height: 1, width: 2 ** 21 },
    { height: 2 ** 40, width: 1 },
  ]) {
    expect(() => resizeImage(image, size)).toThrow("ARGUMENT_INVALID");
    expect(() => resizeImage(floats, size)).toThrow("ARGUMENT_INVALID");
  }
});

test("a large image leaves no large memory behind, and the next comes out the same", () => {
  const size = 4000;
  const small = { height: 6, width: 6, channels: 3, values: new Uint8Array(108).map((_, at) => at) };
  const before = resizeImage(small, { height: 3, width: 3 }).values;
  const large = { height: size, width: size, channels: 3, values: new Uint8Array(size * size * 3) };
  // Down first, for which all rows are taken over.
  resizeImage(large, { height: 20, width: size + 1 });
  expect(wasmResizeBytes()).toBe(0);
  resizeImage(large, { height: 40, width: 20 });
  expect(wasmResizeBytes()).toBeLessThanOrEqual(2 ** 20);
  expect(resizeImage(small, { height: 3, width: 3 }).values).toEqual(before);
  expect(wasmResizeBytes()).toBeGreaterThan(0);
});
