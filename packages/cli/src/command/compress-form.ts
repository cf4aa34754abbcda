import { writeOnnx, type GraphRuntime, type OnnxModel, type RuntimeTensor } from "@tideline/graph";
import {
  quantise,
  quantiseWeights,
  type Calibration,
  type Candidate,
  type MissingForm,
} from "@tideline/graph/compress";
import { litertFeed, writeLitert, type LitertPrecision, type LitertReport } from "@tideline/graph/litert";
import { openLitert } from "@tideline/pipeline";
import { isTidelineError, messageOf } from "@tideline/spec";

/** Formats whose forms can be measured here. */
export const FORM_FORMATS = ["onnx", "litert"] as const;

/** One of {@link FORM_FORMATS}. */
export type FormFormat = (typeof FORM_FORMATS)[number];

/** Forms beside the one that is taken. */
export interface OtherForms {
  readonly forms: readonly Candidate[];
  /** Those that the model does not come in. */
  readonly missing: readonly MissingForm[];
}

/** Rows of calibration for LiteRT's writer, which runs them one by one. */
const MOST_LITERT_ROWS = 128;

const LITERT: readonly LitertPrecision[] = ["float32", "float16", "dynamic-int8", "int8"];

/**
 * Forms of a model that it could have had: each with one kind of numbers in all its layers, and those of LiteRT where it is
 * asked for, whose writer rounds as it writes. What is the same file as another is left out.
 */
export async function otherForms(
  model: OnnxModel,
  {
    chosen,
    calibration,
    formats,
  }: {
    readonly chosen: Candidate;
    readonly calibration: Calibration;
    readonly formats: readonly FormFormat[];
  },
): Promise<OtherForms> {
  const forms: Candidate[] = [];
  const missing: MissingForm[] = [];
  const seen = [writeOnnx(model), writeOnnx(chosen.model)];
  const add = async (name: string, make: () => Promise<Omit<Candidate, "name">>): Promise<void> => {
    try {
      const made = await make();
      const bytes = made.file?.bytes ?? writeOnnx(made.model);
      if (seen.some((other) => Buffer.compare(other, bytes) === 0)) return;
      seen.push(bytes);
      forms.push({ name, ...made });
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      missing.push({ name, reason: messageOf(error) });
    }
  };
  if (formats.includes("onnx")) {
    for (const [bits, name] of [
      [16, "float16"],
      [8, "int8-weights"],
      [4, "int4-weights"],
    ] as const)
      await add(`all ${name}`, () => quantiseWeights(model, { bits, calibration }));
    await add("all int8", () => quantise(model, { calibration }));
  }
  if (!formats.includes("litert")) return { forms, missing };
  const rows = calibration.rows.flatMap(singleRows).slice(0, MOST_LITERT_ROWS);
  for (const precision of LITERT) {
    const name = `litert ${precision}`;
    const made = writeLitert(model, { precision, ...(precision === "int8" && { calibration: { rows } }) });
    if (made.ok) {
      const file = { format: "litert", bytes: made.bytes, runtime: litertRuntimeOf(made.report) };
      await add(name, async () => ({ model, file }));
    } else {
      const reasons = made.reasons.map(({ op, reason }) => (op === "" ? reason : `${op}: ${reason}`));
      missing.push({ name, reason: [...new Set(reasons)].slice(0, 3).join("; ") });
    }
  }
  return { forms, missing };
}

/** A batch row by row. */
function singleRows(batch: Calibration["rows"][number]): Calibration["rows"] {
  const count = Object.values(batch)[0]?.dims[0] ?? 0;
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      Object.entries(batch).map(([name, { dims, values }]) => {
        const width = values.length / count;
        return [
          name,
          {
            dims: [1, ...dims.slice(1)],
            values: Float64Array.from({ length: width }, (_one, at) => values[row * width + at]!),
          },
        ];
      }),
    ),
  );
}

/** LiteRT behind the graph's own ends. */
function litertRuntimeOf(report: LitertReport): GraphRuntime {
  return Object.freeze({
    name: "litert",
    async load(bytes: Uint8Array) {
      const graph = await openLitert(bytes);
      return Object.freeze({
        ...graph,
        run(inputs: Readonly<Record<string, RuntimeTensor>>, outputs: readonly string[]) {
          const numbers = Object.fromEntries(
            Object.entries(inputs).map(([name, { dims, values }]) => [
              name,
              { dims, values: Float64Array.from(values as ArrayLike<number | bigint>, Number) },
            ]),
          );
          return graph.run(litertFeed(report, numbers) as Readonly<Record<string, RuntimeTensor>>, outputs);
        },
      });
    },
  });
}
