import { isTidelineError, messageOf } from "@tideline/spec";
import type { FrameSchema } from "../frame/column.ts";
import { isRecord } from "../net/estimator/option-form.ts";
import { emptyFrame } from "../frame/frame-source.ts";
import { fittedChain, type FittedChain } from "./fitted-chain.ts";
import { fittedRuleOf, type AnyRowRuleDef, type FittedRowRule } from "./row-rule.ts";
import { ROW_RULES } from "./rule/registry.ts";
import { malformedState } from "./state-check.ts";
import type { StepLog } from "./step-log.ts";
import { checkedSchema, restored, type ReadTransformOptions } from "./store-transform.ts";
import { unsealed } from "./stored/envelope.ts";
import type { StateValue } from "./transform-def.ts";
import type { Selection } from "./transform.ts";

/** Definitions of your own for {@link readChain}. */
export interface ReadChainOptions extends ReadTransformOptions {
  readonly rules?: Readonly<Record<string, AnyRowRuleDef>>;
}

const WHO = "readChain";

/**
 * Reads what the `store` of a fitted chain wrote.
 *
 * @throws MODEL_MALFORMED for other bytes, as `readTransform`.
 * @example
 * const fitted = readChain(bytes);
 */
export function readChain(bytes: Uint8Array, options: ReadChainOptions = {}): FittedChain {
  const stored = unsealed(bytes);
  if (!isRecord(stored) || stored["kind"] !== "chain")
    throw malformedState(WHO, "kind", "chain", typeof stored);
  const { steps, log, labelled } = stored;
  if (!Array.isArray(steps) || steps.length === 0) throw malformedState(WHO, "steps", "a list", typeof steps);
  if (!(labelled instanceof Int32Array) || labelled.some((at) => !(at >= 0 && at < steps.length)))
    throw malformedState(WHO, "labelled", "places of steps", String(labelled));
  if (!Array.isArray(log) || log.length !== steps.length || !log.every((line) => isRecord(line)))
    throw malformedState(WHO, "log", "a line for each step", typeof log);
  try {
    const fitted = (steps as readonly StateValue[]).map((step) => {
      if (!isRecord(step)) throw malformedState(WHO, "step", "a step", typeof step);
      const { rule, ...form } = step;
      return rule === true ? restoredRule(form, options) : restored(form as StateValue, options);
    });
    return fittedChain(fitted, log as readonly unknown[] as readonly StepLog[], [...labelled]);
  } catch (error) {
    if (isTidelineError(error, "MODEL_MALFORMED")) throw error;
    throw malformedState(WHO, "steps", "steps that follow one another", messageOf(error));
  }
}

function restoredRule(
  form: Readonly<Record<string, unknown>>,
  { rules = {} }: ReadChainOptions,
): FittedRowRule {
  const { kind, options, inputs, state } = form;
  const known: Readonly<Record<string, AnyRowRuleDef>> = { ...ROW_RULES, ...rules };
  const def = typeof kind === "string" && Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (def === undefined) throw malformedState(WHO, "rule", Object.keys(known).join(", "), kind);
  if (!isRecord(options)) throw malformedState(WHO, "options", "options", typeof options);
  const { columns, ...own } = options;
  const schema: FrameSchema = checkedSchema(inputs, def.traits.accepts);
  const resolved = def.resolve(own);
  def.checkState?.(state as StateValue, resolved, schema);
  const selection = columns === undefined ? {} : { columns: columns as NonNullable<Selection["columns"]> };
  const fitted = fittedRuleOf(def, resolved, selection, schema, state as StateValue);
  fitted.judge(emptyFrame(schema));
  return fitted;
}
