import { createHash } from "node:crypto";
import { join } from "node:path";
import { canonicalJson } from "@tideline/spec";
import { cachedStep, type StepContext, type StepLog } from "../cached-step.ts";
import { crashPoint } from "../crash-point.ts";
import type { Engine } from "../lake/index.ts";
import { fileHolds, type StepFile } from "./step-file.ts";
import { checkUnchanged, type OpenedTable } from "./table-source.ts";

/** Version of what steps leave; it changes with the form of their files. */
const VERSION = 1;

/** The folder of the files of steps, relative to the root. */
export const STEP_FOLDER = join("prepare", "step");

/** Rows that a step was given and gave, of a part. */
export interface PartCount {
  readonly rowsIn: number;
  readonly rowsOut: number;
}

/** The line of a step in the log. Every field but `seconds` is the same wherever the step is run. */
export interface StepLine extends StepLog {
  /** From 0. */
  readonly step: number;
  readonly name: string;
  /** By part, where rows are parted. */
  readonly parts: Readonly<Record<string, PartCount>>;
  /** What else its reader should know, a sentence each; absent where there is nothing. */
  readonly notes?: readonly string[];
  /** Of the work, when it was done. */
  readonly seconds: number;
  /** Hashes: of all together, the code, the rows that came in, the options, and what came out. */
  readonly key: string;
  readonly code: string;
  readonly input: string;
  readonly parameters: string;
  readonly output: string;
}

/** A step as it is told of when it is done. */
export interface StepTold extends StepLine {
  /** Whether its output was there. */
  readonly hit: boolean;
}

/** What a step leaves in the catalog. */
export interface StepLeft {
  readonly files: Readonly<Record<string, StepFile>>;
  readonly parts: Readonly<Record<string, PartCount>>;
  readonly notes?: readonly string[];
}

/** What the steps of a run share. */
export interface Preparing extends StepContext {
  readonly root: string;
  readonly temporary: string;
  /** For reading. */
  readonly engine: Engine;
  /** MiB that writing may take. */
  readonly memory: number;
  /** The hash of the project's own code. */
  readonly code: string;
  /** Tables that are read. */
  readonly watched: OpenedTable[];
  readonly lines: StepTold[];
  readonly onLine: (line: StepTold) => void;
  readonly onProgress: (told: { readonly step: string; readonly rows: number }) => void;
  /** Nothing is computed: the first step that would be ends the run. */
  readonly plan: boolean;
}

/** What makes a step's output, besides the version of its form. */
export interface StepCause {
  readonly name: string;
  /** Hash of code that is not the project's. */
  readonly ownCode?: string;
  readonly parameters: string;
  /** Content address of the rows that come in. */
  readonly input: string;
}

/** What a step's work gives: its rows by reason are in the log. */
export type StepWork<Left extends StepLeft> = Left & { readonly why: Readonly<Record<string, number>> };

/** Ends a run that only plans, at the first step that would be computed. */
export class Planned extends Error {}

/** A path of the folder of steps that nothing else has. */
export const stepPath = (key: string, what: string): string => join(STEP_FOLDER, `${key}.${what}`);

/** Runs a step, or takes what it left, and writes its line. */
export async function runStep<Left extends StepLeft>(
  preparing: Preparing,
  { name, ownCode, parameters, input }: StepCause,
  work: (key: string, count: (rows: number) => void) => Promise<StepWork<Left>>,
): Promise<Left> {
  const { root, lines, plan, onProgress, code: project } = preparing;
  const code = ownCode === undefined ? project : joined(project, ownCode);
  type Output = Left & { readonly seconds: number };
  let told: StepLog | undefined;
  const holds = async ({ files }: Output): Promise<boolean> => {
    for (const file of Object.values(files)) if (!(await fileHolds(root, file))) return false;
    return true;
  };
  const { key, output, hit } = await cachedStep<Output>(
    { ...preparing, onStep: (entry) => (told = entry) },
    { name: `prepare.${name}`, version: VERSION, input: { code, parameters, input } },
    holds,
    async (own) => {
      if (plan) throw new Planned(name);
      const began = performance.now();
      let rows = 0;
      const { why, ...left } = await work(own, (more) => onProgress({ step: name, rows: (rows += more) }));
      for (const table of preparing.watched) await checkUnchanged(table);
      const seconds = Math.round(performance.now() - began) / 1000;
      crashPoint("prepare.step.after_files");
      const [rowsIn, rowsOut] = [sum(left.parts, "rowsIn"), sum(left.parts, "rowsOut")];
      return {
        output: { ...(left as unknown as Left), seconds },
        log: { rowsIn, rowsOut, reasons: why },
      };
    },
  );
  crashPoint("prepare.step.after_commit");
  const { parts, seconds, files, notes } = output;
  const { rowsIn, rowsOut, reasons } = told!;
  // By name: what the catalog gives back is in another order than what the work gave.
  const hashes = Object.fromEntries(Object.entries(files).map(([what, file]) => [what, file.sha256]));
  const line = {
    step: lines.length,
    name,
    rowsIn,
    rowsOut,
    reasons,
    parts,
    seconds,
    ...(notes && { notes }),
  };
  const made = joined(canonicalJson(hashes));
  const whole: StepTold = Object.freeze({ ...line, key, code, input, parameters, output: made, hit });
  lines.push(whole);
  preparing.onLine(whole);
  return output;
}

/** One hash of several texts. */
export function joined(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function sum(parts: StepLeft["parts"], of: keyof PartCount): number {
  return Object.values(parts).reduce((total, part) => total + part[of], 0);
}
