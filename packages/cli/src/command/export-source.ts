import { nearestRemedy } from "@tideline/learn/nearest-name";
import {
  isSourceName,
  sourceVectors,
  textLookups,
  writeSource,
  type SourceLanguage,
  type Unwritten,
} from "@tideline/graph";
import { tidelineError, type TidelineError } from "@tideline/spec";
import { readInputs } from "./export-input.ts";
import type { Exporter } from "./export.ts";
import { wholeFlag } from "./whole-flag.ts";

/** Languages, with the file that a project of each takes in. */
const LANGUAGES: Readonly<Record<SourceLanguage, string>> = {
  c: "C99",
  kotlin: "Kotlin",
  swift: "Swift 6",
  typescript: "TypeScript",
};

/** A name as types have them, of whatever the model is called. */
function titleOf(stem: string): string {
  const words = stem.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const title = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  const name = (/^[A-Z]/.test(title) ? title : `Model${title}`).slice(0, 35);
  // A word of a language is none by itself.
  return isSourceName(name) ? name : `${name}Model`;
}

/** Numbers that JSON lacks stand as texts. */
const plain = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Everything that is not written: each reason once, with the nodes that have it. */
function listed(unwritten: readonly Unwritten[]): readonly string[] {
  const groups = Map.groupBy(unwritten, ({ op, what, reason }) => `${op ?? what}: ${reason}`);
  return [...groups].map(([head, all]) => {
    const names = all.slice(0, 3).map(({ what }) => what);
    const more = all.length > 3 ? ` and ${all.length - 3} more` : "";
    const where = all[0]!.op === undefined ? "" : ` (${names.join(", ")}${more})`;
    const instead = all[0]!.instead === undefined ? "" : `; instead: ${all[0]!.instead}`;
    return `${head}${instead}${where}`;
  });
}

function faultOf(what: string, language: string, unwritten: readonly Unwritten[]): TidelineError {
  const names = [...new Set(unwritten.map(({ op, what: own }) => op ?? own))];
  return tidelineError("MODEL_UNSUPPORTED", {
    who: `tideline export ${what}`,
    field: "--source",
    expected: `a model of operators that ${language} source has (docs/source.md)`,
    received: names.slice(0, 12).join(", ") + (names.length > 12 ? ` and ${names.length - 12} more` : ""),
    remedy: "Each reason and what to use instead is listed above.",
  });
}

/**
 * Source of a model with its self-test, and the rows of that as JSON for tests of one's own.
 *
 * @throws `ARGUMENT_INVALID`, `DATA_NOT_FOUND`, `DATA_MALFORMED`, `GRAPH_ILLEGAL`
 */
export const exportSource: Exporter = async ({ model: read, what, stem }, flags) => {
  const language = flags.source!;
  if (!Object.hasOwn(LANGUAGES, language)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: "--source",
      expected: `one of ${Object.keys(LANGUAGES).join(", ")}`,
      received: language,
      remedy: nearestRemedy(language, Object.keys(LANGUAGES)),
    });
  }
  const stray = (["rows", "label", "classes"] as const).find((flag) => flags[flag] !== undefined);
  if (stray !== undefined) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: `--${stray}`,
      expected: "none: it is for --format",
      received: flags[stray],
    });
  }
  if (flags.package !== undefined && language !== "kotlin") {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: "--package",
      expected: "none: only Kotlin has packages",
      received: flags.package,
    });
  }
  if (flags.name !== undefined && !isSourceName(flags.name)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "tideline export",
      field: "--name",
      expected: "a capital, then letters and digits, at most 40, and no word of a language",
      received: flags.name,
    });
  }
  const count = wholeFlag("tideline export", "--vectors", flags.vectors, 64, 1000);
  const seed = wholeFlag("tideline export", "--seed", flags.seed, 1, 2 ** 32 - 1);
  const { model, dictionaries: own } = textLookups(read);
  const { dictionaries: given, ranges, notes } = await readInputs(flags.inputs);
  const dictionaries = { ...own, ...given };
  const name = flags.name ?? titleOf(stem);
  const options = {
    language: language as SourceLanguage,
    name,
    dictionaries,
    notes,
    ...(flags.package === undefined ? {} : { package: flags.package }),
  };
  const { unwritten } = writeSource(model, options);
  const shown = LANGUAGES[language as SourceLanguage];
  if (unwritten !== undefined) {
    const lines = listed(unwritten);
    return {
      files: {},
      value: { language, name, unsupported: unwritten },
      text: [`${what} is not written as ${shown}:`, ...lines.map((line) => `  ${line}`)].join("\n"),
      fault: faultOf(what, shown, unwritten),
    };
  }
  const vectors = sourceVectors(model, { seed, count, dictionaries, ranges });
  const { files } = writeSource(model, { ...options, vectors });
  const rows = `${JSON.stringify({ format: 1, kind: "source-vectors", name, seed, ...vectors }, plain, 1)}\n`;
  return {
    files: {
      ...Object.fromEntries(files.map(({ path, text }) => [path, text])),
      [`${name}.vectors.json`]: rows,
    },
    value: { language, name, seed, vectors: count },
    text: `${what} as ${shown}, with a self-test of ${count} rows`,
  };
};
