import { checkEvent } from "../check-event.ts";
import type { EventDefinition, Fields } from "../event.ts";
import { type Duration, milliseconds } from "../feature/duration.ts";
import type { Change, Verdict, Witness } from "./change.ts";
import { describeField } from "./describe.ts";
import { alone, fieldsOf, probeVersion } from "./probe.ts";
import { previousCode } from "./remedy.ts";

type Field = Fields[string];

const witnessOf = (failure: Witness | undefined): { witness?: Witness } =>
  failure === undefined
    ? {}
    : { witness: { event: failure.event, attachmentBytes: failure.attachmentBytes } };

/** What the values of a field mean beside what they may be: units, rate, channels. */
function meaningOf(field: Field): string {
  if (field.kind === "float") return field.unit ?? "";
  if (field.kind !== "frame") return "";
  return JSON.stringify([field.channels, field.units, field.rate]);
}

/** What changed of one field of one version, or undefined. */
function compareField(
  [older, newer]: readonly [EventDefinition, EventDefinition],
  version: number,
  name: string,
): Change | undefined {
  const fields = fieldsOf(older, version)!;
  const [from, to] = [fields, fieldsOf(newer, version)!].map((of) =>
    Object.hasOwn(of, name) ? of[name] : undefined,
  );
  if (JSON.stringify(from) === JSON.stringify(to)) return undefined;
  const isNewest = version === newer.version;
  const where = `event "${older.name}"${isNewest ? "" : ` version ${version}`}.${name}`;
  const remedy = isNewest
    ? previousCode(older, newer)
    : `Leave the entry of version ${version} as it was published.`;
  const verdict: Verdict = isNewest ? "needs_version" : "breaks_phones";
  const what =
    from === undefined
      ? `added: ${describeField(to!)}`
      : to === undefined
        ? `removed: ${describeField(from)}`
        : `${describeField(from)} became ${describeField(to)}`;
  const { [name]: _, ...others } = fields;
  const hybrid = {
    ...newer,
    purpose: older.purpose,
    version,
    fields: to === undefined ? others : { ...fields, [name]: to },
    previous: [],
  };
  const whole = alone(newer);
  const failure = probeVersion(older, hybrid, version).find(
    ({ refusal, event, attachmentBytes }) =>
      // The rest of the newer definition may ask for another consent, and then leave the field out.
      refusal.field === name && !checkEvent(whole, event, attachmentBytes).ok,
  );
  if (from?.purpose !== undefined && to !== undefined && from.purpose !== to.purpose) {
    const why = `People consented to it for "${from.purpose}"; the consent of old phones says nothing about ${to.purpose === undefined ? "keeping it without" : `"${to.purpose}"`}.`;
    const asked = "Keep the purpose, or give the field a new name and ask people.";
    return { verdict: "changes_consent", where, what, why, remedy: asked, ...witnessOf(failure) };
  }
  if (failure !== undefined) {
    const why = `Phones with version ${version} send events that the server now refuses: ${failure.refusal.reason}.`;
    return { verdict, where, what, why, remedy, ...witnessOf(failure) };
  }
  if (from !== undefined && to !== undefined && meaningOf(from) !== meaningOf(to)) {
    const why = `What phones with version ${version} send is still taken, but the numbers now mean something else.`;
    const renamed = `Give the new meaning a new name, and keep "${name}" as t.optional of what it was.`;
    return { verdict, where, what, why, remedy: renamed };
  }
  const why =
    from?.purpose === to?.purpose
      ? "Whatever phones with this version send is taken as before."
      : "The server leaves it out where a phone does not say that the person consented.";
  return { verdict: "compatible", where, what, why };
}

/** Milliseconds of a retention; NaN for one that cannot be read, which is longer than any. */
function lengthOf(retain: string): number {
  try {
    return milliseconds(retain as Duration);
  } catch {
    return Number.NaN;
  }
}

/** What changed of purpose, other uses and retention. */
function comparePromise(older: EventDefinition, newer: EventDefinition): readonly Change[] {
  const where = `event "${older.name}"`;
  const changes: Change[] = [];
  if (older.purpose !== newer.purpose) {
    const hybrid = { ...older, purpose: newer.purpose };
    changes.push({
      verdict: "changes_consent",
      where: `${where}.purpose`,
      what: `"${older.purpose}" became "${newer.purpose}"`,
      why: `People consented to "${older.purpose}"; of phones whose people did not consent to "${newer.purpose}" too, the server refuses the event.`,
      remedy: `Keep "${older.purpose}", or declare another event with "${newer.purpose}" and ask people.`,
      ...witnessOf(probeVersion(older, hybrid, older.version)[0]),
    });
  }
  for (const purpose of newer.alsoFor ?? []) {
    if (older.alsoFor?.includes(purpose) === true) continue;
    changes.push({
      verdict: "changes_consent",
      where: `${where}.alsoFor`,
      what: `"${purpose}" added`,
      why: `People consented to "${older.purpose}" and were not told that the data feeds "${purpose}" too.`,
      remedy: `Tell people and ask again, or collect it in an event of purpose "${purpose}".`,
    });
  }
  if (older.retain !== newer.retain) {
    const isLonger = !(lengthOf(newer.retain) <= lengthOf(older.retain));
    changes.push({
      verdict: isLonger ? "changes_consent" : "compatible",
      where: `${where}.retain`,
      what: `${older.retain} became ${newer.retain}`,
      why: isLonger
        ? `People consented to ${older.retain}.`
        : "Rows are deleted sooner than people were promised.",
      ...(isLonger ? { remedy: `Keep "${older.retain}", or ask people again.` } : {}),
    });
  }
  return changes;
}

