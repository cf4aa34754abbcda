import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  bindDims,
  checkModel,
  hasStandardForm,
  modernForms,
  optimise,
  readOnnx,
  standardOperators,
  type StandardModel,
  textLookups,
  toldOutputs,
  writeOnnx,
  writeSource,
  type OnnxModel,
} from "@tideline/graph";
import { makeArtifacts, type ArtifactReason, type ModelArtifact } from "@tideline/pipeline";
import { isInsidePath, isTidelineError, messageOf, tidelineError, type TidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { bytes, plural } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { changedFiles, isSameFile, writeFiles } from "./generated-file.ts";
import { unknownOperators, type UnknownOperator } from "./unknown-operator.ts";

/** What `tideline import` is told besides the file. */
export interface ImportFlags {
  readonly out?: string;
  /** `name=n`, each. */
  readonly length?: readonly string[];
  readonly check?: boolean;
}

const WHO = "tideline import";

/** The largest file that is read: what protobuf allows. */
const MOST_BYTES = 2 ** 31 - 1;

/** The model in standard operators; as it is where some are of no kind known, which are told first. */
function standardised(model: OnnxModel): StandardModel & { readonly unknown: readonly UnknownOperator[] } {
  const { graph } = textLookups(model).model;
  const nodes = graph.nodes.filter((node) => !hasStandardForm(node));
  const unknown = unknownOperators({ ...model, graph: { ...graph, nodes } });
  return unknown.length > 0
    ? { model, rewrites: 0, texts: {}, notes: [], unknown }
    : { ...standardOperators(model), unknown };
}

/** Reads a file with the weights that lie beside it. */
async function readModel(file: string): Promise<OnnxModel> {
  const refused = (received: string, cause?: unknown) =>
    tidelineError("DATA_NOT_FOUND", {
      who: WHO,
      field: file,
      expected: "a file of ONNX of at most 2 GiB",
      received,
      cause,
    });
  const found = await stat(file).catch((error: unknown) => {
    throw refused(messageOf(error), error);
  });
  if (!found.isFile() || found.size > MOST_BYTES)
    throw refused(found.isFile() ? `${found.size} bytes` : "no file");
  const content = await readFile(file);
  const beside = new Map<string, Uint8Array>();
  // The names are known only once it is read: kept apart first, then read with them.
  const kept = readOnnx(content, { external: "keep" });
  for (const { external } of kept.graph.initializers) {
    const location = external?.["location"];
    if (location === undefined || beside.has(location)) continue;
    // What leads out of the folder is refused by the reader.
    if (!isInsidePath(location)) continue;
    const weights = await readFile(join(dirname(file), location)).catch(() => undefined);
    if (weights) beside.set(location, weights);
  }
  return readOnnx(content, {
    external: (location) => {
      const weights = beside.get(location);
      if (weights !== undefined) return weights;
      throw refused(`weights in ${location}, which is not beside it`);
    },
  });
}

/** A first axis without a name is the batch, as exporters mean it. */
const withBatch = (values: OnnxModel["graph"]["inputs"]): OnnxModel["graph"]["inputs"] =>
  values.map((value) =>
    value.dims[0] === "" ? { ...value, dims: ["batch", ...value.dims.slice(1)] } : value,
  );

/** The model with each operator set once (some exporters name the standard one by both of its names), and its batch named. */
function asOurs(model: OnnxModel): OnnxModel {
  const named = model.opsets.map((one) => (one.domain === "ai.onnx" ? { ...one, domain: "" } : one));
  const { inputs, outputs } = model.graph;
  return {
    ...model,
    opsets: [...new Map(named.map((one) => [`${one.domain} ${one.version}`, one])).values()],
    graph: { ...model.graph, inputs: withBatch(inputs), outputs: withBatch(outputs) },
  };
}

const wrong = (field: string, expected: string, received: string): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });

function lengthsOf(given: readonly string[]): Readonly<Record<string, number>> {
  const lengths = new Map<string, number>();
  for (const one of given) {
    const [, name, length] = /^([^=]+)=([1-9][0-9]{0,8})$/.exec(one) ?? [];
    if (name === undefined) throw wrong("--length", "a name and a number, such as sequence=128", one);
    if (lengths.has(name)) throw wrong("--length", "each name once", given.join(" "));
    lengths.set(name, Number(length));
  }
  return Object.fromEntries(lengths);
}

