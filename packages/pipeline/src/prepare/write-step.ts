import { join } from "node:path";
import type { FrameSchema } from "@tideline/learn/frame";
import type { FittedChain } from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { writeParquet } from "../frame/index.ts";
import { graphOfChain } from "./graph-of-chain.ts";
import { partId, partSchema, partSource, type Part } from "./part.ts";
import { joined, runStep, stepPath, type Preparing, type StepLeft } from "./preparing.ts";
import { describeFile, writeStepFile, type StepFile } from "./step-file.ts";

interface WrittenLeft extends StepLeft {
  readonly files: { readonly rows: StepFile };
}

/** Writes the rows of a part as Parquet. */
export async function writeStep(
  preparing: Preparing,
  name: string,
  part: Part,
): Promise<{ readonly file: StepFile; readonly rows: number; readonly schema: FrameSchema }> {
  const { root, temporary, memory } = preparing;
  const cause = { name: `write ${name}`, parameters: joined("zstd"), input: partId(part) };
  const { files, parts } = await runStep<WrittenLeft>(preparing, cause, async (key, count) => {
    const path = stepPath(key, "parquet");
    const source = await partSource(part);
    const told = {
      ...source,
      async *read() {
        for await (const rows of source.read()) {
          count(rows.rows);
          yield rows;
        }
      },
    };
    // One thread: the same rows are the same bytes.
    const { rows } = await writeParquet(join(root, path), told, { temporary, memory, threads: 1 });
    const file = await describeFile(root, path);
    return { files: { rows: file }, parts: { [name]: { rowsIn: rows, rowsOut: rows } }, why: {} };
  });
  return { file: files.rows, rows: parts[name]!.rowsOut, schema: await partSchema(part) };
}

interface GraphLeft extends StepLeft {
  readonly names: readonly string[];
  readonly left: readonly string[];
  readonly unsupported: string | null;
}

/** A chain's files. */
export interface ChainFiles {
  readonly chain: StepFile;
  readonly graph?: StepFile;
  /** What the elements of the graph's output are. */
  readonly features: readonly string[];
  /** Columns that the graph leaves out. */
  readonly left: readonly string[];
  /** Why there is no graph, or null. */
  readonly unsupported: string | null;
}

/**
 * Writes a fitted chain in its stored form, and as a graph where it has one.
 *
 * @param given the columns of the rows before the chain, as its steps see them.
 * @throws RUNTIME_UNSUPPORTED where a graph is required and there is none.
 */
export async function chainStep(
  preparing: Preparing,
  {
    name,
    required,
    chain,
    given,
  }: {
    readonly name: string;
    readonly required: boolean;
    readonly chain: FittedChain;
    readonly given: FrameSchema;
  },
): Promise<ChainFiles> {
  const bytes = chain.store();
  const input = joined(Buffer.from(bytes).toString("base64"));
  const parameters = joined(name, String(required), JSON.stringify(given));
  const { files, ...left } = await runStep<GraphLeft>(
    preparing,
    { name: "chain", parameters, input },
    async (key) => {
      const made = graphOfChain(name, chain, given);
      if (required && "unsupported" in made)
        throw tidelineError("RUNTIME_UNSUPPORTED", {
          who: "prepare",
          field: "graph",
          expected: "steps that a graph can say",
          received: made.unsupported,
        });
      const files: Record<string, StepFile> = {
        chain: await writeStepFile(preparing.root, stepPath(key, "tltf"), bytes),
      };
      const rest = { files, parts: {}, why: {} };
      if ("unsupported" in made) return { ...rest, names: [], left: [], unsupported: made.unsupported };
      files["graph"] = await writeStepFile(preparing.root, stepPath(key, "onnx"), made.bytes);
      return { ...rest, names: made.names, left: made.left, unsupported: null };
    },
  );
  const graph = files["graph"];
  return {
    chain: files["chain"]!,
    ...(graph === undefined ? {} : { graph }),
    features: left.names,
    left: left.left,
    unsupported: left.unsupported,
  };
}
