import { ELEMENT_TYPES, formatType, type Value } from "@tideline/graph";
import { illegalOption, oneOf, positiveInteger } from "../check-option.ts";
import { glorotUniform, orthogonal, zeros } from "../initialiser.ts";
import type { NetScope } from "../net.ts";
import { defineLayer, layerTitle, rowDims, rowsReshaped } from "./define-layer.ts";

/** What {@link gru} takes. */
export interface GruOptions {
  /** Numbers of the state. */
  readonly units: number;
  /** Whether a second one reads from the end; what comes out is both, side by side. Default false. */
  readonly bidirectional?: boolean;
  /** "last": the state after the last step (of each direction); "sequence": all states. Default "last". */
  readonly output?: "last" | "sequence";
}

/** What a GRU may be told besides its input. */
export interface SequenceContext {
  /** int64 [batch]: how many steps of each row are real, at least 1. Default all. */
  readonly lengths?: Value;
}

/** A layer over a series whose rows may have different lengths. */
export interface SequenceLayer {
  (scope: NetScope, x: Value, context?: SequenceContext): Value;
  readonly kind: string;
}

const OUTPUTS = { last: true, sequence: true } as const;

/** The parameters of all directions, stacked along a new first axis. */
function stacked(
  scope: NetScope,
  directions: readonly string[],
  parameter: (scope: NetScope) => Value,
): Value {
  const { g } = scope;
  const parts = directions.map((name) => g.op("Unsqueeze", [parameter(scope.within(name)), g.ints([0])]));
  return parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 0 });
}

/**
 * Gated recurrent units over [batch, steps, F] (K. Cho et al., "Learning Phrase Representations using RNN
 * Encoder-Decoder", EMNLP 2014), the reset gate behind the product as in PyTorch: gives [batch, units] or [batch, steps,
 * units], twice as wide when bidirectional. Behind a row's length all states are 0, and its last state is that of its
 * own last step.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range; when applied to another form.
 * @example
 * const encoder = gru({ units: 64, bidirectional: true });
 */
export function gru(options: GruOptions): SequenceLayer {
  const { units, bidirectional = false, output = "last" } = options;
  positiveInteger("gru layer", "units", units);
  oneOf("gru layer", "output", OUTPUTS, output);
  const directions = bidirectional ? ["forward", "reverse"] : ["forward"];
  return defineLayer("gru", (scope: NetScope, x: Value, { lengths }: SequenceContext = {}) => {
    const { g } = scope;
    const form = "float32[batch, steps, F]";
    const [steps, features] = rowDims("gru", scope, x, form, (dims) => dims.length === 2);
    if (lengths !== undefined && (lengths.elementType !== "int64" || lengths.dims.length !== 1))
      throw illegalOption(layerTitle("gru", scope), "lengths", "int64[batch]", formatType(lengths));
    const w = stacked(scope, directions, (own) =>
      own.parameter("weight", [3 * units, features!], glorotUniform),
    );
    const r = stacked(scope, directions, (own) => own.parameter("recurrent", [3 * units, units], orthogonal));
    const b = stacked(scope, directions, (own) =>
      own.parameter("bias", [6 * units], zeros, { decay: false }),
    );
    const series = g.op("Transpose", [x], { perm: [1, 0, 2] });
    const own = lengths && g.op("Cast", [lengths], { to: ELEMENT_TYPES.int32.code });
    const [all, last] = g.ops("GRU", [series, w, r, b, own], {
      hidden_size: units,
      direction: bidirectional ? "bidirectional" : "forward",
      linear_before_reset: 1,
    });
    const width = units * directions.length;
    // [directions, batch, units] and [steps, directions, batch, units]
    return output === "last"
      ? rowsReshaped(scope, g.op("Transpose", [last!], { perm: [1, 0, 2] }), [width])
      : rowsReshaped(scope, g.op("Transpose", [all!], { perm: [2, 0, 1, 3] }), [steps!, width]);
  });
}
