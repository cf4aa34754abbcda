import { resolve } from "node:path";
import { writeOnnx, type OnnxModel } from "@tideline/graph";
import {
  compressionReport,
  compressionText,
  mixedPrecision,
  type LayerPrecision,
  type Mixed,
  type TrialSlice,
} from "@tideline/graph/compress";
import { onnxruntimeNode, writeDurably } from "@tideline/pipeline";
import { isTidelineError, tidelineError, type TidelineError } from "@tideline/spec";
import { parseInteger } from "../config/number-flag.ts";
import type { CommandResult } from "../output/command-result.ts";
import { bytes as byteText, plural } from "../output/figure.ts";
import { FORM_FORMATS, otherForms, type FormFormat } from "./compress-form.ts";
import { isNamedLabel, labelScore, labelsOf } from "./compress-label.ts";
import { halves, modelRows, slicesOf } from "./compress-row.ts";
import { exportedModel } from "./export-model.ts";
import { outFileError } from "./out-file.ts";
import { needPageFile, writePageFile } from "./page-file.ts";
import { plainText } from "./profile-text.ts";
import { needOutFile } from "./quality-file.ts";

/** What `tideline compress` was asked for besides the model. */
export interface CompressFlags {
  readonly rows: string;
  readonly out: string;
  readonly to?: string;
  readonly gate?: string;
  readonly label?: string;
  readonly output?: string;
  readonly slice?: string;
  readonly most?: string;
  readonly runs?: string;
  readonly seed?: string;
  /** Where the page goes, besides what is printed. */
  readonly report?: string;
  /** Formats whose forms are measured, with commas between. */
  readonly format?: string;
  readonly folder: string;
}

const WHO = "tideline compress";

/** What layers may have, the cheapest first. */
const LADDERS: Readonly<Record<string, readonly LayerPrecision[]>> = {
  float16: ["float16"],
  int8: ["int8", "int8-weights", "float16"],
  int4: ["int4-weights", "int8-weights", "float16"],
  mixed: ["int4-weights", "int8", "int8-weights", "float16"],
};

/** Rows of the table that are read, and those of one half that calibration takes: more say little more. */
const [MOST_ROWS, MOST_CALIBRATION] = [4000, 512];

const wrong = (field: string, expected: string, received: string): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });

function gateOf(text: string): number {
  const gate = Number(text);
  if (text.trim() !== "" && gate >= 0 && gate <= 1) return gate;
  throw wrong("--gate", "a number from 0 to 1, by how much the score may fall", text);
}

function countOf(flag: string, text: string | undefined, otherwise: number, maximum: number): number {
  const value = parseInteger(flag, text, { maximum }) ?? otherwise;
  if (value === 0) throw wrong(flag, `an integer from 1 to ${maximum}`, "0");
  return value;
}

function formatsOf(text: string): readonly FormFormat[] {
  const given = text.split(",").map((one) => one.trim());
  const stranger = given.find((one) => !FORM_FORMATS.includes(one as FormFormat));
  if (stranger !== undefined) throw wrong("--format", FORM_FORMATS.join(", "), stranger || "none");
  return given as readonly FormFormat[];
}

/** The output that is judged: the one that is named, or the first of floating-point numbers. */
function judgedOutput({ graph }: OnnxModel, named: string | undefined): string {
  const floats = graph.outputs.filter(({ elementType }) => elementType.startsWith("float"));
  const found = named === undefined ? floats[0] : floats.find(({ name }) => name === named);
  if (found !== undefined) return found.name;
  const names = floats.map(({ name }) => name).join(", ") || "an output of floating-point numbers";
  throw wrong("--output", names, named ?? "none");
}

/**
 * `tideline compress <model>`: a model in fewer bits, each layer in the cheapest numbers with which the score on rows that
 * calibration did not see falls by no more than the gate.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, DATA_MALFORMED, NOT_ENOUGH_DATA, and what the model is refused for.
 */