/** What changed of one event that both definitions have. */
export function compareEvent(older: EventDefinition, newer: EventDefinition): readonly Change[] {
  const changes: Change[] = [...comparePromise(older, newer)];
  const versions = [older.version, ...older.previous.map(({ version }) => version)];
  for (const version of versions) {
    const [from, to] = [fieldsOf(older, version)!, fieldsOf(newer, version)];
    const where = `event "${older.name}" version ${version}`;
    if (to === undefined) {
      changes.push({
        verdict: "breaks_phones",
        where,
        what:
          newer.version > version
            ? `no longer in "previous" of version ${newer.version}`
            : `gone: the newest is now ${newer.version}`,
        why: `Apps live for years: phones with version ${version} go on sending it, and the server now refuses every event of theirs.`,
        remedy:
          newer.version > version && version === older.version
            ? previousCode(older, newer)
            : `Keep the entry of version ${version}, and never lower a version.`,
        ...witnessOf(probeVersion(older, newer, version)[0]),
      });
      continue;
    }
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    const found = [...names].flatMap((name) => compareField([older, newer], version, name) ?? []);
    changes.push(...found);
    if (newer.version > version && version === older.version) {
      changes.push({
        verdict: "compatible",
        where: `event "${older.name}"`,
        what: `version ${newer.version} after ${version}`,
        why: `Version ${version} stands in "previous" and stays accepted.`,
      });
    }
    if (found.some(({ witness }) => witness !== undefined) || older.purpose !== newer.purpose) continue;
    for (const failure of probeVersion(older, newer, version)) {
      changes.push({
        verdict: "breaks_phones",
        where,
        ...(version === newer.version
          ? {
              what: `"${failure.refusal.field}" is refused`,
              why: `Phones with version ${version} send events that the server now refuses: ${failure.refusal.reason}.`,
              remedy: previousCode(older, newer),
            }
          : {
              what: `its upgrade leaves "${failure.refusal.field}" unlike version ${newer.version}`,
              why: `Phones with version ${version} send events that the server refuses once they are upgraded: ${failure.refusal.reason}.`,
              remedy: `Make the upgrade of version ${version} fill it (rename, defaults), or let the field take more or be t.optional.`,
            }),
        ...witnessOf(failure),
      });
    }
    changes.push(...meaningAfterUpgrade(older, newer, version));
  }
  return changes;
}

/**
 * Fields of an older version that an upgrade hands on under another unit, rate or order of channels, or without the
 * purpose of their own that people were asked for.
 */
function meaningAfterUpgrade(
  older: EventDefinition,
  newer: EventDefinition,
  version: number,
): readonly Change[] {
  if (version === newer.version) return [];
  const steps = newer.previous
    .filter((previous) => previous.version >= version)
    .sort((left, right) => left.version - right.version);
  return Object.entries(fieldsOf(older, version)!).flatMap(([name, field]): Change[] => {
    const last = steps.reduce((current, { upgrade }) => {
      const { rename } = upgrade;
      return rename !== undefined && Object.hasOwn(rename, current) ? rename[current]! : current;
    }, name);
    const to = Object.hasOwn(newer.fields, last) ? newer.fields[last] : undefined;
    if (to === undefined) return [];
    if (field.purpose !== undefined && field.purpose !== to.purpose) {
      return [
        {
          verdict: "changes_consent",
          where: `event "${older.name}" version ${version}.${name}`,
          what: `purpose "${field.purpose}" becomes ${to.purpose === undefined ? "the event's own" : `"${to.purpose}"`} as "${last}"`,
          why: "Phones of the new version collect it from people who were never asked for that.",
          remedy: `Keep the purpose: t.forPurpose("${field.purpose}", ...), or give the field a new name and ask people.`,
        },
      ];
    }
    if (to.kind !== field.kind || meaningOf(to) === meaningOf(field)) return [];
    return [
      {
        verdict: "breaks_phones",
        where: `event "${older.name}" version ${version}.${name}`,
        what: `${describeField(field)} becomes ${describeField(to)} as "${last}"`,
        why: "An upgrade renames and fills in; it does not convert, so the numbers would mean something else.",
        remedy: `Give the field of version ${newer.version} a name of its own, and keep "${last}" as t.optional of what it was.`,
      },
    ];
  });
}
