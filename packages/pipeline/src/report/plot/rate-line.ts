import { markup, type Markup } from "../markup.ts";
import { round } from "./share-bars.ts";

/** Units of the drawing: pixels on a narrow telephone. */
const [WIDTH, HEIGHT] = [320, 64];
const [LEFT, RIGHT] = [4, 4];

/**
 * Rates of the tenths of a run as columns from zero, so that a fall shows as large as it is.
 *
 * @param label what the picture shows, for those who do not see it; the figures must stand beside it as text.
 */
export function rateLine(label: string, rates: readonly number[]): Markup {
  const most = Math.max(...rates, Number.MIN_VALUE);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, rates.length);
  const bars = rates.map((rate, at) => {
    const height = (rate / most) * (HEIGHT - 6);
    return markup`<rect class="mark" x="${round(LEFT + at * step)}" y="${round(HEIGHT - height)}" width="${round(step - 2)}" height="${round(height)}"/>`;
  });
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${bars}<path class="axis" d="M${LEFT} ${HEIGHT - 0.5}H${WIDTH - RIGHT}"/></svg>`;
}
