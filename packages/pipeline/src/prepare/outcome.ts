import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { FrameSchema } from "@tideline/learn/frame";
import { canonicalJson } from "@tideline/spec";
import { writeAtomically } from "../frame/atomic-file.ts";
import { PARTS, type PartName } from "./part.ts";
import type { Preparation } from "./preparation.ts";
import { joined, runStep, stepPath, type Preparing, type StepTold } from "./preparing.ts";
import type { OutcomeFile } from "./publish.ts";
import { describeFile, writeStepFile, type StepFile } from "./step-file.ts";
import type { PreparedSteps } from "./take-steps.ts";
import type { ChainFiles } from "./write-step.ts";

/** A part as it was written. */
export interface WrittenPart {
  readonly name: PartName;
  readonly file: StepFile;
  readonly rows: number;
  readonly schema: FrameSchema;
}

/** What a preparation left, in a file of its own: `preparation.json`. */
export interface PreparationManifest {
  readonly format: "tideline.preparation";
  readonly version: 1;
  readonly name: string;
  /** Names the outcome by all of its bytes but the log's. */
  readonly key: string;
  /** The hash of the source's bytes. */
  readonly source: string;
  readonly label: string | null;
  /** In the order of a model's outputs; null for labels that are numbers, or that no step asked for. */
  readonly classes: readonly string[] | null;
  /** The columns of every part. */
  readonly columns: FrameSchema;
  readonly parts: Readonly<Partial<Record<PartName, { readonly rows: number; readonly sha256: string }>>>;
  readonly graph: {
    /** What the elements of `features` are. */
    readonly features: readonly string[];
    /** Columns that are no numbers. */
    readonly left: readonly string[];
    readonly unsupported: string | null;
  } | null;
  readonly quarantined: number;
  /** Checks that do not hold and only warn: `checks.json` says which. */
  readonly warnings: number;
}

/** The outcome of a preparation: its files and its name. */
export interface Outcome {
  readonly key: string;
  readonly manifest: PreparationManifest;
  readonly files: readonly OutcomeFile[];
}

/** Gathers what the steps left: quarantine, reports, log and manifest, beside parts and chain. */
export async function outcomeOf(
  preparing: Preparing,
  { name, label }: Preparation,
  { classes, quarantine, reports, opened }: PreparedSteps,
  parts: readonly WrittenPart[],
  chain: ChainFiles | undefined,
): Promise<Outcome> {
  const { root, lines } = preparing;
  const checkText = `${canonicalJson({ format: "tideline.preparation.check", version: 1, checks: reports })}\n`;
  const made = [
    ...parts.map(({ file }) => file.sha256),
    ...[chain?.chain, chain?.graph, ...quarantine].map((file) => file?.sha256 ?? ""),
  ];
  const key = joined(...made, checkText, JSON.stringify([label ?? null, classes]));
  const manifest: PreparationManifest = {
    format: "tideline.preparation",
    version: 1,
    name,
    key,
    source: opened.hash,
    label: label ?? null,
    classes,
    columns: parts[0]!.schema,
    parts: Object.fromEntries(
      parts.map(({ name: part, rows, file }) => [part, { rows, sha256: file.sha256 }]),
    ),
    graph:
      chain === undefined
        ? null
        : { features: chain.features, left: chain.left, unsupported: chain.unsupported },
    quarantined: lines.reduce((sum, line) => sum + quarantinedBy(line), 0),
    warnings: reports
      .flatMap(({ report }) => report.findings)
      .filter(({ passed, severity }) => !passed && severity === "warn").length,
  };
  // Whether a step was there is of a run, not of the outcome.
  const log = lines.map((line) => `${canonicalJson({ ...line, hit: undefined })}\n`).join("");
  const cause = { name: "outcome", parameters: joined(log, canonicalJson(manifest)), input: joined(...made) };
  const { files } = await runStep(preparing, cause, async (own) => {
    const path = stepPath(own, "quarantine.jsonl");
    await writeAtomically("prepare", join(root, path), (temporary) =>
      together(
        temporary,
        quarantine.map((file) => join(root, file.path)),
      ),
    );
    const write = (what: string, text: string) => writeStepFile(root, stepPath(own, what), text);
    return {
      files: {
        "quarantine.jsonl": await describeFile(root, path),
        "checks.json": await write("checks.json", checkText),
        "log.jsonl": await write("log.jsonl", log),
        "preparation.json": await write("preparation.json", `${canonicalJson(manifest)}\n`),
      } as Readonly<Record<string, StepFile>>,
      parts: {},
      why: {},
    };
  });
  const named = [
    ...PARTS.flatMap((part) =>
      parts.filter((one) => one.name === part).map(({ file }) => ({ name: `${part}.parquet`, file })),
    ),
    ...(chain === undefined ? [] : [{ name: "chain.tltf", file: chain.chain }]),
    ...(chain?.graph === undefined ? [] : [{ name: "graph.onnx", file: chain.graph }]),
    ...Object.entries(files).map(([what, file]) => ({ name: what, file })),
  ];
  return { key, manifest, files: named };
}

/** Rows that a step put into quarantine: reading and checks do. */
export function quarantinedBy({ name, rowsIn, rowsOut }: StepTold): number {
  return name === "read" || name.startsWith("check ") ? rowsIn - rowsOut : 0;
}

/** Files one after the other. */
async function together(path: string, files: readonly string[]): Promise<void> {
  const out = await open(path, "wx", 0o600);
  try {
    for (const file of files)
      for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 }))
        await out.appendFile(chunk as Buffer);
  } finally {
    await out.close();
  }
}
