import type { OnnxModel } from "@tideline/graph";
import { accuracyScore, r2Score, type Score } from "@tideline/graph/compress";
import { columnNamed, numbersOf, type Frame } from "@tideline/learn/frame";
import { tidelineError, type TidelineError } from "@tideline/spec";
import { classAt, textsOf } from "./label-class.ts";
import { classesOf } from "./model-class.ts";

const WHO = "tideline compress";

const wrong = (field: string, expected: string, received: string): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });

/** Whether a column of a file is to be read as the texts that it holds: the label of a model that names its classes. */
export function isNamedLabel(model: OnnxModel, label: string | undefined): (name: string) => boolean {
  const isNamed = classesOf(model) !== undefined;
  return (name) => isNamed && name === label;
}

/**
 * Labels as positions among classes, or as the numbers that they are. Labels that are all names of classes count as names.
 *
 * @throws ARGUMENT_INVALID
 */
export function labelsOf(model: OnnxModel, frame: Frame, name: string): Float64Array {
  const column = columnNamed(frame, name, `${WHO} --label`);
  const classes = classesOf(model);
  const texts = textsOf(column, WHO);
  const missing = texts.indexOf("");
  if (missing !== -1) throw wrong(`--label ${name}`, "a label in every row", `none in row ${missing + 1}`);
  const named = Float64Array.from(texts, (text) => classAt(classes ?? [], text));
  const stranger = named.indexOf(-1);
  if (stranger === -1) return named;
  const numbers = column.kind === "string" ? Float64Array.from(texts, Number) : numbersOf(column, WHO);
  if (!numbers.includes(Number.NaN)) return Float64Array.from(numbers);
  throw classes === undefined
    ? wrong(`--label ${name}`, "positions of classes: the model names none (metadata classes)", "texts")
    : wrong(`--label ${name}`, `one of ${classes.join(", ")}`, `"${texts[stranger]}"`);
}

/**
 * How answers are judged by labels. Of several numbers a row a label is a position; one number says yes or no where labels are 0 and
 * 1, and is otherwise judged by how much of the labels' spread it tells.
 *
 * @throws ARGUMENT_INVALID from the score, where a label is no position among the numbers of a row.
 */
export function labelScore(labels: Float64Array, output: string): (places: Int32Array) => Score {
  const twoSided = labels.every((label) => label === 0 || label === 1);
  return (places) => {
    const own = Float64Array.from(places, (place) => labels[place]!);
    return (results) => {
      const { dims = [], values } = results[0]?.[output] ?? { values: [] };
      const width = values.length / (dims[0] ?? 1);
      if (width === 1 && !twoSided) return r2Score(output, own)(results);
      const odd = own.find((label) => !Number.isInteger(label) || label < 0 || label >= Math.max(2, width));
      if (odd === undefined) return accuracyScore(output, own)(results);
      throw wrong("--label", `positions from 0 to ${width - 1} in output "${output}"`, String(odd));
    };
  };
}
