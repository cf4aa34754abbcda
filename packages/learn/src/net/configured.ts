import { nearestRemedy } from "../nearest-name.ts";
import { illegalOption } from "./check-option.ts";

/** A registry of things made from options: `{ adam: (options) => ... }`. */
type Makers = Readonly<Record<string, (options: never) => unknown>>;

type OptionsOf<Make> = Make extends (...list: infer List) => unknown ? List[0] : never;

/**
 * What a configuration may say for a registry: a name where nothing must be said (`"adam"`), or one name with its
 * options (`{ adamw: { decay: 0.01 } }`). Plain data, so that a phone may import it.
 */
export type Configuration<Table extends Makers> = {
  [Name in keyof Table & string]:
    | (undefined extends OptionsOf<Table[Name]> ? Name : never)
    | { readonly [Key in Name]: NonNullable<OptionsOf<Table[Name]>> };
}[keyof Table & string];

/**
 * Makes what a configuration says.
 *
 * @param who what is configured, for messages: "optimiser".
 * @throws DEFINITION_ILLEGAL for a name that the table lacks or more than one of them, and what the maker throws.
 */
export function configured<Table extends Makers>(
  who: string,
  table: Table,
  configuration: Configuration<Table>,
): ReturnType<Table[keyof Table]> {
  const given: unknown = configuration;
  const [name, options, ...rest] =
    typeof given === "string"
      ? [given, undefined]
      : typeof given === "object" && given !== null
        ? Object.entries(given).flat()
        : [];
  if (typeof name !== "string" || rest.length > 0 || !Object.hasOwn(table, name))
    throw illegalOption(
      who,
      "kind",
      `one of ${Object.keys(table).join(", ")}`,
      typeof given === "object" ? JSON.stringify(given) : String(given),
      nearestRemedy(name, Object.keys(table)),
    );
  return table[name]!(options as never) as ReturnType<Table[keyof Table]>;
}
