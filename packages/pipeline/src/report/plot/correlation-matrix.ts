import type { Correlations } from "@tideline/learn/check";
import { markup, type Markup } from "../markup.ts";
import { shownText } from "../shown-text.ts";

/** Units of a cell, and of the names beside and above. */
const [CELL, NAMES] = [16, 130];
/** Characters of a name that fit. */
const LETTERS = 20;

/** Correlations as cells, the stronger the fuller, in two colours by sign; each says its figures when pointed at. */
export function correlationMatrix({ columns, values }: Correlations): Markup {
  const size = NAMES + columns.length * CELL + 2;
  const names = columns.map((name) => shownText(name, LETTERS));
  const rows = names.map((name, i) => {
    const y = NAMES + i * CELL;
    const cells = values[i]!.map((value, j) => {
      const tone = value === null ? "track" : value < 0 ? "down" : "up";
      const strength = value === null ? 1 : Math.abs(value);
      return markup`<rect class="${tone}" x="${NAMES + j * CELL}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill-opacity="${strength.toFixed(2)}"><title>${name}, ${names[j]!}: ${value === null ? "unknown" : value.toFixed(2)}</title></rect>`;
    });
    return markup`<text class="strong" x="${NAMES - 5}" y="${y + 12}" text-anchor="end">${name}</text><text class="strong" transform="translate(${NAMES + i * CELL + 12} ${NAMES - 5})rotate(-90)">${name}</text>${cells}`;
  });
  return markup`<svg class="wide" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" role="img" aria-label="Correlations of ${columns.length} columns of numbers, each with each; the strongest are in the table beside.">${rows}</svg>`;
}
