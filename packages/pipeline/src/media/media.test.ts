import { readFileSync } from "node:fs";
import { isTidelineError } from "@tideline/spec";
import sharp from "sharp";
import { assert, asyncProperty, nat, uint8Array } from "fast-check";
import { expect, test, vi } from "vitest";
import { decodeImage } from "./decode-image.ts";
import { decodeImages } from "./decode-images.ts";

const HEIGHT = 20;
const WIDTH = 30;
const photo = new Uint8Array(HEIGHT * WIDTH * 3).map((_, at) => (at * 7 + (at % 3) * 50) % 251);
const raw = () => sharp(photo, { raw: { height: HEIGHT, width: WIDTH, channels: 3 } });
const png = await raw().png().toBuffer();
const jpeg = await raw().jpeg({ quality: 95 }).toBuffer();

async function refusal(bytes: Uint8Array, options = {}): Promise<string> {
  const error: unknown = await decodeImage(bytes, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isTidelineError(error, "DATA_MALFORMED")).toBe(true);
  return (error as Error).message;
}

test("what was stored without loss comes out in every bit, in every such format", async () => {
  for (const bytes of [
    png,
    await raw().webp({ lossless: true }).toBuffer(),
    await raw().tiff({ compression: "lzw" }).toBuffer(),
  ]) {
    const image = await decodeImage(bytes);
    expect([image.height, image.width, image.channels, image.colourSpace]).toEqual([
      HEIGHT,
      WIDTH,
      3,
      "srgb",
    ]);
    expect(image.values).toEqual(photo);
  }
  expect((await decodeImage(await raw().gif().toBuffer())).format).toBe("gif");
  expect((await decodeImage(await raw().avif().toBuffer())).format).toBe("avif");
});

test("an image is turned as the camera was held", async () => {
  const turned = await raw().withMetadata({ orientation: 6 }).png().toBuffer();
  const image = await decodeImage(turned);
  expect([image.height, image.width, image.orientation]).toEqual([WIDTH, HEIGHT, 6]);
  // A quarter turn clockwise: the last row's first pixel comes first.
  const from = (HEIGHT - 1) * WIDTH * 3;
  expect(image.values.subarray(0, 3)).toEqual(photo.subarray(from, from + 3));
});

test("grey, opacity and 16 bits become the channels that were asked for", async () => {
  const see = new Uint8Array(16).map((_, at) => (at % 4 === 3 ? 128 : 200));
  const through = await sharp(see, { raw: { height: 2, width: 2, channels: 4 } })
    .png()
    .toBuffer();
  expect([...(await decodeImage(through)).values.subarray(0, 3)]).toEqual([100, 100, 100]);
  expect((await decodeImage(through, { channels: 4 })).values).toEqual(see);
  const grey = await raw().greyscale().png().toBuffer();
  const image = await decodeImage(grey);
  expect(image.values[0] === image.values[1] && image.channels === 3).toBe(true);
  expect((await decodeImage(grey, { channels: 1 })).values.length).toBe(HEIGHT * WIDTH);
  const deep = await raw().toColourspace("rgb16").png().toBuffer();
  expect((await decodeImage(deep)).values).toEqual(photo);
});

test("what is no image, is damaged or too large is refused with the reason", async () => {
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  expect(await refusal(svg)).toContain("expected a JPEG, PNG, WebP, AVIF, TIFF or GIF");
  expect(await refusal(new Uint8Array())).toContain("0 bytes");
  expect(await refusal(jpeg.subarray(0, jpeg.length / 2))).toContain("a whole jpeg file");
  expect(await refusal(png.subarray(0, png.length - 40))).toContain("a whole png file");
  expect(await refusal(png, { maxPixels: 599 })).toContain("at most 599 pixels");
  expect(await refusal(png, { maxBytes: 10 })).toContain("at most 10 bytes");
  // 100,000 x 100,000 pixels in 40 bytes of header.
  const bomb = Uint8Array.from(png);
  new DataView(bomb.buffer).setUint32(16, 100_000);
  new DataView(bomb.buffer).setUint32(20, 100_000);
  await refusal(bomb);
  await expect(decodeImage(png, { maxPixels: 0 })).rejects.toThrow("ARGUMENT_INVALID");
});

