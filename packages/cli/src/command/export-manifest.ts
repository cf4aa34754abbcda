import { createHash } from "node:crypto";
import { isInsidePath } from "@tideline/spec";

/** A file that a manifest names, and how bytes show that they are what was written. */
export interface NamedFile {
  readonly path: string;
  readonly isOwn: (bytes: Buffer) => boolean;
}

/** A file whose digest a manifest gives. */
interface DigestedFile {
  readonly path: string;
  readonly sha256: string;
}

const hasDigest =
  (sha256: string) =>
  (bytes: Buffer): boolean =>
    createHash("sha256").update(bytes).digest("hex") === sha256;

/** The name of the export whose manifest a text is; undefined for anything else. */
export function packageName(text: string): string | undefined {
  // Most of what is JSON is none, and large.
  if (!text.includes('"device-package"')) return undefined;
  try {
    const { format, kind, name } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return format === 1 && kind === "device-package" && typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Files that a manifest of `tideline export --format` names; none of a file that is something else, or damaged. */
export function namedFiles(text: string): readonly NamedFile[] {
  try {
    const manifest: unknown = JSON.parse(text);
    const { format, kind, variants, vectors, requiredOperators } = manifest as {
      readonly format: unknown;
      readonly kind: unknown;
      readonly variants: readonly { readonly files: readonly DigestedFile[] }[];
      readonly vectors?: string;
      readonly requiredOperators?: string;
    };
    if (format !== 1 || kind !== "device-package") return [];
    const all: NamedFile[] = variants.flatMap(({ files }) =>
      files.map(({ path, sha256 }) => ({ path, isOwn: hasDigest(sha256) })),
    );
    if (vectors !== undefined) all.push({ path: vectors, isOwn: areVectors });
    if (requiredOperators !== undefined) all.push({ path: requiredOperators, isOwn: areOperators });
    return all.filter(({ path }) => typeof path === "string" && isInsidePath(path));
  } catch {
    return [];
  }
}

/** Whether rows of a self-test are what a file holds. */
function areVectors(bytes: Buffer): boolean {
  try {
    return (
      (JSON.parse(bytes.toString("utf8")) as { readonly kind?: unknown } | null)?.kind === "source-vectors"
    );
  } catch {
    return false;
  }
}

/** Whether the lines of a reduced build are all that a file holds: neither comments nor anything else that a person would add. */
const areOperators = (bytes: Buffer): boolean =>
  /^(?:!globally_allowed_types;[\w:,]+\n)?(?:[\w.-]+;\d+;[\w,]+\n)+$/u.test(bytes.toString("utf8"));
