import { configured, type Configuration } from "../configured.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { gru } from "./gru.ts";
import { mlp } from "./mlp.ts";
import { NET_OPTION_FORMS } from "./net-option-form.ts";
import { checkOptions } from "./option-form.ts";
import { tableEmbedding } from "./table-embedding.ts";
import { textcnn } from "./textcnn.ts";
import { transformer } from "./transformer.ts";
import { twoTower } from "./two-tower.ts";

/** The names of estimators of nets. */
export type NetEstimatorName = keyof typeof NET_OPTION_FORMS;

/** Estimators of nets by name. One that is missing here does not compile. */
export const NET_ESTIMATORS = {
  mlp,
  conv1d,
  conv2d,
  gru,
  textcnn,
  transformer,
  tableEmbedding,
  twoTower,
} satisfies Record<NetEstimatorName, (options: never) => { readonly kind: string }>;

/** An estimator as plain data: `"mlp"`, `{ conv1d: { shape: [128, 6], channels: [64, 64] } }`. */
export type NetConfiguration = Configuration<typeof NET_ESTIMATORS>;

/** The estimator of a configuration. */
export type NetFrom<C extends NetConfiguration> = C extends NetEstimatorName ? Made<C> : Made<keyof C>;

type Made<Name> = ReturnType<(typeof NET_ESTIMATORS)[Name & NetEstimatorName]>;

/**
 * The estimator that plain data describes: what a file, a form or a search over configurations holds. Unlike a call of
 * the estimator itself, which the compiler checks, it checks every option's name and form.
 *
 * @throws DEFINITION_ILLEGAL for an estimator or an option that there is not, one that is missing, and one of another
 *   form, naming the option, what was wanted and what was received.
 * @example
 * const estimator = netFrom({ conv1d: { shape: [128, 6], channels: [64, 64], seed: 1 } });
 * const model = await estimator.fit({ X, y, classes }, { runtime: onnxruntimeNode });
 */
export function netFrom<const C extends NetConfiguration>(configuration: C): NetFrom<C> {
  const checked = Object.fromEntries(
    Object.entries(NET_ESTIMATORS).map(([name, make]) => [
      name,
      (options: unknown = {}) => {
        const { forms, needed } = NET_OPTION_FORMS[name as NetEstimatorName];
        checkOptions(name, forms, needed, options);
        return (make as (options: never) => unknown)(options as never);
      },
    ]),
  );
  return configured("net", checked, configuration as never) as NetFrom<C>;
}