test("damage anywhere is refused with a code, or changes pixels alone", async () => {
  await assert(
    asyncProperty(nat(jpeg.length - 1), uint8Array({ minLength: 1, maxLength: 8 }), async (at, noise) => {
      const bytes = Uint8Array.from(jpeg);
      bytes.set(noise.subarray(0, bytes.length - at), at);
      try {
        const { height, width, values } = await decodeImage(bytes, { maxPixels: 1e6 });
        expect(values.length).toBe(height * width * 3);
      } catch (error) {
        expect(isTidelineError(error, "DATA_MALFORMED")).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("several at once come in order, refused ones in their places; one that leaves early leaves nothing behind", async () => {
  const files = [png, png.subarray(0, 30), jpeg, svgLike(), png];
  const seen: string[] = [];
  for await (const one of decodeImages(files, { atOnce: 3 }))
    seen.push("refused" in one ? `${one.at} ${one.refused.code}` : `${one.at} ${one.image.format}`);
  expect(seen).toEqual(["0 png", "1 DATA_MALFORMED", "2 jpeg", "3 DATA_MALFORMED", "4 png"]);
  const own = [Uint8Array.from(png), Uint8Array.from(png.subarray(0, 30))];
  for await (const one of decodeImages(own, { releaseFiles: true }))
    expect("refused" in one).toBe(one.at === 1);
  expect(own.map(({ length }) => length)).toEqual([0, 0]);
  let taken = 0;
  function* endless() {
    for (;;) {
      taken++;
      yield png;
    }
  }
  for await (const one of decodeImages(endless(), { atOnce: 2 })) if (one.at === 3) break;
  expect(taken).toBeLessThanOrEqual(6);
  // A file that is long in coming holds nobody up who leaves, and its source ends when it has come.
  let come = (): void => undefined;
  const later = new Promise<void>((resolve) => (come = resolve));
  let closed = false;
  async function* slow() {
    try {
      yield png;
      yield png;
      await later;
      yield png;
    } finally {
      closed = true;
    }
  }
  for await (const one of decodeImages(slow(), { atOnce: 1 })) if (one.at === 1) break;
  expect(closed).toBe(false);
  come();
  await vi.waitFor(() => expect(closed).toBe(true));
  await expect(decodeImages([], { atOnce: 0 }).next()).rejects.toThrow("ARGUMENT_INVALID");
});

function svgLike(): Uint8Array {
  return new TextEncoder().encode("<svg/>");
}

interface DecodedVectors {
  readonly height: number;
  readonly width: number;
  readonly cases: readonly { readonly name: string; readonly file: string; readonly values: string }[];
}

test("what Pillow decodes of a file is what libvips decodes, in every bit", async () => {
  const file = new URL("../../../../vectors/prepare/media/decode.json", import.meta.url);
  const { height, width, cases } = JSON.parse(readFileSync(file, "utf8")) as DecodedVectors;
  for (const { name, file: bytes, values } of cases) {
    const image = await decodeImage(Buffer.from(bytes, "base64"));
    expect([name, image.height, image.width]).toEqual([name, height, width]);
    expect([name, Buffer.from(image.values).toString("base64")]).toEqual([name, values]);
  }
});

async function* slowly(files: readonly unknown[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield file as Uint8Array;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

async function thrownBy(files: AsyncIterable<Uint8Array>, options: object): Promise<unknown> {
  try {
    for await (const one of decodeImages(files, { atOnce: 4, ...options })) expect(one.at).toBe(0);
  } catch (error) {
    return error;
  }
  return undefined;
}

test("what fails while a slow source is waited for is thrown to the consumer alone", async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => void unheard.push(reason);
  process.on("unhandledRejection", hear);
  try {
    const wrong = await thrownBy(slowly([png, "no bytes", png]), {});
    expect(isTidelineError(wrong, "ARGUMENT_INVALID")).toBe(true);
    let taken = 0;
    const counted = (async function* () {
      for await (const file of slowly([png, png])) {
        taken++;
        yield file;
      }
    })();
    expect(isTidelineError(await thrownBy(counted, { channels: 2 }), "ARGUMENT_INVALID")).toBe(true);
    expect(taken).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
  }
});

test("limits that libvips would not take are the caller's fault, and none switches itself off", async () => {
  const wrong: readonly object[] = [
    { seconds: 3601 },
    { seconds: 0 },
    { maxPixels: 2 ** 60 },
    { maxPixels: 0.5 },
    { maxPixels: 1.5 },
    { maxBytes: 0.5 },
    { profile: "none" },
  ];
  for (const options of wrong) await expect(decodeImage(png, options)).rejects.toThrow(/ARGUMENT_INVALID/);
  for (const options of [{ seconds: 3600 }, { maxPixels: 2 ** 32 }, { maxBytes: 2 ** 31 - 1 }])
    expect((await decodeImage(png, options)).height).toBe(HEIGHT);
});
