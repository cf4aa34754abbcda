import { elementCount, type OnnxModel } from "../../onnx.ts";
import type { CoremlFeature } from "../describe/description.ts";
import { otherCode } from "../../source/source-unit.ts";
import { refusal } from "./classic-reason.ts";
import { vectorType } from "./stage.ts";

/** How an input of the graph is to read in Xcode. */
export interface ClassicInput {
  readonly description?: string;
  /** A feature of its own for each column, by these names; without them a wide input is one multi-array. */
  readonly columns?: readonly (string | { readonly name: string; readonly description?: string })[];
}

/** A feature of the model with the columns of the graph's rows that it is; texts have a dictionary. */
export interface ClassicEntry {
  readonly feature: CoremlFeature;
  readonly texts?: readonly string[];
  /** Whether the graph takes whole numbers there. */
  readonly whole?: boolean;
}

/**
 * The texts of a dictionary with their codes, the empty one among them, and the code of every other text: what stands for
 * other texts in the dictionary, or the code of a missing one.
 */
export function textTable(texts: readonly string[]): {
  readonly codes: readonly (readonly [text: string, code: number])[];
  readonly other: number;
} {
  const other = otherCode(texts);
  const known = [...texts.entries()].filter(([code]) => code !== other);
  const codes = known.map(([code, text]) => [text, code] as const);
  return { codes: other === -1 ? codes : [...codes, ["", -1]], other };
}

/** What an app gives for a feature, in words. */
const noted = (description: string | undefined, note: string): string =>
  description === undefined || description === "" ? note : `${description} (${note})`;

/** The features of a model in the order of the graph's columns. @throws a `ClassicRefusal` */
export function classicEntries(
  { graph }: OnnxModel,
  dictionaries: Readonly<Record<string, readonly string[]>>,
  inputs: Readonly<Record<string, ClassicInput>>,
): readonly ClassicEntry[] {
  const strange = Object.keys(inputs).find((name) => !graph.inputs.some((input) => input.name === name));
  if (strange !== undefined)
    throw refusal(
      `the graph has no input "${strange}"`,
      `one of ${graph.inputs.map(({ name }) => name).join(", ")}`,
    );
  return graph.inputs.flatMap(({ name, dims, elementType, docString }): readonly ClassicEntry[] => {
    const given = Object.hasOwn(inputs, name) ? inputs[name]! : {};
    const description = given.description ?? docString;
    const texts = Object.hasOwn(dictionaries, name) ? dictionaries[name] : undefined;
    if (texts?.some((text) => !text.isWellFormed()) === true)
      throw refusal(`a text that input "${name}" is looked up in is none of Unicode`, "texts of Unicode");
    const width = elementCount(dims.slice(1) as readonly number[]);
    const { columns } = given;
    if (columns !== undefined && columns.length !== width)
      throw refusal(
        `input "${name}" has ${width} columns, and ${columns.length} names were given`,
        `${width} names`,
      );
    if (texts !== undefined)
      return [
        {
          feature: {
            name,
            description: noted(description, "empty where it is missing"),
            type: { kind: "string" },
          },
          texts,
        },
      ];
    const whole = elementType !== "float32";
    const missing = whole ? "a whole number" : "NaN where it is missing";
    const scalar = (own: string, said: string | undefined): ClassicEntry => ({
      feature: { name: own, description: noted(said, missing), type: { kind: whole ? "int64" : "double" } },
      whole,
    });
    if (columns !== undefined)
      return columns.map((column) =>
        typeof column === "string" ? scalar(column, undefined) : scalar(column.name, column.description),
      );
    if (width === 1) return [scalar(name, description)];
    return [
      {
        feature: {
          name,
          description: noted(description, `${width} numbers, ${missing}`),
          type: vectorType(width),
        },
        whole,
      },
    ];
  });
}
