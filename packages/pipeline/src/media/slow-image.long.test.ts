import { expect, test } from "vitest";
import sharp from "sharp";
import { decodeImage } from "./decode-image.ts";

test("an image that takes longer than it may is refused for that, and its file is not called damaged", async () => {
  const side = 20_000;
  // 400 million pixels in a file of kilobytes: seconds of decoding.
  const endless = await sharp({
    create: { width: side, height: side, channels: 3, background: "#000" },
    limitInputPixels: false,
  })
    .toColourspace("b-w")
    .png({ compressionLevel: 1 })
    .toBuffer();
  await expect(decodeImage(endless, { channels: 1, maxPixels: 2 ** 32, seconds: 1 })).rejects.toThrow(
    /expected pixels within 1 seconds.*DATA_MALFORMED/,
  );
}, 60_000);