/** Wants lengths to be of axes that the inputs name. @throws ARGUMENT_INVALID */
function demandNamed(lengths: Readonly<Record<string, number>>, { graph }: OnnxModel): void {
  const named = new Set(
    graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === "string" && dim !== "")),
  );
  const stranger = Object.keys(lengths).find((name) => !named.has(name));
  if (stranger !== undefined)
    throw wrong("--length", [...named].join(", ") || "none: every length is known", stranger);
}

/** Wants `--out` to be a file that is not the model itself, and `--check` to have one. @throws ARGUMENT_INVALID */
async function demandOut(file: string, { out, check }: ImportFlags): Promise<void> {
  if (out === undefined) {
    if (check === true) throw wrong("--out", "the file that --check holds against the model", "none");
    return;
  }
  if (out === "") throw wrong("--out", "the name of a file", "none");
  const written = await stat(out).catch(() => undefined);
  if (written?.isDirectory() === true) throw wrong("--out", "a file", `${out}, which is a folder`);
  if (await isSameFile(out, [file])) throw wrong("--out", "another file than the model that is read", out);
}

/** Wants a legal model; where only lengths without a number keep it from being one, says which. @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED */
function demandLegal(model: OnnxModel): void {
  try {
    checkModel(model);
  } catch (error) {
    const open = new Set(
      model.graph.inputs.flatMap(({ dims }) =>
        dims.slice(1).filter((dim) => typeof dim === "string" && dim !== ""),
      ),
    );
    if (!isTidelineError(error, "GRAPH_ILLEGAL") || open.size === 0) throw error;
    throw tidelineError(error.code, {
      ...error.parts,
      cause: error,
      remedy: `Say how long ${[...open].join(" and ")} is, such as ${[...open].map((name) => `--length ${name}=128`).join(" ")}.`,
    });
  }
}

/** Every reason of a kind, in few words. */
function reasonText(reasons: readonly Pick<ArtifactReason, "op" | "reason" | "instead">[]): string {
  const all = [
    ...new Set(
      reasons.map(
        ({ op, reason, instead }) =>
          `${op === "" ? "" : `${op}: `}${reason}${instead === undefined ? "" : `; instead: ${instead}`}`,
      ),
    ),
  ];
  return all.slice(0, 3).join("; ") + (all.length > 3 ? `; and ${all.length - 3} more` : "");
}

interface Target {
  readonly kind: string;
  readonly artifact?: ModelArtifact;
  readonly reasons: readonly Pick<ArtifactReason, "op" | "reason" | "instead">[];
}

/** What the model comes in: kinds of float32, and source. */
async function targetsOf(model: OnnxModel): Promise<readonly Target[]> {
  const kinds = ["onnx", "ort", "tflite", "table", "mlmodel", "mlpackage"];
  const targets: Target[] = [];
  for (const kind of kinds) {
    try {
      const { made, missing } = await makeArtifacts({ model, name: "model" }, [kind]);
      targets.push({ kind, ...(made[0] && { artifact: made[0] }), reasons: missing[0]?.reasons ?? [] });
    } catch (error) {
      if (!isTidelineError(error)) throw error;
      targets.push({ kind, reasons: [{ op: "", reason: messageOf(error) }] });
    }
  }
  try {
    const { unwritten = [] } = writeSource(model, { language: "swift", name: "Imported" });
    targets.push({
      kind: "source",
      reasons: unwritten.map(({ op = "", reason, instead }) => ({
        op,
        reason,
        ...(instead === undefined ? {} : { instead }),
      })),
    });
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    targets.push({ kind: "source", reasons: [{ op: "", reason: messageOf(error) }] });
  }
  return targets;
}

/**
 * `tideline import`: a model that PyTorch, scikit-learn, TensorFlow or Hugging Face wrote as ONNX, checked, and made smaller where
 * that changes nothing; what it comes in, and the reason and the nearest alternative for what it does not.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, MODEL_MALFORMED
 */
