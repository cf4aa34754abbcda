import type { OptionForm } from "../../net/estimator/option-form.ts";

/** Values of every sort, of which each form refuses some. */
const ODD: readonly unknown[] = [
  null,
  "nonsense",
  Number.NaN,
  Infinity,
  -1,
  0,
  0.5,
  1e9,
  true,
  [],
  [null],
  { odd: 1 },
  () => 1,
];

/** Options that are wrong by their forms: each with the option that is. */
export function wrongOptions(
  forms: Readonly<Record<string, OptionForm>>,
): readonly { readonly field: string; readonly options: Readonly<Record<string, unknown>> }[] {
  const each = Object.entries(forms).flatMap(([field, { fits }]) =>
    ODD.filter((value) => !fits(value)).map((value) => ({ field, options: { [field]: value } })),
  );
  return [...each, { field: "nonsense", options: { nonsense: 1 } }];
}
