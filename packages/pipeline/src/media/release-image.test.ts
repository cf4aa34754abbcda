import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "./decode-image.ts";
import { releaseImage } from "./release-image.ts";

test("an image that is released has no values, and others keep theirs", async () => {
  const values = new Uint8Array(200 * 300 * 3).map((_, at) => at % 251);
  const png = await sharp(values, { raw: { height: 200, width: 300, channels: 3 } })
    .png()
    .toBuffer();
  const [one, other] = await Promise.all([decodeImage(png), decodeImage(png)]);
  releaseImage(one);
  releaseImage(one);
  expect(one.values.length).toBe(0);
  expect(other.values).toEqual(values);
  const part = { ...other, values: other.values.subarray(0, 300) };
  releaseImage(part);
  expect(other.values).toEqual(values);
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  releaseImage({ height: 1, width: 1, channels: 3, values: shared });
  expect(shared.length).toBe(3);
});
