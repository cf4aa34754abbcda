import { STORAGE_FOLDER } from "../expo/sqlite-storage.ts";

/**
 * What no backup and no transfer to a new phone takes along: the folder of the storage under `filesDir`, and the
 * preferences in which `expo-secure-store` keeps entries whose key stays on the phone.
 */
const EXCLUDED = [
  `<exclude domain="file" path="${STORAGE_FOLDER}/"/>`,
  '<exclude domain="sharedpref" path="SecureStore"/>',
];

const HEAD = '<?xml version="1.0" encoding="utf-8"?>';
const indent = (lines: readonly string[], spaces: number): string[] =>
  lines.map((line) => " ".repeat(spaces) + line);

/** Files of the resources that say so: the first for Android 11 and below, the second from Android 12 on. */
export const BACKUP_FILES: Readonly<Record<string, string>> = {
  tideline_backup_rules: [
    HEAD,
    "<full-backup-content>",
    ...indent(EXCLUDED, 2),
    "</full-backup-content>",
    "",
  ].join("\n"),
  tideline_data_extraction_rules: [
    HEAD,
    "<data-extraction-rules>",
    ...["cloud-backup", "device-transfer"].flatMap((kind) => [
      `  <${kind}>`,
      ...indent(EXCLUDED, 4),
      `  </${kind}>`,
    ]),
    "</data-extraction-rules>",
    "",
  ].join("\n"),
};

const ATTRIBUTES = {
  "android:fullBackupContent": "@xml/tideline_backup_rules",
  "android:dataExtractionRules": "@xml/tideline_data_extraction_rules",
} as const;

/** Rules of `expo-secure-store`: they let preferences into backups and nothing else, so no file of ours. */
const SECURE_STORE = /^@xml\/secure_store_/;

/**
 * Points the application's attributes at the rules. Rules of somebody else stay.
 *
 * @returns what the app's own rules must say, or null where there is nothing to say.
 */
export function applyBackupRules(attributes: Record<string, string>): string | null {
  let missing = false;
  for (const [name, rules] of Object.entries(ATTRIBUTES)) {
    const present = attributes[name];
    if (present === undefined || present === rules) attributes[name] = rules;
    else if (!SECURE_STORE.test(present)) missing = true;
  }
  return missing ? `Your backup rules must hold: ${EXCLUDED.join(" ")}` : null;
}
