import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { resizeImage } from "@tideline/learn/image";
import { decodeImages, releaseImage } from "@tideline/pipeline/media";
import { ownCase } from "../own-case.ts";

const SIZE = 224;

async function* filesOf(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const path of paths) yield await readFile(path);
}

/** Decode and resize, bilinear, antialiased. */
export const own = ownCase({
  load: async (folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".jpg"))
      .toSorted()
      .map((name) => join(folder, name)),
  async run(paths) {
    const out = new Uint8Array(paths.length * SIZE * SIZE * 3);
    for await (const one of decodeImages(filesOf(paths), { releaseFiles: true })) {
      if ("refused" in one) throw one.refused;
      const small = resizeImage(one.image, { height: SIZE, width: SIZE, kernel: "bilinear" });
      releaseImage(one.image);
      out.set(small.values, one.at * SIZE * SIZE * 3);
      releaseImage(small);
    }
    return { photos: paths.length, out };
  },
  digest({ photos, out }) {
    let sum = 0;
    for (let at = 0; at < out.length; at++) sum += out[at]!;
    return { photos, width: SIZE, mean: sum / out.length };
  },
});
