import { createHash } from "node:crypto";
import { asMarkup, markup, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** The page may load nothing and run nothing; its one style sheet is named by its hash. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** What stands around the body of a report. */
export interface PageFrame {
  readonly title: string;
  /** Links to the parts, by id. */
  readonly parts: readonly { readonly id: string; readonly name: string }[];
  readonly body: Markup;
  /** What stands below: how it was made. */
  readonly foot: Markup;
}

/** A whole page: one file that needs no network and no script. */
export function page({ title, parts, body, foot }: PageFrame): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title>
${asMarkup(`<style>${STYLE}</style>`)}</head>
<body><a class="skip" href="#main">Skip to the report</a>
<nav aria-label="Parts of the report"><ul>${parts.map(({ id, name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${body}
</main>
<footer>${foot}</footer></body></html>
`.html;
}
