import type { AppDefinition } from "../app.ts";
import { canonicalJson } from "../canonical.ts";
import { type FeatureView, versionOf, viewMeaning } from "../feature/index.ts";
import type { Change } from "./change.ts";
import { compareEvent } from "./compare-event.ts";
import { compareModel } from "./compare-model.ts";
import { probeVersion } from "./probe.ts";

/** Pairs of things of the same name; undefined on the side that lacks one. */
function pair<Named extends { readonly name: string }>(
  older: readonly Named[],
  newer: readonly Named[],
): readonly (readonly [Named | undefined, Named | undefined])[] {
  const names = new Set([...older, ...newer].map(({ name }) => name));
  const find = (list: readonly Named[], name: string) => list.find((item) => item.name === name);
  return [...names].map((name) => [find(older, name), find(newer, name)]);
}

function comparePurposes(older: AppDefinition, newer: AppDefinition): readonly Change[] {
  const names = new Set([...Object.keys(older.purposes), ...Object.keys(newer.purposes)]);
  const words = [...names].flatMap((name): Change[] => {
    const [from, to] = [older.purposes[name], newer.purposes[name]];
    const where = `purpose "${name}"`;
    if (from === to) return [];
    if (from === undefined) {
      const why = "Nobody consented to it yet; old phones do not know it.";
      return [{ verdict: "compatible", where, what: "added", why }];
    }
    if (to === undefined) {
      const why = "Phones that report consent to it are understood as before; nothing asks for it any more.";
      return [{ verdict: "compatible", where, what: "removed", why }];
    }
    return [
      {
        verdict: "changes_consent",
        where,
        what: `${JSON.stringify(from)} became ${JSON.stringify(to)}`,
        why: "People consented to the words before.",
        remedy:
          "Where the meaning is the same, publish the new words as the new baseline; else declare another purpose and ask.",
      },
    ];
  });
  const essential = (newer.essential ?? [])
    .filter((purpose) => older.essential?.includes(purpose) !== true)
    .map((purpose): Change => ({
      verdict: "changes_consent",
      where: `essential "${purpose}"`,
      what: "added",
      why: "A person's opt-out signal no longer switches it off.",
      remedy: "Keep it out of `essential`, or ask people.",
    }));
  return [...words, ...essential];
}

/** Versions of a view are compared each with itself: a new one beside the old ones breaks nobody. */
function compareView(older: FeatureView | undefined, newer: FeatureView | undefined): readonly Change[] {
  const { name: own, version } = (older ?? newer)!;
  const where = `view "${own}"${version === undefined ? "" : ` version ${version}`}`;
  if (older === undefined) {
    return [{ verdict: "compatible", where, what: "added", why: "Nothing read it before." }];
  }
  if (older.stage === "draft" && (newer === undefined || older.purpose === newer.purpose)) {
    const free = "It was a draft: no feature set may pin it.";
    const [from, to] = [older, newer].map((one) => canonicalJson((one && viewMeaning(one)) ?? null));
    const what = newer === undefined ? "removed" : "changed";
    return from === to ? [] : [{ verdict: "compatible", where, what, why: free }];
  }
  const why = "Models that learned from its values would meet others.";
  const remedy =
    version === undefined
      ? "Declare the new feature under a new name, and keep this one until no model reads it."
      : `Declare version ${version + 1} beside it, and leave version ${version} as it is until nothing pins it.`;
  const verdict = version === undefined ? "invalidates_models" : "needs_version";
  if (newer === undefined) {
    return [{ verdict: "invalidates_models", where, what: "removed", why, remedy }];
  }
  const changes: Change[] = [];
  const same = (left: unknown, right: unknown): boolean =>
    canonicalJson(left ?? null) === canonicalJson(right ?? null);
  if (!same([older.entity, older.source.event], [newer.entity, newer.source.event])) {
    changes.push({ verdict, where, what: "entity or source changed", why, remedy });
  }
  if (older.purpose !== newer.purpose) {
    changes.push({
      verdict: "changes_consent",
      where: `${where}.purpose`,
      what: `${older.purpose ?? "none"} became ${newer.purpose ?? "none"}`,
      why: "The values are used for something else than before.",
      remedy: "Declare another view with the new purpose.",
    });
  }
  for (const name of new Set([...Object.keys(older.features), ...Object.keys(newer.features)])) {
    const [from, to] = [older.features[name], newer.features[name]];
    if (same(from, to)) continue;
    const at = `${where}.${name}`;
    if (from === undefined) {
      changes.push({ verdict: "compatible", where: at, what: "added", why: "Nothing read it before." });
    } else {
      const what = to === undefined ? "removed" : "computed in another way";
      changes.push({ verdict, where: at, what, why, remedy });
    }
  }
  return changes;
}

/**
 * Everything that changed from a published definition to another one, with whom each change breaks and why. What it
 * says of old phones is what {@link checkEvent} answers to them: a change that makes the server refuse an event carries
 * that event as its witness. The lake's columns are compared by who owns them.
 *
 * @example
 * compareApps(published, app).filter(({ verdict }) => verdict !== "compatible");
 */
export function compareApps(older: AppDefinition, newer: AppDefinition): readonly Change[] {
  const events = pair(Object.values(older.events), Object.values(newer.events)).flatMap(([from, to]) => {
    if (from !== undefined && to !== undefined) return compareEvent(from, to);
    const where = `event "${(from ?? to)!.name}"`;
    if (from === undefined) {
      const why = "No phone sends it yet; `tideline privacy` says what the stores have to be told.";
      return [{ verdict: "compatible", where, what: "added", why } as const];
    }
    const failure = probeVersion(from, undefined, from.version)[0];
    return [
      {
        verdict: "breaks_phones",
        where,
        what: "removed",
        why: "Old phones go on sending it, and the server refuses and keeps nothing of it.",
        remedy: "Keep the declaration as long as phones send it; an app stops tracking it by not calling it.",
        ...(failure === undefined
          ? {}
          : { witness: { event: failure.event, attachmentBytes: failure.attachmentBytes } }),
      } as const,
    ];
  });
  const models = pair(older.models, newer.models).flatMap(([from, to]): readonly Change[] => {
    if (from !== undefined && to !== undefined) return compareModel(from, to);
    const where = `model "${(from ?? to)!.name}"`;
    return from === undefined
      ? [{ verdict: "compatible", where, what: "added", why: "No phone expects it yet." }]
      : [
          {
            verdict: "invalidates_models",
            where,
            what: "removed",
            why: "Old phones get no release of it any more, and answer by their rule once the last one has expired.",
            remedy: "Keep it declared as long as phones ask for it.",
          },
        ];
  });
  const named = (views: readonly FeatureView[]) =>
    views.map((of) => ({ name: `${of.name}@${versionOf(of)}`, of }));
  const views = pair(named(older.views), named(newer.views)).flatMap(([from, to]) =>
    compareView(from?.of, to?.of),
  );
  const name: readonly Change[] =
    older.name === newer.name
      ? []
      : [
          {
            verdict: "invalidates_models",
            where: `app "${older.name}"`,
            what: `became "${newer.name}"`,
            why: "Phones refuse releases of an app of another name.",
            remedy: `Keep the name "${older.name}".`,
          },
        ];
  return [...name, ...comparePurposes(older, newer), ...events, ...models, ...views];
}
