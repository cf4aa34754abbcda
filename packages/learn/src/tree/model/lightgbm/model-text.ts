import { keyValues, malformedLightgbm, unsupportedLightgbm, type KeyValues } from "./key-value.ts";

/** The parts of a model's text. */
export interface ModelText {
  readonly header: KeyValues;
  readonly trees: readonly KeyValues[];
  /** Categories of the columns that were pandas categoricals, in their order; undefined where none are told. */
  readonly pandas: readonly (readonly unknown[])[] | undefined;
}

function pandasOf(line: string | undefined): ModelText["pandas"] {
  if (line === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line.slice("pandas_categorical:".length));
  } catch {
    throw malformedLightgbm("pandas_categorical", "JSON", line);
  }
  if (value === null) return undefined;
  if (!Array.isArray(value) || !value.every((list) => Array.isArray(list)))
    throw malformedLightgbm("pandas_categorical", "a list of lists, or null", line);
  return value.length === 0 ? undefined : (value as readonly (readonly unknown[])[]);
}

/** Takes a model's text apart. @throws MODEL_MALFORMED for what is none; MODEL_UNSUPPORTED for other versions. */
export function modelText(text: string): ModelText {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== "tree") throw malformedLightgbm("text", 'a first line "tree"', lines[0] ?? "");
  const end = lines.findIndex((line) => line.trim() === "end of trees");
  if (end < 0) throw malformedLightgbm("text", 'a line "end of trees"', "none: the text is cut off");
  const starts: number[] = [];
  for (let at = 0; at < end; at++) if (lines[at]!.startsWith("Tree=")) starts.push(at);
  const header = keyValues("header", lines.slice(1, starts[0] ?? end));
  const version = header.values.get("version") ?? "none";
  if (!/^v[234]$/.test(version)) throw unsupportedLightgbm("version", "v2, v3 or v4", version);
  const trees = starts.map((start, at) => {
    if (lines[start]!.trim() !== `Tree=${at}`) throw malformedLightgbm("trees", `Tree=${at}`, lines[start]!);
    return keyValues(`tree ${at}`, lines.slice(start + 1, starts[at + 1] ?? end));
  });
  const pandas = lines.findLast((line, at) => at > end && line.startsWith("pandas_categorical:"));
  return { header, trees, pandas: pandasOf(pandas) };
}
