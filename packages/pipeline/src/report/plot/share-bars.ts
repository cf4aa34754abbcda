import { markup, type Markup } from "../markup.ts";
import { shownText } from "../shown-text.ts";

/** A bar of a list. */
export interface ShareBar {
  readonly name: string;
  /** 0 to 1 of the width. */
  readonly share: number;
  /** What stands behind it. */
  readonly text: string;
  /** Of the style sheet: default `mark`. */
  readonly tone?: "mark" | "up" | "down" | "pass" | "warn" | "fail" | "hold" | "beyond";
}

/** Units of the drawing: pixels on a narrow telephone. */
const WIDTH = 320;
const ROW = 33;
/** Characters of a name that fit above a bar. */
const LETTERS = 44;

/**
 * Names with horizontal bars, one below the other: readable at any width.
 *
 * @param label what the picture shows, for those who do not see it; the figures must stand beside it as text.
 */
export function shareBars(label: string, bars: readonly ShareBar[]): Markup {
  const room = WIDTH - 60;
  const rows = bars.map(({ name, share, text, tone = "mark" }, at) => {
    const y = at * ROW;
    const width = Math.max(share > 0 ? 1.5 : 0, room * Math.min(1, share));
    return markup`<text class="strong" x="0" y="${y + 11}">${shownText(name, LETTERS)}</text><rect class="track" x="0" y="${y + 17}" width="${room}" height="9"/><rect class="${tone}" x="0" y="${y + 17}" width="${round(width)}" height="9"/><text x="${room + 6}" y="${y + 27}">${text}</text>`;
  });
  return markup`<svg class="bars" viewBox="0 0 ${WIDTH} ${Math.max(ROW, bars.length * ROW)}" role="img" aria-label="${label}">${rows}</svg>`;
}

/** A coordinate to a tenth of a unit. */
export function round(value: number): number {
  return Math.round(10 * value) / 10;
}
