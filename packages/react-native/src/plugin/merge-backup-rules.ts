/** Elements that hold rules, by the root of the file. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  "full-backup-content": ["full-backup-content"],
  "data-extraction-rules": ["cloud-backup", "device-transfer"],
};

/** The same text with comments blanked out, so that what they say is taken for nothing. */
const withoutComments = (text: string): string =>
  text.replace(/<!--[^]*?-->/g, (comment) => " ".repeat(comment.length));

const attributeOf = (element: string, name: string): string | undefined =>
  new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(element)?.[1];

/** Whether some rules exclude what another rule does, however it is written. */
function excludes(rules: string, rule: string): boolean {
  return [...rules.matchAll(/<exclude\b[^>]*>/g)].some(([element]) =>
    ["domain", "path"].every((name) => attributeOf(element, name) === attributeOf(rule, name)),
  );
}

/** The text with rules in a section; null where it has no such section. */
function mergeSection(text: string, section: string, rules: readonly string[]): string | null {
  const plain = withoutComments(text);
  const found = new RegExp(`<${section}\\b[^>]*?(/?)>`).exec(plain);
  if (found === null) return null;
  const [open, selfClosing] = found;
  const after = found.index + open.length;
  const end = selfClosing === "/" ? after : plain.indexOf(`</${section}`, after);
  if (end < 0) return null;
  const missing = rules.filter((rule) => !excludes(plain.slice(after, end), rule));
  if (missing.length === 0) return text;
  const lines = missing.map((rule) => `  ${rule}\n`).join("");
  if (selfClosing !== "/") return `${text.slice(0, end)}${lines}${text.slice(end)}`;
  const opened = text.slice(0, after).replace(/\s*\/>$/, ">");
  return `${opened}\n${lines}</${section}>${text.slice(after)}`;
}

/**
 * Puts rules into a file of Android's backup rules that the app has: `full-backup-content` (to Android 11) or
 * `data-extraction-rules` (from Android 12). What stands there stays; a section that is missing there means that
 * everything is taken along, so it is added.
 *
 * @param rules `exclude` elements
 * @returns null where the text is neither of the two.
 */
export function mergeBackupRules(text: string, rules: readonly string[]): string | null {
  const root = Object.keys(SECTIONS).find((name) => new RegExp(`<${name}\\b`).test(withoutComments(text)));
  if (root === undefined) return null;
  let merged: string | null = text;
  for (const section of SECTIONS[root]!) {
    if (merged === null) return null;
    const next: string | null = mergeSection(merged, section, rules);
    // The root without the section gets it, empty; then it is filled.
    merged =
      next ?? (section === root ? null : mergeSection(mergeRoot(merged, root, section), section, rules));
  }
  return merged;
}

/** The text whose root has one more section, empty. */
function mergeRoot(text: string, root: string, section: string): string {
  return mergeSection(text, root, [`<${section}/>`]) ?? text;
}
