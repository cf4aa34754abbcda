import { readFileSync, writeFileSync } from "node:fs";
import { graphBuilder, writeSource, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import {
  logisticRegression,
  lowerLogistic,
  lowerStandardiser,
  matrix,
  seededRandom,
  standardise,
} from "@tideline/learn";
import { lasso, lowerLinear } from "@tideline/learn/select";
import { TRANSFORMS, type AnyTransformDef } from "@tideline/learn/transform";
import { boostedTrees, lowerBoosted } from "@tideline/learn/tree";
import {
  ARTIFACT_KINDS,
  makeArtifacts,
  rowInputs,
  type ArtifactReason,
  type ModelRows,
} from "@tideline/pipeline";
import { messageOf } from "@tideline/spec";
import { estimatorGraphs, signalGraph } from "../test/litert/suite-estimator.ts";
import { transformGraphs } from "../test/litert/suite-transform.ts";
import { forestGraphs } from "../test/litert/suite-tree.ts";

/** Kinds that are tried; weights of 16 and 8 bits are written wherever their float32 is. */
const KINDS = [
  "onnx",
  "ort",
  "tflite",
  "tflite-int8",
  "table",
  "mlmodel",
  "mlpackage",
] as const satisfies readonly (keyof typeof ARTIFACT_KINDS)[];
const COLUMNS = [...KINDS, "source"] as const;
type Column = (typeof COLUMNS)[number];
/** Of transforms: the classic form of Core ML has them in front of a model only. */
const ALONE = COLUMNS.filter((column) => column !== "mlmodel");

interface Tried {
  readonly name: string;
  readonly model: OnnxModel;
  readonly limits?: Readonly<Record<string, readonly [low: number, high: number]>>;
}

/** Linear models, scalers and boosted trees, fitted on rows of nobody. */
async function plainGraphs(): Promise<readonly Tried[]> {
  const random = seededRandom(4);
  const count = 80;
  const values = Float32Array.from({ length: count * 3 }, () => random.normal());
  const X = matrix(count, 3, values);
  const y = Int32Array.from(
    { length: count },
    (_, row) => Number(values[row * 3]! > 0) + Number(values[row * 3 + 1]! > 1),
  );
  const amounts = Float64Array.from(
    { length: count },
    (_, row) => 2 * values[row * 3]! - values[row * 3 + 2]!,
  );
  const columns = Object.fromEntries(
    ["a", "b", "c"].map((name, at) => [
      name,
      Float32Array.from({ length: count }, (_, row) => values[row * 3 + at]!),
    ]),
  );
  const graph = (name: string, lower: (g: GraphBuilder, x: Value) => Value): Tried => {
    const g = graphBuilder(name);
    g.output("answer", lower(g, g.input("x", "float32", ["N", 3])));
    return { name, model: g.build() };
  };
  const scaler = standardise({}).fit(X);
  const logistic = logisticRegression().fit({ X, y, classes: ["a", "b", "c"] });
  const linear = lasso({ alpha: 0.01 }).fit({ X, y: amounts });
  const small = { rounds: 5, leaves: 4 };
  const classes = await boostedTrees(small).fit({ columns, y, classes: ["a", "b", "c"] });
  const numbers = await boostedTrees({ ...small, task: "regression" }).fit({ columns, y: amounts });
  return [
    graph("standardise", (g, x) => lowerStandardiser(g, x, scaler)),
    graph("logisticRegression", (g, x) => lowerLogistic(g, lowerStandardiser(g, x, scaler), logistic)),
    graph("lasso", (g, x) => lowerLinear(g, x, linear)),
    graph("boostedTrees", (g, x) => lowerBoosted(g, x, classes)),
    graph("boostedTrees of numbers", (g, x) => lowerBoosted(g, x, numbers)),
  ];
}

/** Rows of nobody for the ranges of 8 bits. */
function rowsFor({ model, limits = {} }: Tried): ModelRows | undefined {
  const random = seededRandom(2);
  const count = 16;
  try {
    const inputs = rowInputs(model).map(({ name, width, elementType }) => {
      const [low, high] = limits[name] ?? [0, 1];
      const draw = (): number =>
        elementType.startsWith("float") ? Math.fround(random.normal()) : low + random.integer(high - low + 1);
      return [name, Array.from({ length: count * width }, draw)] as const;
    });
    return { count, inputs: Object.fromEntries(inputs) };
  } catch {
    return undefined;
  }
}

const reasonOf = ({ op, reason, instead }: Pick<ArtifactReason, "op" | "reason" | "instead">): string =>
  `${op === "" ? "" : `${op}: `}${reason}${instead === undefined ? "" : `; instead ${instead}`}`;

/** Why a graph does not come in a column; undefined where it does. */
async function whyNot(one: Tried, column: Column): Promise<string | undefined> {
  if (column === "source") {
    const { unwritten } = writeSource(one.model, { language: "swift", name: "Tried" });
    if (unwritten === undefined) return undefined;
    const [{ op = "", reason, instead }] = unwritten as readonly [(typeof unwritten)[number]];
    return reasonOf({ op, reason, ...(instead === undefined ? {} : { instead }) });
  }
  try {
    const rows = column === "tflite-int8" ? rowsFor(one) : undefined;
    const { missing } = await makeArtifacts(
      { model: one.model, name: "tried", ...(rows && { calibration: rows }) },
      [column],
    );
    return missing[0] === undefined ? undefined : reasonOf(missing[0].reasons[0]!);
  } catch (error) {
    return messageOf(error);
  }
}

/** A line of a table: several graphs of one name. */
async function lineOf(
  name: string,
  graphs: readonly Tried[],
  columns: readonly Column[],
  noteOf: (reason: string) => number,
): Promise<string> {
  const cells: string[] = [];
  for (const column of columns) {
    const reasons: string[] = [];
    for (const one of graphs) {
      const why = await whyNot(one, column);
      if (why !== undefined) reasons.push(why);
    }
    const notes = [...new Set(reasons.map(noteOf))].map((note) => `[${note}]`).join(" ");
    cells.push(reasons.length === 0 ? "yes" : `${reasons.length < graphs.length ? "partly" : "no"} ${notes}`);
  }
  return `| ${name} | ${cells.join(" | ")} |`;
}

/** Characters that would end a cell or begin markup. */
const plain = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "\\<");

