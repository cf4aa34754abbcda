import { createHash } from "node:crypto";
import { sourceVectors, textLookups, type OnnxModel, type SourceVectors } from "@tideline/graph";
import { requiredOrtOperators } from "@tideline/graph/ort";
import {
  ARTIFACT_KINDS,
  codesOf,
  makeArtifacts,
  parityMatrix,
  requireMatrix,
  rowInputs,
  type ArtifactReason,
  type MissingArtifact,
  type ModelArtifact,
  type ModelRows,
  type ParityMatrix,
} from "@tideline/pipeline";
import { isTidelineError, messageOf, tidelineError, type TidelineError } from "@tideline/spec";
import { bytes as bytesText } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { readInputs } from "./export-input.ts";
import { quantisedModel } from "./export-quantised.ts";
import type { Exporter } from "./export.ts";
import { readModelRows } from "./export-rows.ts";
import type { FileContent } from "./generated-file.ts";
import { classesOf } from "./model-class.ts";
import { wholeFlag } from "./whole-flag.ts";

const WHO = "tideline export";

/** Kinds whose ranges are seen on rows. */
const CALIBRATED: readonly string[] = ["onnx-int8", "tflite-int8"] satisfies (keyof typeof ARTIFACT_KINDS)[];

/** Kinds that were asked for, and whether each must be written. */
function kindsOf(given: string): { readonly kinds: readonly string[]; readonly all: boolean } {
  const known = Object.keys(ARTIFACT_KINDS);
  const asked = given.split(",").map((kind) => kind.trim());
  if (asked.length === 1 && asked[0] === "all") return { kinds: known, all: true };
  const stranger = asked.find((kind) => !known.includes(kind));
  if (stranger === undefined) return { kinds: asked, all: false };
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: "--format",
    expected: `all, or some of ${known.join(", ")}`,
    received: stranger,
  });
}

/** Names that Windows keeps for devices, whatever comes behind a point. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** A name that a file of any system can have. */
function fileStem(name: string): string {
  const stem = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 60)
    .replaceAll(/^[.-]+|[.-]+$/g, "");
  return DEVICE.test(stem) ? `model-${stem}` : stem || "model";
}

/** The name that was asked for, which is not made another one. @throws `ARGUMENT_INVALID` */
function namedStem(name: string): string {
  if (name !== "" && fileStem(name) === name) return name;
  throw tidelineError("ARGUMENT_INVALID", {
    who: WHO,
    field: "--name",
    expected: "letters, digits, points, lines and dashes, at most 60, as a file of any system may be called",
    received: name === "" ? "none" : name,
    remedy: `It could be ${fileStem(name)}.`,
  });
}

/**
 * Classes that were asked for: as many as an output has numbers, where that is known; two of one number, which is the share of the second.
 *
 * @throws `ARGUMENT_INVALID`
 */
function namedClasses(given: string, { graph }: OnnxModel): readonly string[] {
  const classes = given.split(",").map((one) => one.trim());
  const refused = (expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: WHO, field: "--classes", expected, received });
  if (classes.includes("") || new Set(classes).size < classes.length)
    throw refused("names with commas between, each once", given);
  const widths = graph.outputs.flatMap(({ elementType, dims }) => {
    if (!elementType.startsWith("float")) return [];
    const width = dims.length < 2 ? 1 : dims.at(-1);
    return width === 1 ? [2] : [width];
  });
  const known = widths.filter((width) => typeof width === "number");
  if (known.length === 0 || known.length < widths.length || known.includes(classes.length)) return classes;
  throw refused(`${[...new Set(known)].join(" or ")} names, as many as the answer has`, `${classes.length}`);
}

/** Reasons once each, with the nodes that have them. */
function reasonText(reasons: readonly ArtifactReason[]): string {
  const groups = Map.groupBy(reasons, ({ op, reason, instead }) => {
    const what = op === "" ? reason : `${op}: ${reason}`;
    return instead === undefined ? what : `${what}; instead: ${instead}`;
  });
  const all = [...groups].map(([text, { length }]) => (length > 1 ? `${text} (${length} nodes)` : text));
  return all.slice(0, 4).join("; ") + (all.length > 4 ? `; and ${all.length - 4} more` : "");
}

