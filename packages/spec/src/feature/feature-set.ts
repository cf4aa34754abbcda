import { contentHash } from "../content-hash.ts";
import type { Digest, TextCodec } from "../port.ts";
import { children, type Expression } from "./expression.ts";
import { illegal, show } from "./illegal.ts";
import type { FeatureView } from "./view.ts";

/** Features of one version of a view, pinned to what they meant: what a model consumes, in order. Plain data. */
export interface FeatureSet {
  readonly view: string;
  readonly version: number;
  readonly features: readonly string[];
  /** Content hash of the meaning of these features: lower-case hexadecimal SHA-256. */
  readonly hash: string;
}

type Ports = { readonly digest: Digest; readonly text: TextCodec };

/** The version of a view. */
export function versionOf({ version = 1 }: FeatureView): number {
  return version;
}

/**
 * What decides the values of a view's features, and nothing that does not: no owner, no description, no stage. With
 * `features` only of those, so that a feature which is added changes nothing for who reads the others.
 */
export function viewMeaning(view: FeatureView, features: readonly string[] = Object.keys(view.features)) {
  const kept = Object.fromEntries(features.map((name) => [name, view.features[name]!]));
  const columns: Record<string, unknown> = {};
  const visit = (node: Expression): void => {
    if (node.kind === "column") columns[node.name] = node.type;
    children(node).forEach(visit);
  };
  Object.values(kept).forEach(visit);
  const { name, entity, purpose, source } = view;
  return {
    name,
    version: versionOf(view),
    joinKey: entity.joinKey,
    entity: entity.name,
    ...(purpose === undefined ? {} : { purpose }),
    event: source.event,
    columns,
    features: kept,
  };
}

/**
 * Pins features of a view.
 *
 * @throws FEATURE_ILLEGAL for a feature that the view lacks, none, or a view that is a draft or deprecated.
 * @example
 * const set = await pinFeatures(engagement, ["taps_10m"], ports);
 * featureSetName(set); // "engagement@2#5f1c9a..."
 */
export async function pinFeatures(
  view: FeatureView,
  features: readonly string[],
  ports: Ports,
): Promise<FeatureSet> {
  const who = `feature set of "${view.name}"`;
  if (view.stage === "draft" || view.stage === "deprecated")
    throw illegal(who, "stage", "a stable view", view.stage, "Pin a version that is stable.");
  const there = Object.keys(view.features);
  const wrong = features.find((name, at) => !there.includes(name) || features.indexOf(name) !== at);
  if (wrong !== undefined || features.length === 0)
    throw illegal(who, "features", `names among ${there.join(", ")}, each once`, show(wrong ?? features));
  const hash = await contentHash(viewMeaning(view, features), ports);
  return Object.freeze({
    view: view.name,
    version: versionOf(view),
    features: Object.freeze([...features]),
    hash,
  });
}

/** The name of a pinned set, as `engagement@2#` and its hash. */
export function featureSetName({ view, version, hash }: FeatureSet): string {
  return `${view}@${version}#${hash}`;
}

/**
 * The view that a pinned set reads, among those that are declared. Refuses one whose meaning has changed since.
 *
 * @throws FEATURE_ILLEGAL where the version is gone, a feature is, or its meaning is another; it says what to do.
 */
export async function checkFeatureSet(
  set: FeatureSet,
  views: readonly FeatureView[],
  ports: Ports,
): Promise<FeatureView> {
  const who = `feature set ${featureSetName(set)}`;
  const named = views.filter(({ name }) => name === set.view);
  const [found, twin] = named.filter((view) => versionOf(view) === set.version);
  if (twin !== undefined) throw illegal(who, "version", `one view of version ${set.version}`, "several");
  if (found === undefined) {
    const received =
      named.length === 0 ? "no view of that name" : `versions ${named.map(versionOf).join(", ")}`;
    const remedy = `Declare version ${set.version} of "${set.view}" again, as it was, until nothing pins it.`;
    throw illegal(who, "version", String(set.version), received, remedy);
  }
  const next = Math.max(...named.map(versionOf)) + 1;
  const remedy = `Leave version ${set.version} as it was, and declare the new meaning as version ${next} beside it.`;
  const gone = set.features.find((name) => !Object.hasOwn(found.features, name));
  if (gone !== undefined) throw illegal(who, "features", `"${gone}"`, "a view without it", remedy);
  const hash = await contentHash(viewMeaning(found, set.features), ports);
  if (hash === set.hash) return found;
  throw illegal(who, "meaning", set.hash, hash, remedy);
}
