import { STORAGE_FOLDER } from "../expo/sqlite-storage.ts";
import { insertBlock } from "./insert-block.ts";

/** iOS has no list of exclusions: a folder is excluded by an attribute that the app sets while it runs. */
const LINES = [
  "    do {",
  "      let documents = FileManager.default.urls(for: .documentDirectory, in: .userDomainMask)[0]",
  `      var folder = documents.appendingPathComponent("${STORAGE_FOLDER}", isDirectory: true)`,
  "      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)",
  "      var values = URLResourceValues()",
  "      values.isExcludedFromBackup = true",
  "      try folder.setResourceValues(values)",
  "    } catch {",
  '      NSLog("Tideline: its folder is not excluded from backups: %@", error.localizedDescription)',
  "    }",
];

/** Keeps the storage's folder out of the backups of iOS: a block at the start of `AppDelegate.swift`. Not compiled here. */
export const excludeFromAppleBackup = (contents: string): string =>
  insertBlock(contents, {
    tag: "tideline-backup",
    lines: LINES,
    after: /didFinishLaunchingWithOptions[^{]*\{/,
  });