export async function importCommand(file: string, flags: ImportFlags = {}): Promise<CommandResult> {
  const lengths = lengthsOf(flags.length ?? []);
  await demandOut(file, flags);
  const given = asOurs(
    await readModel(file).catch((error: unknown) => {
      if (!isTidelineError(error) || error.parts.field === file) throw error;
      throw tidelineError(error.code, { ...error.parts, who: `${file}: ${error.parts.who}`, cause: error });
    }),
  );
  const from = `${given.producerName || "an unnamed exporter"} ${given.producerVersion}`.trim();
  const opsets = given.opsets
    .map(({ domain, version }) => `${domain === "" ? "ai.onnx" : domain} ${version}`)
    .join(", ");
  const head = `${file}: ${from}, opset ${opsets}, ${plural(given.graph.nodes.length, "node")}`;
  // Texts that are looked up one by one are known: `textInputs` of @tideline/learn writes them.
  const modern = modernForms(given);
  const { model: read, texts, unknown: stranger, ...standard } = standardised(modern.model);
  const { model: coded, dictionaries } = textLookups(read);
  const unknown = stranger.length > 0 ? stranger : unknownOperators(coded);
  if (unknown.length > 0) {
    const lines = unknown.map(
      ({ op, nodes, reason, instead }) =>
        `  ${op} (${plural(nodes, "node")}): ${reason}; instead: ${instead}`,
    );
    return {
      value: { file, from, opsets: given.opsets, notes: modern.notes, unknown },
      text: [
        head,
        ...modern.notes.map((note) => `  ${note}`),
        "",
        "Operators that are not known:",
        ...lines,
      ].join("\n"),
      fault: tidelineError("MODEL_UNSUPPORTED", {
        who: `${WHO} ${file}`,
        expected: "operators that this package has",
        received: unknown
          .map(({ op }) => op)
          .slice(0, 12)
          .join(", "),
        remedy: "Each is listed above with what to use instead.",
      }),
    };
  }
  demandNamed(lengths, read);
  const { model: bound, notes: told } = toldOutputs(
    Object.keys(lengths).length === 0 ? read : bindDims(read, lengths),
  );
  const notes = [...modern.notes, ...standard.notes, ...told];
  const hasTexts = Object.keys(dictionaries).length > 0;
  if (!hasTexts) demandLegal(bound);
  const { model, passes } = hasTexts ? { model: bound, passes: [] } : optimise(bound);
  const written = writeOnnx(model);
  const targets = await targetsOf(model);
  const rewrites = passes.reduce((sum, pass) => sum + pass.rewrites, modern.rewrites + standard.rewrites);
  const shown = table(
    targets,
    [
      { name: "kind", text: ({ kind }) => kind },
      {
        name: "size",
        text: ({ artifact }) => (artifact === undefined ? "" : bytes(artifact.size)),
        align: "right",
      },
      {
        name: "oldest",
        text: ({ artifact, reasons }) => artifact?.oldest ?? (reasons.length === 0 ? "any" : "no"),
      },
      { name: "why not", text: ({ reasons }) => reasonText(reasons) },
    ],
    "",
  );
  const value = {
    file,
    from,
    opsets: given.opsets,
    nodes: { read: given.graph.nodes.length, written: model.graph.nodes.length },
    bytes: written.length,
    notes,
    texts,
    targets: targets.map(({ kind, artifact, reasons }) => ({
      kind,
      reached: reasons.length === 0,
      ...(artifact && { bytes: artifact.size, oldest: artifact.oldest }),
      reasons,
    })),
  };
  const text = `${head}; ${plural(rewrites, "rewrite")} leave${rewrites === 1 ? "s" : ""} ${model.graph.nodes.length}${notes.map((note) => `\n  ${note}`).join("")}\n\n${shown}`;
  if (flags.out === undefined) return { value, text };
  const out = resolve(flags.out);
  const files = { [basename(out)]: written };
  const changed = await changedFiles(dirname(out), files);
  if (flags.check !== true) await writeFiles(WHO, dirname(out), files);
  const isStale = flags.check === true && changed.length > 0;
  return {
    value: { ...value, out, changed },
    text: `${text}\n\n${out}, ${bytes(written.length)}${flags.check === true ? (isStale ? ", out of date" : ", up to date") : ""}`,
    ...(isStale && {
      fault: tidelineError("CHECK_FAILED", {
        who: `${WHO} ${file}`,
        expected: "a file that is up to date",
        received: out,
      }),
    }),
  };
}