/** Rows of nobody, on which the model has an answer, and what it answers. */
interface MadeUp {
  readonly rows: ModelRows;
  readonly vectors: SourceVectors;
}

function madeUpRows(model: OnnxModel, options: Parameters<typeof sourceVectors>[1]): MadeUp | undefined {
  // Texts that the graph looks up are drawn from what it knows, and answered as their codes.
  const { count, inputs, outputs } = sourceVectors(textLookups(model).model, options);
  const pick = <Value>(values: readonly Value[], kept: readonly number[]): readonly Value[] => {
    const width = values.length / count;
    return kept.flatMap((row) => values.slice(row * width, (row + 1) * width));
  };
  const kept = Array.from({ length: count }, (_, row) => row).filter((row) =>
    Object.values(outputs).every((values) => pick(values, [row]).every(Number.isFinite)),
  );
  // A net answers nothing to a row with a missing number, and of wide rows each has one.
  if (options.missing !== false && 2 * kept.length < count)
    return madeUpRows(model, { ...options, missing: false });
  if (kept.length === 0) return undefined;
  const some = <Value>(of: Readonly<Record<string, readonly Value[]>>) =>
    Object.fromEntries(Object.entries(of).map(([name, values]) => [name, pick(values, kept)]));
  const vectors = { inputs: some(inputs), outputs: some(outputs), count: kept.length };
  const dictionaries = options.dictionaries ?? {};
  const rows = rowInputs(model).map(({ name, elementType }) => {
    const values = vectors.inputs[name]!;
    const texts = typeof values[0] === "string" || values.includes(null);
    if (!texts) return [name, values as readonly number[]] as const;
    const told = values.map((value) => (value === null ? "" : String(value)));
    return [name, elementType === "string" ? told : codesOf(dictionaries[name] ?? [], told)] as const;
  });
  return { rows: { count: kept.length, inputs: Object.fromEntries(rows) }, vectors };
}

/** JSON with the numbers that it lacks as texts. */
const jsonOf = (value: unknown): string =>
  `${JSON.stringify(value, (_, one: unknown) => (typeof one === "number" && !Number.isFinite(one) ? String(one) : one), 1)}\n`;

/** What a reduced build of ONNX Runtime must have for the `.ort` file; nothing where there is none that is read whole. */
function operatorsOf(made: readonly ModelArtifact[]): string | undefined {
  const files = made.flatMap(({ format, files: own }) =>
    format === "ort" ? own.map(({ bytes }) => bytes) : [],
  );
  try {
    return files.length === 0 ? undefined : requiredOrtOperators(files);
  } catch (error) {
    if (isTidelineError(error, "MODEL_UNSUPPORTED")) return undefined;
    throw error;
  }
}

/** What an app's build reads: which file is for what, and that each is whole. */
function deviceManifest(
  name: string,
  model: OnnxModel,
  made: readonly ModelArtifact[],
  {
    classes,
    vectors,
    requiredOperators,
  }: {
    readonly classes: readonly string[] | undefined;
    readonly vectors: string | undefined;
    readonly requiredOperators: string | undefined;
  },
): string {
  const endOf = ({ name: own, elementType, dims }: OnnxModel["graph"]["outputs"][number]) => ({
    name: own,
    type: elementType,
    dims,
  });
  const inputs = new Set(rowInputs(model).map((input) => input.name));
  return jsonOf({
    format: 1,
    kind: "device-package",
    name,
    inputs: model.graph.inputs.filter((input) => inputs.has(input.name)).map(endOf),
    outputs: model.graph.outputs.map(endOf),
    ...(classes && { labels: classes }),
    ...(vectors !== undefined && { vectors }),
    ...(requiredOperators !== undefined && { requiredOperators }),
    variants: made.map(({ kind, format, numbers, sha256, size, oldest, files, dictionaries }) => ({
      kind,
      format,
      numbers,
      sha256,
      bytes: size,
      oldest,
      files: files.map(({ path, bytes }) => ({
        path,
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      })),
      ...(dictionaries && { dictionaries }),
    })),
  });
}

