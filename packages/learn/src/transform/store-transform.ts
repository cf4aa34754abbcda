import { isTidelineError, messageOf } from "@tideline/spec";
import type { ColumnKind, ColumnSchema, FrameSchema } from "../frame/column.ts";
import { isRecord } from "../net/estimator/option-form.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { TRANSFORMS } from "./registry.ts";
import { malformedState } from "./state-check.ts";
import { sealed, unsealed } from "./stored/envelope.ts";
import { storedForm } from "./stored/stored-form.ts";
import type { AnyTransformDef, StateValue } from "./transform-def.ts";
import { fittedOf, type FittedTransform, type Selection } from "./transform.ts";

/** How {@link readTransform} restores. */
export interface ReadTransformOptions {
  /** Definitions of transforms of your own, by kind, beside those of the package. */
  readonly transforms?: Readonly<Record<string, AnyTransformDef>>;
}

const WHO = "readTransform";

/**
 * A fitted transform as bytes: its kind, options, inputs and state. Equal transforms give equal bytes, on any machine, so
 * that their hash names them.
 *
 * @example
 * const bytes = storeTransform(fitted);
 * readTransform(bytes).transform(rows);
 */
export function storeTransform(fitted: FittedTransform): Uint8Array {
  return sealed(storedForm(fitted));
}

/**
 * Reads what {@link storeTransform} wrote. Everything is checked, whoever made the bytes: what it gives can be applied.
 *
 * @throws MODEL_MALFORMED for bytes that are no stored transform, are damaged, of a kind that nobody knows, or say what cannot be.
 */
export function readTransform(bytes: Uint8Array, options: ReadTransformOptions = {}): FittedTransform {
  return restored(unsealed(bytes), options);
}

/** A fitted transform of its stored form. @throws MODEL_MALFORMED */
export function restored(
  stored: StateValue,
  { transforms = {} }: ReadTransformOptions = {},
): FittedTransform {
  if (!isRecord(stored) || ArrayBuffer.isView(stored))
    throw malformedState(WHO, "bytes", "a transform", typeof stored);
  const { kind, options, inputs, state } = stored;
  const known: Readonly<Record<string, AnyTransformDef>> = { ...TRANSFORMS, ...transforms };
  const def = typeof kind === "string" && Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (def === undefined) throw malformedState(WHO, "kind", Object.keys(known).join(", "), kind);
  if (!isRecord(options)) throw malformedState(WHO, "options", "options", typeof options);
  const { columns, keep, ...own } = options;
  if (typeof keep !== "boolean") throw malformedState(WHO, "keep", "true or false", keep);
  const schema = checkedSchema(inputs, def.traits.accepts);
  try {
    const resolved = def.resolve(own);
    const selection = {
      ...(columns === undefined ? {} : { columns: columns as Selection["columns"] }),
      keep,
    };
    def.checkState?.(state as StateValue, resolved, schema);
    const fitted = fittedOf(def, resolved, selection, schema, state as StateValue);
    fitted.transform(emptyFrame(schema));
    return fitted;
  } catch (error) {
    if (isTidelineError(error, "MODEL_MALFORMED")) throw error;
    throw malformedState(WHO, String(kind), "a sound state", messageOf(error));
  }
}

/** A stored schema of columns of these kinds. @throws MODEL_MALFORMED */
export function checkedSchema(inputs: unknown, accepts: readonly ColumnKind[]): FrameSchema {
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw malformedState(WHO, "inputs", "columns", typeof inputs);
  const names = new Set<unknown>();
  for (const input of inputs as readonly unknown[]) {
    if (!isRecord(input)) throw malformedState(WHO, "inputs", "columns", typeof input);
    const { name, kind, width, unit, double } = input;
    if (typeof name !== "string" || names.has(name))
      throw malformedState(WHO, "inputs", "each name once", name);
    names.add(name);
    if (!accepts.includes(kind as ColumnKind))
      throw malformedState(WHO, `column "${name}"`, accepts.join(", "), kind);
    const wide =
      kind === "vector" ? Number.isSafeInteger(width) && (width as number) >= 1 : width === undefined;
    if (!wide) throw malformedState(WHO, `column "${name}"`, "the width of a vector", width);
    if (unit !== undefined && typeof unit !== "string")
      throw malformedState(WHO, `column "${name}"`, "a unit", typeof unit);
    if (double !== undefined) throw malformedState(WHO, `column "${name}"`, "no double", String(double));
  }
  return Object.freeze((inputs as readonly ColumnSchema[]).map((input) => Object.freeze(input)));
}
