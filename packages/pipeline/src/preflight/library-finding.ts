import { readElf } from "./elf.ts";
import type { Finding } from "./finding.ts";
import { readZip } from "./zip.ts";

/** Bytes of the largest page that Android has. */
const PAGE = 16 * 1024;

const PAGES_SOURCE = "https://developer.android.com/guide/practices/page-sizes";

/** Bytes that Google Play lets a base module download at most. */
const PLAY_BYTES = 200 * 1e6;
const PLAY_SOURCE = "https://support.google.com/googleplay/android-developer/answer/9859372";

/** What is wrong with a shared library. */
export function libraryFindings(file: string, bytes: Uint8Array): readonly Finding[] {
  const elf = readElf(bytes);
  const base = { check: "pages", file, source: PAGES_SOURCE } as const;
  if (typeof elf === "string")
    return [
      {
        ...base,
        level: "warning",
        what: `cannot be checked: ${elf}`,
        fix: "Take the library of a whole build.",
      },
    ];
  if (!elf.wide || elf.alignment === null || elf.alignment >= PAGE) return [];
  return [
    {
      ...base,
      level: "error",
      what: `LOAD segments are aligned to ${elf.alignment} bytes: it does not load on devices with pages of 16 KB`,
      fix: "Link it with -Wl,-z,max-page-size=16384 (the default from NDK r28 on), or take a release of it that was.",
    },
  ];
}

/** What is wrong with an .apk, .aab, .aar or .zip and the libraries in it. */
export function archiveFindings(file: string, bytes: Uint8Array): readonly Finding[] {
  const entries = readZip(bytes);
  if (typeof entries === "string")
    return [{ check: "format", level: "error", file, what: entries, fix: "Build it again." }];
  const findings: Finding[] = [];
  const isApp = /\.(?:apk|aab)$/i.test(file);
  const packed = entries.reduce((sum, entry) => sum + entry.packed, 0);
  if (isApp && packed > PLAY_BYTES)
    findings.push({
      check: "size",
      level: "error",
      file,
      what: `${packed} bytes, packed; Google Play lets a base module have ${PLAY_BYTES}`,
      fix: "Let models be downloaded as releases, or put them into an asset pack.",
      source: PLAY_SOURCE,
    });
  for (const entry of entries) {
    if (!entry.name.endsWith(".so")) continue;
    const name = `${file}!${entry.name}`;
    const content = entry.read();
    if (typeof content === "string") {
      findings.push({ check: "pages", level: "warning", file: name, what: content, fix: "Build it again." });
      continue;
    }
    findings.push(...libraryFindings(name, content));
    const elf = readElf(content);
    const isWide = typeof elf !== "string" && elf.wide;
    if (/\.apk$/i.test(file) && isWide && entry.stored && entry.start % PAGE !== 0)
      findings.push({
        check: "pages",
        level: "error",
        file: name,
        what: `is stored at byte ${entry.start}, which is no multiple of 16384: it cannot be mapped on pages of 16 KB`,
        fix: "Align the archive with zipalign -P 16 4 before it is signed (Android Gradle plugin 8.5.1 does).",
        source: "https://developer.android.com/tools/zipalign",
      });
  }
  return findings;
}
