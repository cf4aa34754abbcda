import { graphBuilder, writeSource, type OnnxModel } from "@tideline/graph";
import {
  TRANSFORMS,
  fitTransform,
  graphInputs,
  textDictionaries,
  transformOf,
  type AnyTransformDef,
  type FittedTransform,
  type GraphColumn,
} from "@tideline/learn/transform";
import { conformanceFrame, conformanceLabels } from "@tideline/learn/transform/testing";
import { isTidelineError } from "@tideline/spec";
import { CASES } from "../../packages/learn/src/transform/testing/case.ts";

/** What becomes of the transforms, fitted to rows that were made up. */
export interface EveryTransform {
  /** All that have a form in a graph and in source, in one graph. */
  readonly model: OnnxModel;
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
  /** Kinds in the model. */
  readonly written: readonly string[];
  /** By kind, why the source of its graph is not written. */
  readonly unwritten: Readonly<Record<string, string>>;
}

/** Every transform of the registry with every case of its own, lowered into one graph where source can have it. */
export function everyTransform(): EveryTransform {
  const [fits, written, unwritten]: [FittedTransform[], Set<string>, Record<string, string>] = [
    [],
    new Set(),
    {},
  ];
  for (const [kind, def] of Object.entries<AnyTransformDef>(TRANSFORMS)) {
    // A subgraph of one's own is its owner's.
    if (kind === "graphTransform") continue;
    for (const { options = {}, rows, labels } of CASES[kind] ?? [{}]) {
      if (
        typeof def.lower !== "function" ||
        def.traits.accepts.some((one) => one === "series" || one === "bytes")
      )
        continue;
      const given = rows ?? conformanceFrame(def.traits.accepts);
      const needed = def.traits.labels === "none" ? undefined : (labels ?? conformanceLabels().classes);
      const fitted = fitTransform(transformOf(def, options), given, needed);
      const why = reasonOf(fitted);
      if (why === undefined) {
        fits.push(fitted);
        written.add(kind);
      } else if (why !== "") unwritten[kind] = why;
    }
  }
  const g = graphBuilder("every");
  const dictionaries = textDictionaries(fits);
  const inputs = new Map<string, GraphColumn>();
  const ends = new Map<string, GraphColumn["value"][]>();
  for (const fitted of fits) {
    const own = fitted.inputs.map((column) => {
      // One input for what several read; another name where lengths differ.
      const kept = column.double === true ? `${column.name} in float64` : column.name;
      const key = column.width === undefined ? kept : `${kept} of ${column.width}`;
      const [input] = inputs.has(key)
        ? [inputs.get(key)!]
        : graphInputs(g, [{ ...column, name: key }], { strings: "codes", dictionaries });
      inputs.set(key, input!);
      return { ...input!, name: column.name };
    });
    const made = fitted.lower(g, own);
    for (const { value } of outputsOf(fitted, made)) {
      const list = ends.get(value.elementType) ?? [];
      ends.set(value.elementType, [...list, value]);
    }
  }
  for (const [type, list] of ends) g.output(type, g.op("Concat", list, { axis: 1 }));
  return { model: g.build(), dictionaries, written: [...written], unwritten };
}

/** Why a fitted transform has no source; empty where it has no form in a graph. */
function reasonOf(fitted: FittedTransform): string | undefined {
  const g = graphBuilder("one");
  const dictionaries = textDictionaries([fitted]);
  try {
    const made = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
    const outputs = outputsOf(fitted, made);
    if (outputs.length === 0) return "";
    for (const [at, { value }] of outputs.entries()) g.output(`output ${at}`, value);
  } catch (error) {
    if (isTidelineError(error, "RUNTIME_UNSUPPORTED") || isTidelineError(error, "ARGUMENT_INVALID"))
      return "";
    throw error;
  }
  return writeSource(g.build(), { language: "c", name: "One", dictionaries }).unsupported;
}

function outputsOf(fitted: FittedTransform, made: readonly GraphColumn[]): readonly GraphColumn[] {
  return made.filter(
    ({ name, kind }) => kind !== "text" && fitted.outputs.some((output) => output.name === name),
  );
}

/** The usual numbers of the columns of the rows that were made up; microseconds of 2020 to 2027 for times. */
export function rangesOf(model: OnnxModel): Readonly<Record<string, readonly [number, number]>> {
  const doubles = model.graph.inputs.filter(({ elementType }) => elementType === "float64");
  const times = doubles.filter(({ name }) => !name.endsWith(" in float64"));
  return {
    offset: [999_000, 1_001_000],
    huge: [1e6, 1e9],
    ...Object.fromEntries(times.map(({ name }) => [name, [1.58e15, 1.8e15] as const])),
  };
}
