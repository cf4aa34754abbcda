import { tidelineError } from "@tideline/spec";

/** Options of {@link insertBlock}. */
export interface BlockOptions {
  /** Names the block, so that a later run replaces it. */
  readonly tag: string;
  readonly lines: readonly string[];
  /** Line after which the block goes; the end of the text where it is not given. */
  readonly after?: RegExp;
}

/**
 * Puts a marked block into a source file, in place of the one that an earlier run put there. Throws
 * `CONFIG_MALFORMED` where the file has no line that `after` fits.
 */
export function insertBlock(contents: string, { tag, lines, after }: BlockOptions): string {
  const [begin, end] = [`// begin ${tag}`, `// end ${tag}`];
  const old = contents.indexOf(begin);
  const last = contents.indexOf(end);
  const start = contents.lastIndexOf("\n", old) + 1;
  const clean =
    old < 0 || last < 0
      ? contents
      : contents.slice(0, start) + contents.slice(contents.indexOf("\n", last) + 1);
  const block = [begin, ...lines, end, ""].join("\n");
  if (after === undefined) return `${clean.replace(/\n*$/, "\n")}${block}`;
  const found = after.exec(clean);
  if (found === null) {
    throw tidelineError("CONFIG_MALFORMED", {
      who: tag,
      expected: `a line like ${after.source}`,
      received: "none",
    });
  }
  const at = clean.indexOf("\n", found.index + found[0].length - 1) + 1;
  return clean.slice(0, at) + block + clean.slice(at);
}
