import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, ColumnKind, FrameSchema } from "../../frame/column.ts";
import { schemaOf } from "../../frame/frame.ts";
import { illegalOption } from "../../net/check-option.ts";
import type { OptionForm } from "../../net/estimator/option-form.ts";
import { TRANSFORMS } from "../registry.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { AnyTransformDef, GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { checkVectors } from "./check-vector.ts";
import { rowsOf } from "./column-fault.ts";
import type { TransformVector } from "./transform-vector.ts";

/**
 * Where a transform of one's own runs. `relational`: it reads other rows, so it runs where rows lie, never in pieces.
 * `framer`: it takes each row for itself, in TypeScript, before a graph. `graph`: it has a form in the graph of a model, too.
 */
export type CustomPlace = "relational" | "framer" | "graph";

interface CustomParts<Options extends object> {
  /** Its name when stored: a word as `stepCount`, none of this package's. */
  readonly kind: string;
  /** The kinds of columns that it reads. */
  readonly accepts: readonly ColumnKind[];
  /** What each option must look like. Default: it takes none. */
  readonly forms?: Readonly<Record<string, OptionForm>>;
  /** Options that are not given. */
  readonly defaults?: Partial<Options>;
  /** The columns that `apply` gives. One of an input's name takes that input's place. */
  outputs(inputs: FrameSchema, options: Options): FrameSchema;
  /** The outputs of columns that come as they were chosen. Pure: the same for the same, and nothing given is changed. */
  apply(columns: readonly Column[], rows: number, options: Options): readonly Column[];
  /** What it must give: at least one. */
  readonly vectors: readonly TransformVector[];
}

/** A transform of one's own: a function, where it runs, and what it must give. */
export type CustomTransformParts<Options extends object> = CustomParts<Options> &
  (
    | {
        readonly place: "graph";
        /** The same in a graph. */
        lower(g: GraphBuilder, columns: readonly GraphColumn[], options: Options): readonly GraphColumn[];
      }
    | { readonly place: "relational" | "framer"; readonly lower?: undefined }
  );

/** What {@link customTransform} makes: a function of options, and the definition for `readTransform` and `transformChecks`. */
export interface CustomTransform<Options extends object> {
  (options?: Options & Selection): Transform;
  readonly place: CustomPlace;
  readonly def: TransformDef<Options, null>;
}

const WHO = "customTransform";
const WHY: Readonly<Record<Exclude<CustomPlace, "graph">, string>> = {
  relational: "it reads other rows, so it runs where rows lie, before a graph",
  framer: "it runs in the framer, before a graph",
};

/**
 * A transform of your own that learns nothing: it joins chains, storage and the conformance suite like those of the package. Its vectors are
 * held against it here, in a frame and (`place: "graph"`) by the reference kernels, so that one which does not do what it says is never fitted,
 * and a stored one is never restored with code that does something else. What learns is a `TransformDef`; what is an ONNX model already, a
 * `graphTransform`.
 *
 * @throws DEFINITION_ILLEGAL for a name that is taken, no vectors, and a vector that is not met: which one, column, row, expected, received.
 * @example
 * const doubled = customTransform({
 *   kind: "doubled",
 *   place: "framer",
 *   accepts: ["float"],
 *   outputs: (inputs) => inputs,
 *   apply: (columns) =>
 *     columns.map((column) => (column.kind === "float" ? { ...column, values: column.values.map((x) => 2 * x) } : column)),
 *   vectors: [{ rows: { x: [1, null] }, gives: { x: [2, null] } }],
 * });
 * chain([doubled({ columns: ["speed"] })]).fit(rows);
 */
export function customTransform<Options extends object = Record<never, never>>(
  parts: CustomTransformParts<Options>,
): CustomTransform<Options> {
  const { kind, place, accepts, forms = {}, defaults = {}, vectors, lower } = parts;
  if (typeof kind !== "string" || !/^[a-z][A-Za-z0-9]{0,62}$/u.test(kind) || Object.hasOwn(TRANSFORMS, kind))
    throw illegalOption(WHO, "kind", "a word as stepCount that no transform has yet", String(kind));
  if (place !== "graph" && !Object.hasOwn(WHY, place))
    throw illegalOption(WHO, `${kind}.place`, "relational, framer, graph", String(place));
  if ((place === "graph") !== (typeof lower === "function"))
    throw illegalOption(
      WHO,
      `${kind}.lower`,
      place === "graph" ? "its form in a graph" : `none, because ${WHY[place as "framer"]}`,
      typeof lower,
    );
  if (!Array.isArray(vectors) || vectors.length === 0)
    throw illegalOption(WHO, `${kind}.vectors`, "what it must give, at least once", "none");
  if (!Array.isArray(accepts) || accepts.length === 0)
    throw illegalOption(WHO, `${kind}.accepts`, "kinds of columns", String(accepts));
  const across = place === "relational";
  const def: TransformDef<Options, null> = Object.freeze({
    kind,
    traits: Object.freeze({
      accepts: Object.freeze([...accepts]),
      labels: "none" as const,
      memory: "bounded" as const,
      ordered: across,
      ...(across ? { acrossRows: true } : {}),
    }),
    forms,
    vectors: () => vectors,
    resolve: (given: Options) => resolveOptions(kind, forms, defaults, given),
    begin: () => learnsNothing(null),
    outputs: (_: null, options: Options, inputs: FrameSchema) => parts.outputs(inputs, options),
    apply(_: null, options: Options, columns: readonly Column[], rows: number) {
      const made = parts.apply(columns, rows, options);
      checkMade(kind, made, parts.outputs(columns.map(schemaOf), options), rows);
      return made;
    },
    lower:
      typeof lower === "function"
        ? (_: null, options: Options, g: GraphBuilder, columns: readonly GraphColumn[]) =>
            lower(g, columns, options)
        : { unsupported: WHY[place as "framer"] },
  });
  checkVectors(def as unknown as AnyTransformDef, vectors);
  const make = (options?: Options & Selection): Transform =>
    transformOf(def, options ?? ({} as Options & Selection));
  return Object.freeze(Object.assign(make, { place, def }));
}

/** Wants a function to give the columns that it said it would. @throws DEFINITION_ILLEGAL */
function checkMade(kind: string, made: readonly Column[], outputs: FrameSchema, rows: number): void {
  for (const output of outputs) {
    const column = made.find(({ name }) => name === output.name);
    const wanted = output.kind === "vector" ? `vector of width ${output.width}` : output.kind;
    const given =
      column === undefined
        ? "none"
        : column.kind === "vector"
          ? `vector of width ${column.width}`
          : column.kind;
    const count = column === undefined ? 0 : rowsOf(column);
    if (given === wanted && count === rows) continue;
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: kind,
      field: `column "${output.name}"`,
      expected: `a column of ${rows} rows, ${wanted}, as its outputs say`,
      received: column === undefined ? "none" : `one of ${count} rows, ${given}`,
    });
  }
  const strange = made.find(({ name }) => !outputs.some((output) => output.name === name));
  if (strange === undefined && made.length === outputs.length) return;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: kind,
    field: "columns",
    expected: `${outputs.length} columns: ${outputs.map(({ name }) => `"${name}"`).join(", ")}`,
    received: made.map(({ name }) => `"${name}"`).join(", "),
  });
}
