import type { AppDefinition } from "../../app.ts";
import { CATEGORIES } from "../category.ts";
import { STORE_PURPOSES } from "../store-purpose.ts";
import { appAnswers } from "./app-answer.ts";
import { dataUses } from "./data-use.ts";
import { propertyList } from "./property-list.ts";

/**
 * System interfaces that the client uses on iOS and for which Apple asks a reason: sizes of its own files in the app's
 * container (`C617.1`), and the monotonic clock for the time between its own events (`35F9.1`). It keeps nothing in
 * user defaults and does not ask for the free space of the disk. Source: Apple, "Describing use of required reason API"
 * (https://developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api).
 */
export const ACCESSED_APIS: Readonly<Record<string, readonly string[]>> = {
  NSPrivacyAccessedAPICategoryFileTimestamp: ["C617.1"],
  NSPrivacyAccessedAPICategorySystemBootTime: ["35F9.1"],
};

/** Apple's privacy manifest as JSON: the keys of the property list, which is also the form of Expo's `ios.privacyManifests`. */
export interface ApplePrivacyKeys {
  readonly NSPrivacyTracking: boolean;
  readonly NSPrivacyTrackingDomains: readonly string[];
  readonly NSPrivacyCollectedDataTypes: readonly {
    readonly NSPrivacyCollectedDataType: string;
    readonly NSPrivacyCollectedDataTypeLinked: boolean;
    readonly NSPrivacyCollectedDataTypeTracking: boolean;
    readonly NSPrivacyCollectedDataTypePurposes: readonly string[];
  }[];
  readonly NSPrivacyAccessedAPITypes: readonly {
    readonly NSPrivacyAccessedAPIType: string;
    readonly NSPrivacyAccessedAPITypeReasons: readonly string[];
  }[];
}

/**
 * What Apple's privacy manifest says of what an app collects through the client. An app that collects more elsewhere
 * adds it. Tracking, across other companies' apps and sites, is what the definition says of it: what serves advertising
 * is used for it where it names domains that track.
 *
 * @example
 * const { NSPrivacyCollectedDataTypes } = applePrivacyKeys(app);
 */
export function applePrivacyKeys(app: AppDefinition): ApplePrivacyKeys {
  const domains = appAnswers(app).tracking ?? [];
  const types = new Map<string, { linked: boolean; tracking: boolean; purposes: Set<string> }>();
  for (const { category, purposes, linked } of dataUses(app)) {
    // Several categories of ours may be one of Apple's, which may stand there once only.
    const name = `NSPrivacyCollectedDataType${CATEGORIES[category].apple}`;
    const entry = types.get(name) ?? { linked: false, tracking: false, purposes: new Set() };
    for (const purpose of purposes) {
      entry.purposes.add(`NSPrivacyCollectedDataTypePurpose${STORE_PURPOSES[purpose].apple}`);
    }
    const tracks = domains.length > 0 && purposes.includes("advertising");
    types.set(name, { ...entry, linked: entry.linked || linked, tracking: entry.tracking || tracks });
  }
  return {
    NSPrivacyTracking: domains.length > 0,
    NSPrivacyTrackingDomains: domains,
    NSPrivacyCollectedDataTypes: [...types].map(([name, { linked, tracking, purposes }]) => ({
      NSPrivacyCollectedDataType: name,
      NSPrivacyCollectedDataTypeLinked: linked,
      NSPrivacyCollectedDataTypeTracking: tracking,
      NSPrivacyCollectedDataTypePurposes: [...purposes].sort(),
    })),
    NSPrivacyAccessedAPITypes: Object.entries(ACCESSED_APIS).map(([type, reasons]) => ({
      NSPrivacyAccessedAPIType: type,
      NSPrivacyAccessedAPITypeReasons: reasons,
    })),
  };
}

/**
 * The text of `PrivacyInfo.xcprivacy`: {@link applePrivacyKeys} as a property list. Xcode merges the files of the parts.
 *
 * @example
 * await writeFile("ios/PrivacyInfo.xcprivacy", applePrivacyManifest(app));
 */
export function applePrivacyManifest(app: AppDefinition): string {
  return propertyList({ ...applePrivacyKeys(app) });
}
