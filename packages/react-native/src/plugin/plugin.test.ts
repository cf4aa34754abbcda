import { expect, test } from "vitest";
import { applyBackupRules, BACKUP_FILES } from "./android-backup.ts";
import { excludeFromAppleBackup } from "./apple-backup.ts";
import { insertBlock } from "./insert-block.ts";
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

test("backup rules are set where there are none, left to secure-store's, and asked for elsewhere", () => {
  const none: Record<string, string> = {};
  expect(applyBackupRules(none)).toBeNull();
  expect(none).toEqual({
    "android:fullBackupContent": "@xml/tideline_backup_rules",
    "android:dataExtractionRules": "@xml/tideline_data_extraction_rules",
  });
  expect(applyBackupRules(none)).toBeNull();
  const secure = {
    "android:fullBackupContent": "@xml/secure_store_backup_rules",
    "android:dataExtractionRules": "@xml/secure_store_data_extraction_rules",
  };
  const before = { ...secure };
  expect(applyBackupRules(secure)).toBeNull();
  expect(secure).toEqual(before);
  const own = { "android:fullBackupContent": "@xml/mine" };
  expect(applyBackupRules(own)).toMatch(/path="tideline\/"/);
  expect(own["android:fullBackupContent"]).toBe("@xml/mine");
  for (const text of Object.values(BACKUP_FILES)) expect(text).toContain('path="tideline/"');
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
