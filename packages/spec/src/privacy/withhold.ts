import type { EventDefinition } from "../event.ts";
import type { WireValue } from "../wire.ts";

/** Purposes that each field of one version needs, whatever it is called in the versions after it. */
type Needs = ReadonlyMap<string, ReadonlySet<string>>;

/** What an event's declaration asks of the consent to its fields. */
interface FieldPurposes {
  readonly versions: ReadonlyMap<number, Needs>;
  /** For versions that were never published here: every name that any version knows. */
  readonly any: Needs;
  /** All purposes of fields: what is needed for a property that nothing declares. */
  readonly all: ReadonlySet<string>;
}

const known = new WeakMap<EventDefinition, FieldPurposes | null>();

/** Purposes of the fields of an event, or null where none has one. Worked out once for each declaration. */
function fieldPurposes(event: EventDefinition): FieldPurposes | null {
  const cached = known.get(event);
  if (cached !== undefined) return cached;
  const newestFirst = [...event.previous].sort((left, right) => right.version - left.version);
  const versions = new Map<number, Needs>();
  const any = new Map<string, Set<string>>();
  const all = new Set<string>();
  let later: Needs = new Map();
  for (const { version, fields, upgrade } of [
    { version: event.version, fields: event.fields, upgrade: undefined },
    ...newestFirst,
  ]) {
    const needs = new Map<string, Set<string>>();
    for (const [name, { purpose }] of Object.entries(fields)) {
      const rename = upgrade?.rename;
      const next = rename !== undefined && Object.hasOwn(rename, name) ? rename[name]! : name;
      const after = later.get(next) ?? [];
      const wanted = new Set(purpose === undefined ? after : [purpose, ...after]);
      needs.set(name, wanted);
      any.set(name, new Set([...(any.get(name) ?? []), ...wanted]));
      for (const one of wanted) all.add(one);
    }
    versions.set(version, needs);
    later = needs;
  }
  const purposes = all.size === 0 ? null : { versions, any, all };
  known.set(event, purposes);
  return purposes;
}

/** Names that a consent withholds, and the properties without them. */
export interface Withheld<Properties> {
  readonly properties: Properties;
  /** Names that were there and are gone. */
  readonly names: readonly string[];
  /** Whether a field would be withheld, so that its absence is no fault. */
  readonly isWithheld: (field: string) => boolean;
}

/**
 * Properties of an event of some version without the fields that the consent does not reach. A field of an old version
 * needs the purposes of what it becomes, too. A property that no version declares may be any of the fields with a
 * purpose, misspelt: it stays only where all of these are granted. The same object where nothing is withheld.
 *
 * @example
 * withhold(motion, 1, ["improve"], { place: [52.1, 4.3], start: 0 }).properties; // { start: 0 }
 */
export function withhold<Properties extends Readonly<Record<string, WireValue>>>(
  event: EventDefinition,
  version: number,
  consent: readonly string[],
  properties: Properties,
): Withheld<Properties> {
  const purposes = fieldPurposes(event);
  if (purposes === null) return { properties, names: [], isWithheld: () => false };
  const needs = purposes.versions.get(version) ?? purposes.any;
  const isWithheld = (field: string): boolean =>
    [...(needs.get(field) ?? purposes.all)].some((purpose) => !consent.includes(purpose));
  const names = Object.keys(properties).filter(isWithheld);
  if (names.length === 0) return { properties, names, isWithheld };
  const kept = Object.entries(properties).filter(([field]) => !isWithheld(field));
  return { properties: Object.fromEntries(kept) as Properties, names, isWithheld };
}
