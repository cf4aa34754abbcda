import { markup, type Markup } from "../markup.ts";
import { shownText } from "../shown-text.ts";
import { round } from "./share-bars.ts";

/** Two shares of the same thing. */
export interface PairBar {
  readonly name: string;
  /** 0 to 1. */
  readonly found: number;
  readonly before: number;
  /** What stands behind it. */
  readonly text: string;
}

/** Units of the drawing: pixels on a narrow telephone. */
const [WIDTH, ROW, ROOM] = [320, 33, 180];
/** Characters of a name that fit above a bar. */
const LETTERS = 40;

/** Names with bars of what was found and strokes where the reference stood, all on the scale of the largest. */
export function pairBars(label: string, pairs: readonly PairBar[]): Markup {
  const most = Math.max(...pairs.map(({ found, before }) => Math.max(found, before)), Number.MIN_VALUE);
  const x = (share: number) => round((ROOM * share) / most);
  const rows = pairs.map(({ name, found, before, text }, at) => {
    const y = at * ROW;
    return markup`<text class="strong" x="0" y="${y + 11}">${shownText(name, LETTERS)}</text><rect class="track" x="0" y="${y + 17}" width="${ROOM}" height="9"/><rect class="mark" x="0" y="${y + 17}" width="${x(found)}" height="9"/><path class="other" d="M${Math.max(1, x(before))} ${y + 15}v13"/><text x="${ROOM + 6}" y="${y + 27}">${text}</text>`;
  });
  return markup`<svg class="bars" viewBox="0 0 ${WIDTH} ${Math.max(ROW, pairs.length * ROW)}" role="img" aria-label="${label}">${rows}</svg>`;
}