/** How far a kind is from the model, at most over the runtimes. */
function parityText(matrix: ParityMatrix | undefined, kind: string): string {
  const cells = matrix?.cells.filter(({ artifact }) => artifact === kind) ?? [];
  if (cells.length === 0) return "not run here";
  const far = Math.max(...cells.map(({ heldOut }) => heldOut.difference));
  const agreed = Math.min(...cells.map(({ heldOut }) => heldOut.agreement));
  const where = cells.map(({ runtime }) => runtime).join(", ");
  return `${far.toExponential(1)}, ${(100 * agreed).toFixed(1)} % alike (${where})`;
}

function tableText(
  what: string,
  made: readonly ModelArtifact[],
  missing: readonly MissingArtifact[],
  matrix: ParityMatrix | undefined,
): string {
  const shown = table(
    made,
    [
      { name: "kind", text: ({ kind }) => kind },
      { name: "size", text: ({ size }) => bytesText(size), align: "right" },
      { name: "oldest", text: ({ oldest }) => oldest },
      { name: "from the model", text: ({ kind }) => parityText(matrix, kind) },
    ],
    "Nothing is written.",
  );
  const not = missing.map(({ kind, reasons }) => `  ${kind}: ${reasonText(reasons)}`);
  return [`${what}`, "", shown, ...(not.length > 0 ? ["", "Not written:", ...not] : [])].join("\n");
}

/** Kinds that do not answer as the model does, as kinds that it does not come in. */
function failedKinds(matrix: ParityMatrix | undefined): readonly MissingArtifact[] {
  const bad = (matrix?.cells ?? []).filter(({ faults }) => faults.length > 0);
  return [...Map.groupBy(bad, ({ artifact }) => artifact)].map(([kind, cells]) => ({
    kind,
    reasons: cells.map(({ runtime, faults, heldOut: { rows } }) => ({
      node: "",
      op: "",
      reason: `${rows === 0 ? "does not run" : "does not answer as the model"} on ${runtime}: ${faults.join(", ")}`,
    })),
  }));
}

/** Whether the graph itself is right, without which nothing is known of the others. */
const isGraphRight = (failed: readonly MissingArtifact[]): boolean =>
  failed.every(({ kind }) => kind !== "onnx" && kind !== "graph");

/**
 * A model as files of runtimes: each kind with what an app needs to take it, and held against the model on every runtime that is
 * here before anything is written, on given rows or on such as are made up. Of `all`, kinds that do not pass are left out, and the
 * result has a fault beside the files; kinds that are named are written all or none.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, DATA_MALFORMED, GRAPH_ILLEGAL
 */
