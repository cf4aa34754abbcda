import { illegalOption, unknownOption } from "../../../net/check-option.ts";
import { isRecord, type OptionForm } from "../../../net/estimator/option-form.ts";
import { described } from "../../bin/numeric-value.ts";
import type { BoostFitOptions } from "./boosted-trees.ts";

const called: OptionForm = { expected: "a function", fits: (value) => typeof value === "function" };
/** Said in a way of its own where it is looked at. */
const elsewhere: OptionForm = { expected: "", fits: () => true };

const FORMS: { readonly [Name in keyof Required<BoostFitOptions>]: OptionForm } = {
  validation: elsewhere,
  initial: elsewhere,
  kernels: {
    expected: "what opens kernels, as chooseKernels({ threads: nodeTreeThreads() }).open",
    fits: called.fits,
  },
  threads: elsewhere,
  signal: {
    expected: "an AbortSignal",
    fits: (value) => isRecord(value) && typeof value["throwIfAborted"] === "function",
  },
  onRound: called,
  now: called,
};

/** @throws DEFINITION_ILLEGAL for a name that there is not among what a fit takes beside rows, and for another form. */
export function checkFitOptions(who: string, given: object): void {
  for (const [name, value] of Object.entries(given)) {
    const form = Object.hasOwn(FORMS, name) ? FORMS[name as keyof typeof FORMS] : undefined;
    if (form === undefined) throw unknownOption(who, name, Object.keys(FORMS), described(value));
    if (value !== undefined && !form.fits(value))
      throw illegalOption(who, name, form.expected, described(value));
  }
}
