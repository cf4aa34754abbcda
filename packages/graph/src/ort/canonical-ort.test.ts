import { expect, test } from "vitest";
import { writeFlat } from "../flat-buffer-canonical.ts";
import { readFlat } from "../flat-buffer-read.ts";
import type { FlatTable } from "../flat-buffer-schema.ts";
import { canonicalOrt } from "./canonical-ort.ts";
import { ORT_SCHEMA } from "./ort-schema.ts";

const tensor = (name: string, bytes: number): FlatTable => ({
  name,
  dims: [2n ** 62n + 1n, -1n],
  data_type: 2,
  raw_data: Uint8Array.from({ length: bytes }, (_, at) => at),
});

const session = (initializers: readonly FlatTable[], opset_import: readonly FlatTable[]): FlatTable => ({
  ort_version: "6",
  model: {
    opset_import,
    graph: {
      initializers,
      nodes: [
        { op_type: "Z", attributes: [{ name: "f", type: 1, f: 0x7fa00001, floats: [-1, 0x7fa00001] }] },
        { op_type: "A" },
      ],
      node_args: [
        {
          name: "x",
          type: { value_type: 2, value: { elem_type: { value_type: 1, value: { elem_type: 1 } } } },
        },
      ],
      node_edges: [{ node_index: 1, input_edges: Uint8Array.from({ length: 24 }, (_, at) => at) }],
    },
  },
});

const DOMAINS = [
  { domain: "", version: 18n },
  { domain: "ai.onnx.ml", version: 3n },
];
const TENSORS = [tensor("a", 5), tensor("b", 0), tensor("c", 33)];

test("sets have one order; what is a list keeps its own, and every bit stays", () => {
  const sorted = session(TENSORS, DOMAINS);
  const bytes = writeFlat(sorted, ORT_SCHEMA, "test");
  const shuffled = writeFlat(session(TENSORS.toReversed(), DOMAINS.toReversed()), ORT_SCHEMA, "test");
  expect(shuffled).toEqual(bytes);
  expect(readFlat(bytes, ORT_SCHEMA)).toEqual(sorted);
  expect(canonicalOrt(bytes)).toEqual({ ok: true, bytes });
});

test("raw numbers start at multiples of 16 bytes", () => {
  const bytes = writeFlat(session(TENSORS, DOMAINS), ORT_SCHEMA, "test");
  const { model } = readFlat(bytes, ORT_SCHEMA) as {
    model: { graph: { initializers: { raw_data: Uint8Array }[] } };
  };
  for (const { raw_data } of model.graph.initializers) expect(raw_data.byteOffset % 16).toBe(0);
});

test("a file with what is not known is refused, not changed", () => {
  const { InferenceSession, ...rest } = ORT_SCHEMA.tables;
  const newer = {
    ...ORT_SCHEMA,
    tables: { ...rest, InferenceSession: [...InferenceSession!, ["added", "i32"] as const] },
  };
  const bytes = writeFlat({ ...session(TENSORS, DOMAINS), added: 7 }, newer, "test");
  expect(canonicalOrt(bytes)).toMatchObject({ ok: false, reason: expect.stringContaining("field 4") });
  const right = writeFlat(session(TENSORS, DOMAINS), ORT_SCHEMA, "test");
  expect(canonicalOrt(right.subarray(0, 40)).ok).toBe(false);
  expect(canonicalOrt(new TextEncoder().encode("no FlatBuffer at all")).ok).toBe(false);
});
