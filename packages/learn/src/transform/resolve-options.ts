import { checkOptions, type OptionForm } from "../net/estimator/option-form.ts";

/**
 * Options with their defaults, once each has been held against its form.
 *
 * @throws DEFINITION_ILLEGAL with who, option, wanted and received.
 * @example
 * resolveOptions("standardScaler", FORMS_OF_SCALER, { withMean: true, withStd: true }, given);
 */
export function resolveOptions<Options extends object>(
  who: string,
  forms: Readonly<Record<string, OptionForm>>,
  defaults: object,
  given: Options,
  needed: readonly string[] = [],
): Options {
  checkOptions(who, forms, needed, given);
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return Object.freeze({ ...defaults, ...own }) as Options;
}
