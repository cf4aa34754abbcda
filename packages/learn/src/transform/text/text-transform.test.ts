import { describe, expect, it, test } from "vitest";
import { frame } from "../../frame/frame.ts";
import { transformChecks } from "../testing/index.ts";
import type { TransformCase } from "../testing/transform-check.ts";
import { fitTransform } from "../transform.ts";
import type { AnyTransformDef } from "../transform-def.ts";
import { TEXT_NORMALIZER, textNormalizer } from "./text-normalizer.ts";
import { TEXT_VECTORS, textVectors } from "./text-vectors.ts";
import { TOKEN_IDS, tokenIds } from "./token-ids.ts";

const TOKENIZER = JSON.stringify({
  model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, free: 1, prize: 2, call: 3 } },
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
});

const CASES: readonly (readonly [AnyTransformDef, TransformCase])[] = [
  [TEXT_NORMALIZER, {}],
  [TEXT_NORMALIZER, { options: { form: "NFKD", lowercase: true, stripAccents: "ascii", stem: "german" } }],
  [TOKEN_IDS, { options: { tokenizer: TOKENIZER } }],
  [TEXT_VECTORS, { options: { columns: ["city"] } }],
  [TEXT_VECTORS, { options: { analyzer: "char", ngramRange: [1, 2], maxFeatures: 5, sublinearTf: true } }],
];

describe.each(CASES)("$kind", (def, given) => {
  for (const { name, run } of transformChecks(def, given)) test(name, run);
});

const rows = frame([
  {
    kind: "string",
    name: "message",
    codes: Int32Array.from([0, 1, -1, 2]),
    dictionary: ["Free  PRIZE ", "call me", "free\u00a0prize"],
  },
]);

it("rewrites texts; equal ones become one", () => {
  const [column] = fitTransform(textNormalizer({ lowercase: true }), rows).transform(rows).columns;
  expect(column).toEqual({
    kind: "string",
    name: "message",
    codes: Int32Array.from([0, 1, -1, 0]),
    dictionary: ["free prize", "call me"],
  });
});

it("numbers tokens; a missing text is missing", () => {
  const [column] = fitTransform(tokenIds({ tokenizer: TOKENIZER }), rows).transform(rows).columns;
  expect(column).toMatchObject({
    kind: "series",
    offsets: Int32Array.from([0, 2, 4, 4, 6]),
    values: Int32Array.from([1, 2, 3, 0, 1, 2]),
    validity: Uint8Array.of(0b1011),
  });
  expect(() => tokenIds({ tokenizer: "{}" })).toThrow("DATA_MALFORMED");
});

it("makes vectors of texts", () => {
  const fitted = fitTransform(textVectors({ useIdf: false }), rows);
  expect(fitted.outputs).toEqual([{ name: "message", kind: "vector", width: 4 }]);
  const [column] = fitted.transform(rows).columns;
  const half = Math.SQRT1_2;
  expect(
    [...(column as unknown as { values: Float64Array }).values].map((value) => Number(value.toFixed(12))),
  ).toEqual(
    [0, half, 0, half, half, 0, half, 0, 0, 0, 0, 0, 0, half, 0, half].map((value) =>
      Number(value.toFixed(12)),
    ),
  );
});
