/** HTML that may stand in a page as it is: only this file makes it. */
export interface Markup {
  readonly html: string;
}

/** What may be put into {@link markup}: text and numbers are escaped, markup and lists of it are not; `null` is nothing. */
export type Part = Markup | string | number | null | readonly (Markup | null)[];

/** Made here, so that no object of someone's data passes for markup. */
const OWN = new WeakSet<object>();

/**
 * A piece of HTML, with everything put into it escaped for text and for attributes in double quotes.
 *
 * @example
 * markup`<p title="${name}">${name}</p>`;
 */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let html = texts[0]!;
  for (const [at, part] of parts.entries()) html += written(part) + texts[at + 1]!;
  return asMarkup(html);
}

/** HTML of this package's own, such as a style sheet, taken as it is: never anything of a file. */
export function asMarkup(html: string): Markup {
  const made = Object.freeze({ html });
  OWN.add(made);
  return made;
}

function written(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(written).join("");
  // What is no markup of ours is shown, never obeyed.
  return OWN.has(part) ? (part as Markup).html : escapeText(String(part));
}

const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Text as HTML shows it, in content and in quoted attributes. What HTML cannot hold (NUL, lone surrogates) is U+FFFD. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, (sign) =>
      "\t\n\r".includes(sign) ? sign : "\ufffd",
    )
    .replaceAll(/[&<>"'`]/gu, (sign) => NAMES[sign]!);
}
