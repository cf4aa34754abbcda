import { createHash } from "node:crypto";
import { asMarkup, markup, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** By what a page of ours is known again, in its first 4,096 bytes. */
export const PAGE_MARK = '<meta name="generator" content="Tideline report">';

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
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
}

/** What a page says besides its report. */
export interface PageOptions {
  /** What was looked at: a file, or a table of a snapshot. */
  readonly what: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** A whole page: one file that needs no network and no script. */
export function page({ title, parts, body, at }: PageFrame): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">${asMarkup(PAGE_MARK)}<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title>
${asMarkup(`<style>${STYLE}</style>`)}</head>
<body><a class="skip" href="#main">Skip to the report</a>
<nav aria-label="Parts of the report"><ul>${parts.map(({ id, name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${body}
</main>
<footer>Made by Tideline at ${moment(at)} UTC. This file loads nothing and runs nothing.</footer></body></html>
`.html;
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