export async function compressCommand(
  named: string,
  flags: CompressFlags,
  tell: (line: string) => void = () => undefined,
): Promise<CommandResult> {
  const { to = "int8", label, slice, rows: table, out } = flags;
  const ladder = Object.hasOwn(LADDERS, to) ? LADDERS[to]! : undefined;
  if (ladder === undefined) throw wrong("--to", Object.keys(LADDERS).join(", "), to);
  const gate = gateOf(flags.gate ?? "0.01");
  const most = countOf("--most", flags.most, MOST_ROWS, 1_000_000);
  const runs = countOf("--runs", flags.runs, 100, 100_000);
  const seed = parseInteger("--seed", flags.seed, { maximum: 2 ** 31 - 1 }) ?? 1;
  const formats = formatsOf(flags.format ?? "onnx");
  await needOutFile("--out", out, [named, table], WHO);
  if (flags.report !== undefined) {
    await needOutFile("--report", flags.report, [named, table], WHO);
    await needPageFile(WHO, flags.report, "--report");
    if (resolve(flags.report) === resolve(out)) throw wrong("--report", "another file than --out", out);
  }
  const { model, what } = await exportedModel(named, flags.folder).catch((error: unknown) => {
    if (!isTidelineError(error) || !error.parts.who.startsWith("tideline ")) throw error;
    throw tidelineError(error.code, { ...error.parts, who: WHO });
  });
  const apart = Object.entries({ "--label": label, "--slice": slice }).flatMap(([flag, name]) =>
    name === undefined ? [] : [[flag, name] as const],
  );
  const rows = await modelRows(model, table, apart, { most, seed, isText: isNamedLabel(model, label) });
  const output = judgedOutput(model, flags.output);
  const parts = halves(rows.frame.rows, seed);
  const scored = label === undefined ? undefined : labelScore(labelsOf(model, rows.frame, label), output);
  const runtime = onnxruntimeNode;
  const judged = (places: Int32Array): TrialSlice => ({
    rows: rows.feeds(places),
    ...(scored && { score: scored(places) }),
  });
  const trial = { runtime, ...judged(parts.trial), ...(flags.output !== undefined && { output }) };
  const slices =
    slice === undefined
      ? {}
      : Object.fromEntries(
          slicesOf(rows.frame, slice, parts.trial).map(([name, places]) => [name, judged(places)] as const),
        );
  const calibration = { runtime, rows: rows.feeds(parts.calibration.subarray(0, MOST_CALIBRATION)) };
  tell(`${plural(rows.frame.rows, "row")}: half to calibrate on, half to judge by`);
  const mixed = await mixedPrecision(model, {
    calibration,
    trial,
    gate,
    ladder,
  });
  tell(`${plural(mixed.sensitivities.length + mixed.steps.length, "mixture")} tried; timing`);
  const others =
    flags.report === undefined && flags.format === undefined
      ? { forms: [], missing: [] }
      : await otherForms(model, { chosen: { name: to, ...mixed }, calibration, formats });
  const report = await compressionReport(model, [{ name: to, ...mixed }, ...others.forms], {
    trial,
    slices,
    missing: others.missing,
    timed: rows.feeds(parts.trial.subarray(0, 1))[0]!,
    runs,
  });
  const bytes = writeOnnx(mixed.model);
  await writeDurably(out, bytes, { mode: 0o644 }).catch((cause: unknown) => {
    throw outFileError(WHO, "a file that can be written", out, cause);
  });
  const { sensitivities, steps, method, score, scoreBefore } = mixed;
  const judge = scored === undefined ? "agreement with the model before" : "score of labels";
  if (flags.report !== undefined) {
    const { compressionPage } = await import("@tideline/pipeline/report");
    const told = { what, at: Date.now(), chosen: to, gate, judge, rows: parts.trial.length, sensitivities };
    await writePageFile(WHO, flags.report, compressionPage(report, told), "--report");
  }
  const value = {
    model: what,
    out,
    to,
    gate,
    judge,
    score,
    scoreBefore,
    method,
    report,
    sensitivities,
    steps,
  };
  return {
    value: { ...value, seed, ...(flags.report !== undefined && { page: flags.report }) },
    text: [
      compressionText(report),
      raisedText(mixed, ladder[0]!),
      ...(flags.report === undefined ? [] : [`The page is ${plainText(flags.report, 200)}.`]),
      `${plainText(out, 200)}: ${byteText(bytes.length)}, ${judge} ${score.toFixed(4)} (before ${scoreBefore.toFixed(4)}, may fall by ${gate}).`,
    ].join("\n\n"),
  };
}

/** What became of layers that could not have the cheapest numbers. */
function raisedText({ layers, steps }: Mixed, cheapest: LayerPrecision): string {
  const raised = layers.filter(({ name }) => steps.some((step) => step.layer === name));
  if (layers.length === 0) return "The model has no layer with weights: nothing is smaller.";
  if (raised.length === 0) return `Every layer could have ${cheapest}.`;
  const told = raised.map(({ name, precision }) => `${plainText(name, 60)} has ${precision}`);
  return `With ${cheapest} everywhere the gate would not hold: ${told.join(", ")}.`;
}
