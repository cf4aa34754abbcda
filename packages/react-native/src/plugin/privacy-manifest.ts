import type { PrivacyManifest } from "./config-plugins.ts";

/** Entries of both lists, those of the second where both have one of the same name. */
function merged<Entry extends object>(
  key: keyof Entry,
  first: readonly Entry[],
  second: readonly Entry[],
): Entry[] {
  const entries = new Map([...first, ...second].map((entry) => [entry[key], entry]));
  return [...entries.values()];
}

/**
 * The app's privacy manifest with what `tideline privacy` wrote of its definition (`privacy-manifest.json`). Expo's
 * modules bring manifests of their own.
 */
export function mergePrivacyManifest(app: PrivacyManifest, added: PrivacyManifest): PrivacyManifest {
  const domains = new Set([
    ...(app.NSPrivacyTrackingDomains ?? []),
    ...(added.NSPrivacyTrackingDomains ?? []),
  ]);
  const collected = merged(
    "NSPrivacyCollectedDataType",
    app.NSPrivacyCollectedDataTypes ?? [],
    added.NSPrivacyCollectedDataTypes ?? [],
  );
  const accessed = merged(
    "NSPrivacyAccessedAPIType",
    app.NSPrivacyAccessedAPITypes ?? [],
    added.NSPrivacyAccessedAPITypes ?? [],
  );
  return {
    NSPrivacyTracking: app.NSPrivacyTracking === true || added.NSPrivacyTracking === true,
    // An empty list would stand in the way of what Expo puts there.
    ...(domains.size === 0 ? {} : { NSPrivacyTrackingDomains: [...domains] }),
    ...(collected.length === 0 ? {} : { NSPrivacyCollectedDataTypes: collected }),
    ...(accessed.length === 0 ? {} : { NSPrivacyAccessedAPITypes: accessed }),
  };
}