/** `docs/targets.md`: every estimator and transform of `packages/learn`, fitted, and really written as each kind. */
export async function targetsText(): Promise<string> {
  const notes = new Map<string, number>();
  const noteOf = (given: string): number => {
    const reason = given.replace(/and there are \d+$/, "and there are several");
    if (!notes.has(reason)) notes.set(reason, notes.size + 1);
    return notes.get(reason)!;
  };
  const estimators: readonly Tried[] = [
    ...(await plainGraphs()),
    ...(await forestGraphs()),
    ...(await estimatorGraphs()),
    signalGraph(),
  ];
  const transforms = Map.groupBy<string, Tried>(transformGraphs(), ({ name }) => name.split(" ")[0]!);
  const headOf = (columns: readonly Column[]): readonly string[] => [
    `| name | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
  ];
  const first: string[] = [];
  for (const one of estimators) first.push(await lineOf(one.name, [one], COLUMNS, noteOf));
  const second: string[] = [];
  const without: string[] = [];
  for (const [kind, def] of Object.entries<AnyTransformDef>(TRANSFORMS)) {
    const graphs = transforms.get(kind);
    if (graphs !== undefined) second.push(await lineOf(kind, graphs, ALONE, noteOf));
    else if (typeof def.lower !== "function") without.push(`- ${kind}: ${plain(def.lower.unsupported)}`);
    else
      without.push(`- ${kind}: its graph needs a definition of one's own, or has no numbers as its answer`);
  }
  return [
    "# Targets",
    "",
    "Generated by `npm run targets`: each estimator and transform of `packages/learn` is fitted on a few rows and written as each",
    "kind of `tideline export` ([export.md](export.md)); a test keeps it true. A number says why not; *partly* that some options of a",
    "transform are written and others not. *source* stands for C, Kotlin, Swift and TypeScript, which have the same operators.",
    "Weights of 16 and 8 bits come wherever their float32 does.",
    "",
    "## Estimators",
    "",
    ...headOf(COLUMNS),
    ...first,
    "",
    "## Transforms",
    "",
    "Core ML's classic form (`mlmodel`) has transforms in front of trees and linear models, never alone.",
    "",
    ...headOf(ALONE),
    ...second,
    ...(without.length === 0 ? [] : ["", "Without a graph of their own:", "", ...without]),
    "",
    "## Why not",
    "",
    ...[...notes].map(([reason, at]) => `${at}. ${plain(reason)}`),
    "",
  ].join("\n");
}

if (import.meta.main) {
  const file = new URL("../docs/targets.md", import.meta.url);
  const text = await targetsText();
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error("docs/targets.md is out of date: run `npm run targets`");
    process.exitCode = 1;
  }
}
