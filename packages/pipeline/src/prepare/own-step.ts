import {
  isRule,
  ROW_RULES,
  ruleOf,
  transformOf,
  TRANSFORMS,
  type AnyRowRuleDef,
  type AnyTransformDef,
  type ChainStep,
  type ReadChainOptions,
  type RowRule,
  type RowRuleDef,
  type Selection,
  type StateValue,
  type Transform,
  type TransformDef,
} from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";

/** Where code of one's own stands. */
export interface OwnCode {
  /** `import.meta.url` of its module: its bytes, and those of what it imports by relative paths, say when it changed. */
  readonly module: string;
}

interface Own extends OwnCode {
  readonly transform?: AnyTransformDef;
  readonly rule?: AnyRowRuleDef;
}

const OWN: unique symbol = Symbol("own");

/** A step of a preparation: a transform, or a rule about rows. */
export type PreparationStep = ChainStep & { readonly [OWN]?: Own };

/**
 * A transform of one's own as a step: when its module changes, it and the steps after it are computed again.
 *
 * @example
 * ownTransform(FOLD_ANGLE, { columns: ["heading"] }, { module: import.meta.url });
 */
export function ownTransform<Options extends object, State extends StateValue>(
  def: TransformDef<Options, State>,
  options: Options & Selection,
  { module }: OwnCode,
): Transform & PreparationStep {
  const own: Own = { module, transform: def as unknown as AnyTransformDef };
  return Object.freeze({ ...transformOf(def, options), [OWN]: own });
}

/** A rule about rows of one's own as a step; see {@link ownTransform}. */
export function ownRule<Options extends object, State extends StateValue>(
  def: RowRuleDef<Options, State>,
  options: Options & Pick<Selection, "columns">,
  { module }: OwnCode,
): RowRule & PreparationStep {
  const own: Own = { module, rule: def as unknown as AnyRowRuleDef };
  return Object.freeze({ ...ruleOf(def, options), [OWN]: own });
}

/** The module of a step's code; undefined for steps of the project. */
export const moduleOf = (step: PreparationStep): string | undefined => step[OWN]?.module;

/** Definitions that are not the project's, for reading what was stored. */
export function ownDefinitions(steps: readonly PreparationStep[]): ReadChainOptions {
  const transforms: Record<string, AnyTransformDef> = {};
  const rules: Record<string, AnyRowRuleDef> = {};
  for (const step of steps) {
    const own = step[OWN];
    if (own?.transform !== undefined) transforms[step.kind] = own.transform;
    if (own?.rule !== undefined) rules[step.kind] = own.rule;
  }
  return { transforms, rules };
}

/** Wants a step to be of the project, or to say where its code stands. @throws DEFINITION_ILLEGAL */
export function checkStepCode(step: PreparationStep, field: string): void {
  const known = Object.hasOwn(isRule(step) ? ROW_RULES : TRANSFORMS, step.kind);
  if (known !== (step[OWN] !== undefined)) return;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: "prepare",
    field,
    expected: known
      ? "a kind that no step of the project has"
      : "a step of the project, or code of your own with its module",
    received: step.kind,
    remedy: known
      ? "Give it another `kind`."
      : "Write ownTransform(DEF, options, { module: import.meta.url }), or ownRule.",
  });
}
