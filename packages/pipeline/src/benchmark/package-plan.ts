import { createHash } from "node:crypto";
import {
  inputWidth,
  type BenchmarkArtifact,
  type BenchmarkInput,
  type BenchmarkPace,
  type BenchmarkPlan,
  type PlanValue,
} from "@tideline/spec/benchmark";
import { isInsidePath, messageOf, tidelineError } from "@tideline/spec";
import { Type, type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { MATRIX_TOLERANCE } from "../release/matrix/index.ts";

/** A plan with the files that it names. */
export interface BenchmarkFiles {
  readonly plan: BenchmarkPlan;
  /** By SHA-256. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files of the package that no runtime of the benchmark takes, and why. */
  readonly left: readonly LeftArtifact[];
}

/** A file that is not run. */
export interface LeftArtifact {
  readonly artifact: string;
  readonly bytes: number;
  readonly reason: string;
}

const End = Type.Object({
  name: Type.String(),
  type: Type.String(),
  dims: Type.Array(Type.Union([Type.Number(), Type.String()])),
});

const MANIFEST = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal("device-package"),
  name: Type.String(),
  inputs: Type.Array(End),
  outputs: Type.Array(End),
  vectors: Type.Optional(Type.String()),
  variants: Type.Array(
    Type.Object({
      kind: Type.String(),
      format: Type.String(),
      numbers: Type.String(),
      bytes: Type.Integer({ minimum: 0 }),
      files: Type.Array(Type.Object({ path: Type.String(), bytes: Type.Integer(), sha256: Type.String() })),
      dictionaries: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
      answers: Type.Optional(Type.Record(Type.String(), Type.Array(Type.Number()))),
    }),
  ),
});

const VECTORS = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal("source-vectors"),
  count: Type.Integer({ minimum: 1 }),
  inputs: Type.Record(Type.String(), Type.Array(Type.Union([Type.Number(), Type.String(), Type.Null()]))),
  outputs: Type.Record(Type.String(), Type.Array(Type.Union([Type.Number(), Type.String()]))),
});

/** What of a file is held against the vectors: ten times what the parity gate lets pass between runtimes of one machine. */
const EXACT = 1e-3;

/** Formats that a runtime of the benchmark takes. */
const FORMATS: Readonly<Record<string, string>> = {
  mlmodel: "Core ML runs on Apple's systems alone: not run here",
  mlpackage: "Core ML runs on Apple's systems alone: not run here",
};

const malformed = (who: string, field: string, expected: string, received: string, cause?: unknown) =>
  tidelineError("DATA_MALFORMED", { who, field, expected, received, cause });

function parsed<Schema extends TSchema>(who: string, schema: Schema, bytes: Uint8Array): Static<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformed(who, "", "JSON", messageOf(cause), cause);
  }
  if (Value.Check(schema, value)) return value as Static<Schema>;
  const [first] = Value.Errors(schema, value);
  throw malformed(
    who,
    first?.instancePath ?? "",
    "what tideline export writes",
    first?.message ?? "something else",
  );
}

/** A path of the package's own, which leads nowhere else. */
function inside(who: string, field: string, path: string): string {
  if (isInsidePath(path)) return path;
  throw malformed(who, field, "the path of a file beside the manifest", JSON.stringify(path));
}

function boundOf(numbers: string): BenchmarkArtifact["bound"] {
  if (numbers === "float16" || numbers === "int8")
    return { of: "rms", spreads: MATRIX_TOLERANCE.deviation[numbers] };
  return { of: "most", spreads: EXACT };
}

function inputOf(who: string, { name, type, dims }: Static<typeof End>): BenchmarkInput {
  const open = typeof dims[0] === "string";
  const own = open ? dims.slice(1) : dims;
  const named = own.find((dim) => typeof dim !== "number");
  if (named !== undefined)
    throw malformed(
      who,
      `input "${name}"`,
      "lengths that are known, but for the first",
      `[${dims.join(", ")}]`,
    );
  return { name, elementType: type, dims: own as number[], open };
}

/**
 * The plan of a device package, as `tideline export --format` writes it: its files, and its vectors as the rows that are run. Every
 * file is held against its digest.
 *
 * @param read a file of the package by its path
 * @throws DATA_MALFORMED for a package that is not whole, ARTIFACT_CORRUPT for a file that is not the one that it names.
 *
 * @example
 * const { plan, files } = await packagePlan("gym.json", (path) => readFile(join(folder, path)), { runs: 500, sustainSeconds: 3 });
 */
