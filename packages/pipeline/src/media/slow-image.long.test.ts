import { expect, test } from "vitest";
import sharp from "sharp";
import { decodeImage } from "./decode-image.ts";

test("images that take longer than they may are refused for that, also beside damaged ones, which are refused for their damage", async () => {
  const side = 20_000;
  // 400 million pixels in a file of kilobytes: seconds of decoding.
  const endless = await sharp({
    create: { width: side, height: side, channels: 3, background: "#000" },
    limitInputPixels: false,
  })
    .toColourspace("b-w")
    .png({ compressionLevel: 1 })
    .toBuffer();
  const photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#a0b" } })
    .jpeg()
    .toBuffer();
  const reasons = async (bytes: Uint8Array, count: number): Promise<readonly string[]> => {
    const options = { channels: 1, maxPixels: 2 ** 32, seconds: 1 } as const;
    const all = await Promise.allSettled(Array.from({ length: count }, () => decodeImage(bytes, options)));
    return all.flatMap((one) => (one.status === "rejected" ? [String(one.reason.message)] : []));
  };
  const [late, damaged] = await Promise.all([
    reasons(endless, 12),
    reasons(photo.subarray(0, photo.length - 60), 6),
  ]);
  expect(late.length).toBeGreaterThan(0);
  for (const reason of late) expect(reason).toMatch(/expected pixels within 1 seconds.*DATA_MALFORMED/);
  expect(damaged).toHaveLength(6);
  for (const reason of damaged) expect(reason).toMatch(/expected a whole jpeg file.*DATA_MALFORMED/);
}, 60_000);
