import { markup, type Markup } from "./markup.ts";

/** A figure of a summary with its name, and a note below it. */
export function figure(name: string, value: string, note?: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}${note === undefined ? null : markup`<small>${note}</small>`}</dd></div>`;
}
