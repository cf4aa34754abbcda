import { join } from "node:path";
import { collectFrame, columnOfKind } from "@tideline/learn/frame";
import { tfidfVectorizer } from "@tideline/learn/text";
import { parquetSource } from "@tideline/pipeline/frame/parquet";
import { ownCase } from "../own-case.ts";

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum;
}

/** TF-IDF of texts, by default options. */
export const own = ownCase({
  async load(folder) {
    const frame = await collectFrame(await parquetSource(join(folder, "texts.parquet")));
    const { codes, dictionary } = columnOfKind(frame, "text", "string");
    return Array.from(codes, (code) => dictionary[code]!);
  },
  run: async (texts) => tfidfVectorizer().fitTransform(texts).X,
  digest: ({ rows, columns, values }) => ({
    texts: rows,
    words: columns,
    entries: values.length,
    sum: sumOf(values),
  }),
});
