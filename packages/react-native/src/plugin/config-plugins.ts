/** The configuration of an app (`app.json`), as far as the plugin reads or writes it. */
export interface ExpoConfig {
  readonly ios?: { readonly privacyManifests?: PrivacyManifest; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** An Apple privacy manifest in the form of Expo's `ios.privacyManifests`. */
export interface PrivacyManifest {
  readonly NSPrivacyTracking?: boolean;
  readonly NSPrivacyTrackingDomains?: readonly string[];
  readonly NSPrivacyCollectedDataTypes?: readonly (object & { NSPrivacyCollectedDataType: string })[];
  readonly NSPrivacyAccessedAPITypes?: readonly (object & { NSPrivacyAccessedAPIType: string })[];
}

/** A change of a native file: its text, or its parsed form. */
export interface Mod<Results> {
  modResults: Results;
  readonly modRequest: { readonly platformProjectRoot: string };
}

type WithMod<Results> = (config: ExpoConfig, action: (mod: Mod<Results>) => Mod<Results>) => ExpoConfig;

/** A file of source text and its language. */
export interface SourceFile {
  contents: string;
  readonly language: string;
}

/** The `application` element of `AndroidManifest.xml`. */
export interface MainApplication {
  readonly $: Record<string, string>;
}

/** The part of `expo/config-plugins` that the plugin uses; the app's own copy is handed in. */
export interface ConfigPlugins {
  readonly withAndroidManifest: WithMod<unknown>;
  readonly withProjectBuildGradle: WithMod<SourceFile>;
  readonly withPodfile: WithMod<SourceFile>;
  readonly withAppDelegate: WithMod<SourceFile>;
  readonly withDangerousMod: (
    config: ExpoConfig,
    action: readonly ["android" | "ios", (mod: Mod<unknown>) => Mod<unknown>],
  ) => ExpoConfig;
  readonly createRunOncePlugin: <Properties>(
    plugin: (config: ExpoConfig, properties: Properties) => ExpoConfig,
    name: string,
    version: string,
  ) => (config: ExpoConfig, properties: Properties) => ExpoConfig;
  readonly AndroidConfig: {
    readonly Manifest: { getMainApplicationOrThrow(manifest: unknown): MainApplication };
  };
  readonly WarningAggregator: { addWarningAndroid(name: string, text: string): void };
}
