import type { GraphBuilder, Value } from "@tideline/graph";
import { illegalOption } from "./check-option.ts";
import { constant } from "./initialiser.ts";
import type { LayoutEntry } from "./layout.ts";
import type { CountedRows, LayerState, NetScope } from "./net.ts";

/** What a net declares: a tensor of a layout without its place. */
export type Declared = Omit<LayoutEntry, "offset">;

/** What gives values to what a net declares while it is written into one graph. */
export interface ScopeSource {
  readonly g: GraphBuilder;
  readonly training: boolean;
  readonly batch: number | "N";
  parameter(declared: Declared): Value;
  state(declared: Declared): LayerState;
  uniform(dims: readonly number[]): Value;
  counted(): CountedRows;
  /** Whether the layers of a scope are written as in training; one that is not named does as the one around it. */
  readonly scopes?: ReadonlyMap<string, boolean>;
}

/**
 * The outermost scope of a net over a source of values. It wants every name once, so that two layers never share
 * numbers by accident.
 */
export function netScope(source: ScopeSource): NetScope {
  const { g, batch, scopes } = source;
  const taken = new Set<string>();

  function declare(path: string, name: string, dims: readonly number[]): string {
    const full = path === "" ? name : `${path}/${name}`;
    const who = path === "" ? "net" : `layer "${path}"`;
    if (!/^[\w.-]+$/.test(name))
      throw illegalOption(who, "a name", "letters, digits, '_', '.' and '-'", `"${name}"`);
    if (taken.has(full))
      throw illegalOption(who, `"${name}"`, "each name once; use scope.within(name)", "it a second time");
    if (!dims.every((dim) => Number.isSafeInteger(dim) && dim > 0))
      throw illegalOption(who, `"${name}"`, "lengths of at least 1", `[${dims.join(", ")}]`);
    taken.add(full);
    return full;
  }

  function whileTraining(training: boolean, path: string, what: string): void {
    if (!training) throw illegalOption(`layer "${path}"`, what, "a use while training only", "inference");
  }

  function within(path: string, training: boolean): NetScope {
    return Object.freeze({
      g,
      path,
      training,
      batch,
      parameter(name, dims, initial, { decay = true } = {}) {
        return source.parameter({ name: declare(path, name, dims), dims: [...dims], initial, decay });
      },
      state(name, dims, initial) {
        const full = declare(path, name, dims);
        const state = source.state({ name: full, dims: [...dims], initial: constant(initial), decay: false });
        return training ? state : { value: state.value, update: () => {} };
      },
      uniform(dims) {
        whileTraining(training, path, "uniform");
        return source.uniform(dims);
      },
      counted() {
        whileTraining(training, path, "counted");
        return source.counted();
      },
      within(name) {
        const inner = path === "" ? name : `${path}/${name}`;
        return within(inner, source.training && (scopes?.get(inner) ?? training));
      },
    } satisfies NetScope);
  }
  return within("", source.training && (scopes?.get("") ?? true));
}
