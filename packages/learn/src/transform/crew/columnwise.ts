import type { FrameSchema } from "../../frame/column.ts";
import type { AnyTransformDef, StateValue } from "../transform-def.ts";
import type { FittedTransform } from "../transform.ts";

/** How a definition treats each column as if it were the only one. */
export interface ColumnwiseDef<Options, State> {
  /**
   * Whether outputs take the places of their inputs or have names of their own; undefined where options make one output of
   * several columns.
   */
  outputs(options: Options): "places" | "names" | undefined;
  /** The state of columns of which each was fitted alone, in their order. */
  join(states: readonly State[]): State;
}

/** What a transform says of the same. */
export interface Columnwise {
  readonly def: AnyTransformDef;
  readonly outputs: "places" | "names";
  /** The fitted transform of these inputs, of which each was fitted alone. */
  join(inputs: FrameSchema, states: readonly StateValue[]): FittedTransform;
}

/** Joins states of named arrays: those of a field one behind the other. */
export function joinFields<Values extends { readonly [field: string]: readonly unknown[] | Float64Array }>(
  states: readonly Values[],
): Values {
  return Object.fromEntries(
    Object.entries(states[0]!).map(([field, first]) => {
      if (!(first instanceof Float64Array))
        return [field, states.flatMap((state) => state[field] as unknown[])];
      const out = new Float64Array(states.reduce((sum, state) => sum + state[field]!.length, 0));
      let at = 0;
      for (const state of states) {
        out.set(state[field] as Float64Array, at);
        at += state[field]!.length;
      }
      return [field, out];
    }),
  ) as Values;
}
