import { expect, test } from "vitest";
import { applyBackupRules, BACKUP_FILES, EXCLUDED } from "./android-backup.ts";
import { excludeFromAppleBackup } from "./apple-backup.ts";
import { insertBlock } from "./insert-block.ts";
import { mergeBackupRules } from "./merge-backup-rules.ts";
import { pinInGradle, pinInPodfile } from "./onnxruntime-pin.ts";
import { mergePrivacyManifest } from "./privacy-manifest.ts";

const DELEGATE = `class AppDelegate: ExpoAppDelegate {
  public override func application(
    _ application: UIApplication,
    didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]? = nil
  ) -> Bool {
    let delegate = ReactNativeDelegate()
    return true
  }
}
`;

test("the app's delegate gets one block at its start, however often it is generated", () => {
  const once = excludeFromAppleBackup(DELEGATE);
  expect(once.indexOf("isExcludedFromBackup = true")).toBeGreaterThan(once.indexOf("-> Bool {"));
  expect(once.indexOf("isExcludedFromBackup = true")).toBeLessThan(once.indexOf("let delegate"));
  expect(once).toContain('"tideline"');
  expect(excludeFromAppleBackup(once)).toBe(once);
  expect(() => excludeFromAppleBackup("struct App {}")).toThrow(/didFinishLaunchingWithOptions/);
});

test("a block at the end replaces an older one", () => {
  const first = insertBlock("a\n", { tag: "t", lines: ["1"] });
  expect(insertBlock(first, { tag: "t", lines: ["2"] })).toBe("a\n// begin t\n2\n// end t\n");
});

test("the native library is pinned once in Gradle and in the Podfile", () => {
  const gradle = pinInGradle("buildscript {\n}\n");
  expect(gradle).toContain('force "com.microsoft.onnxruntime:onnxruntime-android:1.24.3"');
  expect(pinInGradle(gradle)).toBe(gradle);
  const pods = pinInPodfile("target 'App' do\n  use_expo_modules!\nend\n");
  expect(pods.split("\n")[1]).toMatch(/pod 'onnxruntime-c', '1.24.3'/);
  expect(pinInPodfile(pods)).toBe(pods);
});

/** Rules of the app's own, by name. */
const rulesOf = (files: Record<string, string>) => ({
  read: (name: string) => files[name] ?? null,
  write: (name: string, text: string) => void (files[name] = text),
});

test("backup rules are set where there are none, left to secure-store's, and asked for where they cannot be read", () => {
  const none: Record<string, string> = {};
  expect(applyBackupRules(none, rulesOf({}))).toBeNull();
  expect(none).toEqual({
    "android:fullBackupContent": "@xml/tideline_backup_rules",
    "android:dataExtractionRules": "@xml/tideline_data_extraction_rules",
  });
  expect(applyBackupRules(none, rulesOf({}))).toBeNull();
  const secure = {
    "android:fullBackupContent": "@xml/secure_store_backup_rules",
    "android:dataExtractionRules": "@xml/secure_store_data_extraction_rules",
  };
  const before = { ...secure };
  expect(applyBackupRules(secure, rulesOf({}))).toBeNull();
  expect(secure).toEqual(before);
  for (const [value, files] of [
    ["@xml/mine", {}],
    ["@xml/mine", { mine: "<paths/>" }],
    ["true", {}],
  ] as const) {
    const own: Record<string, string> = { "android:fullBackupContent": value };
    expect(applyBackupRules(own, rulesOf({ ...files }))).toMatch(/path="tideline\/"/);
    expect(own["android:fullBackupContent"]).toBe(value);
  }
  for (const text of Object.values(BACKUP_FILES)) expect(text).toContain('path="tideline/"');
});

test("the app's own backup rules keep what they say and get what they lack, once", () => {
  const files: Record<string, string> = {
    old: `<?xml version="1.0" encoding="utf-8"?>
<full-backup-content>
  <include domain="file" path="notes/"/>
  <!-- </full-backup-content> <exclude domain="file" path="tideline/"/> -->
  <exclude path='SecureStore' domain = "sharedpref" />
</full-backup-content>
`,
    next: `<data-extraction-rules>
  <cloud-backup disableIfNoEncryptionCapabilities="true">
    <exclude domain="database" path="cache.db"/>
  </cloud-backup>
</data-extraction-rules>`,
  };
  const attributes = {
    "android:fullBackupContent": "@xml/old",
    "android:dataExtractionRules": "@xml/next",
  };
  const before = { ...files };
  expect(applyBackupRules(attributes, rulesOf(files))).toBeNull();
  expect(attributes["android:fullBackupContent"]).toBe("@xml/old");
  for (const [name, text] of Object.entries(before)) {
    for (const line of text.trim().split("\n")) expect(files[name]).toContain(line.trim());
  }
  // Behind the comment, and once; what another spelling says is not said again.
  expect(files["old"]!.lastIndexOf('path="tideline/"')).toBeGreaterThan(files["old"]!.indexOf("-->"));
  expect(files["old"]!.match(/SecureStore/g)).toHaveLength(1);
  // A section that is missing would take everything along.
  expect(files["next"]!.match(/path="tideline\/"/g)).toHaveLength(2);
  expect(files["next"]).toMatch(
    /<device-transfer>[^]*tideline[^]*<\/device-transfer>\s*<\/data-extraction-rules>/,
  );
  const once = { ...files };
  expect(applyBackupRules(attributes, rulesOf(files))).toBeNull();
  expect(files).toEqual(once);
  const empty = mergeBackupRules("<full-backup-content />", EXCLUDED)!;
  expect(empty).toMatch(/^<full-backup-content>\n[^]*<\/full-backup-content>$/);
});

test("privacy manifests are merged by entry, and tracking is never taken back", () => {
  const steps = { NSPrivacyCollectedDataType: "A", NSPrivacyCollectedDataTypeLinked: false };
  const linked = { ...steps, NSPrivacyCollectedDataTypeLinked: true };
  const other = { NSPrivacyCollectedDataType: "B" };
  const app = { NSPrivacyTracking: true, NSPrivacyCollectedDataTypes: [steps, other] };
  expect(mergePrivacyManifest(app, { NSPrivacyCollectedDataTypes: [linked] })).toEqual({
    NSPrivacyTracking: true,
    NSPrivacyCollectedDataTypes: [linked, other],
  });
  expect(mergePrivacyManifest({}, {})).toEqual({ NSPrivacyTracking: false });
});