export async function packagePlan(
  manifestPath: string,
  read: (path: string) => Promise<Uint8Array>,
  pace: BenchmarkPace,
  kinds?: readonly string[],
): Promise<BenchmarkFiles> {
  const manifest = parsed(manifestPath, MANIFEST, await read(manifestPath));
  if (manifest.vectors === undefined)
    throw malformed(
      manifestPath,
      "vectors",
      "rows with their answers: without them no answer is known to be right",
      "none",
    );
  const vectors = parsed(
    manifest.vectors,
    VECTORS,
    await read(inside(manifestPath, "vectors", manifest.vectors)),
  );
  const inputs = manifest.inputs.map((end) => inputOf(manifestPath, end));
  for (const input of inputs) {
    const length = vectors.count * inputWidth(input);
    if (vectors.inputs[input.name]?.length !== length)
      throw malformed(
        manifest.vectors,
        `input "${input.name}"`,
        `${length} values`,
        `${vectors.inputs[input.name]?.length ?? "none"}`,
      );
  }
  // Texts are no numbers to hold answers against.
  const texts = new Set(manifest.outputs.flatMap(({ name, type }) => (type === "string" ? [name] : [])));
  const outputs = Object.entries(vectors.outputs)
    .filter(([name]) => !texts.has(name))
    .map(([name, values]) => ({ name, width: values.length / vectors.count, values: values.map(Number) }))
    .filter(({ width }) => width > 0);
  const uneven = outputs.find(
    ({ width, values }) => !Number.isInteger(width) || !values.every(Number.isFinite),
  );
  if (uneven !== undefined || outputs.length === 0)
    throw malformed(
      manifest.vectors,
      `output "${uneven?.name ?? ""}"`,
      "finite answers to each row",
      "others",
    );

  const stranger = kinds?.find((kind) => !manifest.variants.some((variant) => variant.kind === kind));
  if (stranger !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: manifestPath,
      field: "--format",
      expected: manifest.variants.map(({ kind }) => kind).join(", "),
      received: stranger,
    });
  const files = new Map<string, Uint8Array>();
  const artifacts: BenchmarkArtifact[] = [];
  const left: LeftArtifact[] = [];
  // What single precision leaves of an input of double precision comes into LiteRT beside it.
  const doubles = inputs.filter(({ elementType }) => elementType === "float64").map(({ name }) => name);
  for (const variant of manifest.variants) {
    const { kind, format, numbers, bytes, dictionaries, answers } = variant;
    if (kinds !== undefined && !kinds.includes(kind)) continue;
    const short = outputs.find(({ name, values }) => (answers?.[name] ?? values).length !== values.length);
    if (short !== undefined)
      throw malformed(
        manifestPath,
        `variant "${kind}", answers "${short.name}"`,
        `${short.values.length} numbers`,
        String(answers![short.name]!.length),
      );
    const reason = FORMATS[format];
    if (reason !== undefined || variant.files.length !== 1) {
      left.push({ artifact: kind, bytes, reason: reason ?? "of several files" });
      continue;
    }
    const [{ path, sha256 }] = variant.files as unknown as [{ path: string; sha256: string }];
    const content = await read(inside(manifestPath, `variant "${kind}"`, path));
    const digest = createHash("sha256").update(content).digest("hex");
    if (digest !== sha256)
      throw tidelineError("ARTIFACT_CORRUPT", {
        who: `${manifestPath}: ${path}`,
        expected: `bytes with hash ${sha256}`,
        received: digest,
        remedy: "Export the model again.",
      });
    files.set(sha256, content);
    artifacts.push({
      kind,
      format,
      numbers,
      sha256,
      bytes: content.length,
      ...(dictionaries && { dictionaries }),
      ...(format === "tflite" &&
        doubles.length > 0 && { lowOf: Object.fromEntries(doubles.map((name) => [`${name}_low`, name])) }),
      bound: boundOf(numbers),
      ...(answers && { answers }),
    });
  }
  const plan: BenchmarkPlan = Object.freeze({
    format: 1,
    kind: "benchmark-plan",
    name: manifest.name,
    inputs,
    outputs: outputs.map(({ name, width }) => ({ name, width })),
    rows: vectors.count,
    vectors: {
      inputs: vectors.inputs as Readonly<Record<string, readonly PlanValue[]>>,
      outputs: Object.fromEntries(outputs.map(({ name, values }) => [name, values])),
    },
    artifacts,
    pace,
  });
  return Object.freeze({ plan, files, left });
}
