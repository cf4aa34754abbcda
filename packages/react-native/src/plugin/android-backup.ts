import { STORAGE_FOLDER } from "../expo/sqlite-storage.ts";
import { mergeBackupRules } from "./merge-backup-rules.ts";

/**
 * What no backup and no transfer to a new phone takes along: the folder of the storage under `filesDir`, and the
 * preferences in which `expo-secure-store` keeps entries whose key stays on the phone.
 */
export const EXCLUDED: readonly string[] = [
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

/** The app's own rules: the text of a file under `res/xml` by its name, and how to replace it. */
export interface OwnRules {
  /** Null where there is no such file, or it comes with a library. */
  read(name: string): string | null;
  write(name: string, text: string): void;
}

/**
 * Points the application's attributes at the rules. Rules of somebody else stay, and get what they lack.
 *
 * @returns what the app's own rules must say where they could not be read, or null where there is nothing to say.
 */
export function applyBackupRules(attributes: Record<string, string>, own: OwnRules): string | null {
  let missing = false;
  for (const [attribute, rules] of Object.entries(ATTRIBUTES)) {
    const present = attributes[attribute];
    if (present === undefined || present === rules) attributes[attribute] = rules;
    else if (!SECURE_STORE.test(present)) {
      const name = /^@xml\/(\w+)$/.exec(present)?.[1];
      const text = name === undefined ? null : own.read(name);
      const merged = text === null ? null : mergeBackupRules(text, EXCLUDED);
      if (merged === null) missing = true;
      else if (merged !== text) own.write(name!, merged);
    }
  }
  return missing ? `Your backup rules must hold: ${EXCLUDED.join(" ")}` : null;
}