export const exportFormat: Exporter = async ({ model, what, stem, labels }, flags) => {
  const { kinds, all } = kindsOf(flags.format!);
  if (flags.package !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: "--package",
      expected: "none: it is for --source kotlin",
      received: flags.package,
    });
  if (flags.label !== undefined && flags.rows === undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: "--label",
      expected: "--rows too",
      received: "none",
    });
  const name = flags.name === undefined ? fileStem(stem) : namedStem(flags.name);
  const classes =
    flags.classes === undefined ? (labels ?? classesOf(model)) : namedClasses(flags.classes, model);
  const count = wholeFlag(WHO, "--vectors", flags.vectors, 64, 1000);
  const seed = wholeFlag(WHO, "--seed", flags.seed, 1, 2 ** 32 - 1);
  const { dictionaries: given, ranges } = await readInputs(flags.inputs);
  const { dictionaries: own } = textLookups(model);
  const rows =
    flags.rows === undefined
      ? undefined
      : await readModelRows(flags.rows, model, {
          label: flags.label,
          classes,
          ...(kinds.some((kind) => CALIBRATED.includes(kind)) && { seed }),
        });
  let noRows: string | undefined;
  let madeUp: MadeUp | undefined;
  try {
    madeUp = madeUpRows(model, { seed, count, dictionaries: { ...own, ...given }, ranges });
    if (madeUp === undefined) noRows = "the model has no answer to rows that are made up";
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    noRows = messageOf(error);
  }
  const held = rows?.rows ?? madeUp?.rows;
  const quantised =
    rows?.calibration !== undefined && kinds.includes("onnx-int8")
      ? await quantisedModel(model, rows.calibration)
      : undefined;
  const source = {
    model,
    name,
    ...(classes && { labels: classes }),
    ...(rows?.calibration && { calibration: rows.calibration }),
    ...(quantised && { quantised }),
  };
  const { made, missing } = await makeArtifacts(source, [...new Set(["onnx", ...kinds])]);
  const asked = made.filter(({ kind }) => kinds.includes(kind));
  const matrix =
    held === undefined
      ? undefined
      : await parityMatrix({
          model,
          artifacts: { made, missing },
          heldOut: held,
          ...(rows?.labels && { labels: rows.labels }),
        });
  const failed = failedKinds(matrix);
  const isSome = all && matrix !== undefined && isGraphRight(failed);
  const written = isSome ? asked.filter(({ kind }) => !failed.some((one) => one.kind === kind)) : asked;
  const absent = isSome ? [...missing, ...failed] : missing;
  const fault =
    isSome && failed.length > 0 && written.length > 0
      ? leftOut(what, failed)
      : faultOf(what, { matrix, missing: all ? [] : missing, nothing: asked.length === 0, noRows });
  const vectors = madeUp === undefined ? undefined : `${name}.vectors.json`;
  const manifest = `${name}.json`;
  const operatorsFile = `${name}.required_operators.config`;
  const operators = operatorsOf(written);
  const files: Record<string, FileContent> = {
    [manifest]: deviceManifest(name, model, written, {
      classes,
      vectors,
      requiredOperators: operators === undefined ? undefined : operatorsFile,
    }),
    ...(operators !== undefined && { [operatorsFile]: operators }),
  };
  if (vectors !== undefined)
    files[vectors] = jsonOf({ format: 1, kind: "source-vectors", name, seed, ...madeUp!.vectors });
  for (const { files: own } of written) for (const { path, bytes } of own) files[path] = bytes;
  const heldText =
    held === undefined
      ? `${what}, held against nothing: ${noRows}`
      : `${what}, held against the model on ${held.count} rows ${rows === undefined ? "that were made up" : `of ${flags.rows}`} and ${matrix!.rows.adversarial} that no person makes`;
  return {
    files: fault === undefined || (isSome && written.length > 0) ? files : {},
    manifest,
    value: {
      name,
      artifacts: written.map(({ kind, format, numbers, size, sha256, oldest, files: own }) => ({
        kind,
        format,
        numbers,
        bytes: size,
        sha256,
        oldest,
        files: own.map(({ path }) => path),
      })),
      missing: absent,
      matrix: matrix ?? null,
    },
    text: tableText(
      heldText,
      written,
      absent.filter(({ kind }) => kinds.includes(kind)),
      matrix,
    ),
    ...(fault && { fault }),
  };
};

/** What is said of kinds that are not among the files of all that passed. */
function leftOut(what: string, failed: readonly MissingArtifact[]): TidelineError {
  return tidelineError("EXPORT_PARTIAL", {
    who: `${WHO} ${what}`,
    field: "--format all",
    expected: "kinds that answer as the model does",
    received: `others: ${failed.map(({ kind }) => kind).join(", ")}`,
    remedy:
      "They are left out, and the rest is written: each reason is listed above. Name the kinds that you need.",
  });
}

/** What keeps files from being written. */
function faultOf(
  what: string,
  {
    matrix,
    missing,
    nothing,
    noRows,
  }: {
    readonly matrix: ParityMatrix | undefined;
    readonly missing: readonly MissingArtifact[];
    readonly nothing: boolean;
    readonly noRows: string | undefined;
  },
): TidelineError | undefined {
  if (missing.length > 0 || nothing)
    return tidelineError("MODEL_UNSUPPORTED", {
      who: `${WHO} ${what}`,
      field: "--format",
      expected: "kinds that the model comes in",
      received: missing.map(({ kind }) => kind).join(", ") || "none that it does",
      remedy: "Each reason is listed above; --format all writes what can be.",
    });
  if (matrix === undefined)
    return tidelineError("PARITY_FAILED", {
      who: `${WHO} ${what}`,
      expected: "rows on which files are held against the model",
      received: noRows ?? "none",
      remedy: "Give rows of the model's inputs with --rows, or ranges and texts with --inputs.",
    });
  try {
    requireMatrix(matrix);
    return undefined;
  } catch (error) {
    if (isTidelineError(error, "PARITY_FAILED")) return error;
    throw error;
  }
}
