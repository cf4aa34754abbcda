import type { OnnxModel } from "../onnx.ts";
import { illegal } from "../op/op-definition.ts";
import { lowerToProgram, type Dictionaries, type Unwritten } from "./lower.ts";
import { OTHER_TEXT, sourceUnit, type SourceFile, type SourceUnit } from "./source-unit.ts";
import { isSourceName } from "./source-name.ts";
import type { SourceVectors } from "./source-vectors.ts";
import { writeC } from "./write-c.ts";
import { writeKotlin } from "./write-kotlin.ts";
import { writeSwift } from "./write-swift.ts";
import { writeTypeScript } from "./write-typescript.ts";

const WRITERS = {
  c: writeC,
  kotlin: writeKotlin,
  swift: writeSwift,
  typescript: writeTypeScript,
} satisfies Record<string, (unit: SourceUnit) => readonly SourceFile[] | { readonly unsupported: string }>;

/** The languages of {@link writeSource}. */
export type SourceLanguage = keyof typeof WRITERS;

/** Every language, by name. */
export const SOURCE_LANGUAGES = Object.freeze(Object.keys(WRITERS).sort()) as readonly SourceLanguage[];

/** What {@link writeSource} writes. */
export interface SourceOptions {
  readonly language: SourceLanguage;
  /** Of the type and its files: a capital, then letters and digits, at most 40: `ChurnFeatures`. */
  readonly name: string;
  /** Kotlin: the package, `com.example.app`. */
  readonly package?: string;
  /** What inputs of codes stand for (`textDictionaries`): the app gives texts, which the source looks up. */
  readonly dictionaries?: Dictionaries;
  /** A sentence by input or output for comments: the unit, where it comes from. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Rows of {@link sourceVectors}: a file beside the source checks it with them. */
  readonly vectors?: SourceVectors;
}

/** Source, or why there is none; then no file is written. */
export interface WrittenSource {
  readonly files: readonly SourceFile[];
  /** The first reason, in a sentence. */
  readonly unsupported?: string;
  /** Every reason: of each node that is not written, of inputs and constants. */
  readonly unwritten?: readonly Unwritten[];
}

/** What is not written, and why. */
const refused = (unwritten: readonly Unwritten[]): WrittenSource => ({
  files: [],
  unsupported: `${unwritten[0]!.what}: ${unwritten[0]!.reason}`,
  unwritten,
});

/**
 * A graph, of preprocessing, features or a small model, as readable source without dependencies: one row at a time, named
 * inputs as a type, texts looked up in dictionaries, float32 where the graph is float32. The same graph gives the same text.
 * Sums, and functions such as exp, are computed in float64 and rounded once.
 *
 * @throws GRAPH_ILLEGAL for a name that is none, a dictionary of no input, a graph that does not hold.
 * @example
 * const { files } = writeSource(model, { language: "c", name: "ChurnFeatures", dictionaries });
 */
export function writeSource(model: OnnxModel, options: SourceOptions): WrittenSource {
  const { language, name, dictionaries = {}, notes = {}, vectors } = options;
  if (!Object.hasOwn(WRITERS, language))
    throw illegal("writeSource", "language", Object.keys(WRITERS).join(", "), String(language));
  if (!isSourceName(name))
    throw illegal(
      "writeSource",
      "name",
      "a capital, then letters and digits, at most 40, and no word of a language",
      name,
    );
  if (options.package !== undefined && !/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/.test(options.package))
    throw illegal("writeSource", "package", "lower-case words with dots between", options.package);
  for (const [input, dictionary] of Object.entries(dictionaries)) {
    const strange = dictionary.find(
      (text) => text !== OTHER_TEXT && (text.includes("\u0000") || !text.isWellFormed()),
    );
    if (strange !== undefined)
      return refused([
        {
          what: `the dictionary of "${input}"`,
          reason: "it has a text that is no well-formed one without NUL",
        },
      ]);
  }
  const program = lowerToProgram(model, dictionaries);
  if ("unwritten" in program) return refused(program.unwritten);
  const rest = {
    ...(vectors === undefined ? {} : { vectors }),
    ...(options.package === undefined ? {} : { packageName: options.package }),
  };
  const written = WRITERS[language](sourceUnit(program, name, notes, rest));
  if (!("unsupported" in written)) return { files: written };
  return refused([{ what: `${language} source`, reason: written.unsupported }]);
}
