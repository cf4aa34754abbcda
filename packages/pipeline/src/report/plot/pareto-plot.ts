import { scaleLinear } from "d3-scale";
import { number } from "../figure.ts";
import { markup, type Markup } from "../markup.ts";
import { shownText } from "../shown-text.ts";
import { round } from "./share-bars.ts";

/** A form with what it costs and how good it is. */
export interface ParetoPoint {
  readonly name: string;
  /** Less is better. */
  readonly cost: number;
  /** More is better. */
  readonly score: number;
  /** Costs are held against each other within a group only: one front each. */
  readonly group: string;
}

/** Units of the drawing: pixels on a narrow telephone. */
const [WIDTH, HEIGHT] = [320, 230];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 14, 12, 28];
/** Units that a letter takes at most, and a line. */
const [LETTER, LINE] = [7.2, 13];

/** Which points no other of their group beats: as cheap and as good, and better in one. */
export function paretoFront(points: readonly ParetoPoint[]): readonly boolean[] {
  return points.map(
    (one) =>
      !points.some(
        (other) =>
          other.group === one.group &&
          other.cost <= one.cost &&
          other.score >= one.score &&
          (other.cost < one.cost || other.score > one.score),
      ),
  );
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The bounds of an axis around numbers, with room at both ends; of one number a span of its own size. */
function boundsOf(values: readonly number[]): readonly [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.08 * (most - least) || 0.05 * Math.abs(most) || 1;
  return [least - room, most + room];
}

/** Numbers of an axis, with as many digits as tell them apart. */
function tickTexts(ticks: readonly number[]): readonly string[] {
  const thousands = Math.max(...ticks.map(Math.abs)) >= 1e4;
  return ticks.map((tick) =>
    thousands ? `${number(Number((tick / 1000).toPrecision(4)))} k` : number(tick),
  );
}

/**
 * Forms as points, by what they cost and how good they are, each with its number in the list. Those that none of their group beats
 * are filled and joined by a line; the second group has squares.
 *
 * @param label what the picture shows, for those who do not see it; the figures must stand beside it as text.
 */
export function paretoPlot(label: string, points: readonly ParetoPoint[]): Markup {
  const groups = [...new Set(points.map(({ group }) => group))];
  const front = paretoFront(points);
  const x = scaleLinear()
    .domain(boundsOf(points.map(({ cost }) => cost)))
    .range([LEFT, WIDTH - RIGHT]);
  const y = scaleLinear()
    .domain(boundsOf(points.map(({ score }) => score)))
    .range([HEIGHT - BOTTOM, TOP]);
  const down = y.ticks(5).filter((tick) => y(tick) > TOP && y(tick) < HEIGHT - BOTTOM - 4);
  const downTexts = tickTexts(down);
  const lines = down.map(
    (tick, at) =>
      markup`<path class="grid" d="M${LEFT} ${round(y(tick))}H${WIDTH - RIGHT}"/><text x="${LEFT - 5}" y="${round(y(tick)) + 4}" text-anchor="end">${downTexts[at]!}</text>`,
  );
  const across = x.ticks(4);
  const acrossTexts = tickTexts(across);
  let free = 0;
  const names = across.map((tick, at) => {
    const wide = acrossTexts[at]!.length * LETTER;
    const left = x(tick) - wide / 2;
    if (left < Math.max(free, LEFT - 20) || left + wide > WIDTH) return null;
    free = left + wide + LETTER;
    return markup`<text x="${round(x(tick))}" y="${HEIGHT - 6}" text-anchor="middle">${acrossTexts[at]!}</text>`;
  });
  const joins = groups.map((group) => {
    const own = points
      .filter((point, at) => front[at] && point.group === group)
      .toSorted((a, b) => a.cost - b.cost || a.score - b.score);
    if (own.length < 2) return null;
    const steps = own.map(({ cost, score }, at) =>
      at === 0 ? `M${round(x(cost))} ${round(y(score))}` : `H${round(x(cost))}V${round(y(score))}`,
    );
    return markup`<path class="front" d="${steps.join("")}"/>`;
  });
  const marks: Box[] = points.map(({ cost, score }) => ({
    left: x(cost) - 5,
    right: x(cost) + 5,
    top: y(score) - 5,
    bottom: y(score) + 5,
  }));
  const taken = [...marks];
  const drawn = points.map(({ name, cost, score, group }, at) => {
    const [px, py] = [x(cost), y(score)];
    const tone = front[at] ? "mark" : "other";
    const said = markup`<title>${at + 1} ${shownText(name, 60)}: ${number(Number(cost.toPrecision(4)))}, ${score.toFixed(4)}</title>`;
    const shape =
      groups.indexOf(group) > 0
        ? markup`<rect class="${tone}" x="${round(px - 4)}" y="${round(py - 4)}" width="8" height="8">${said}</rect>`
        : markup`<circle class="${tone}" cx="${round(px)}" cy="${round(py)}" r="4.5">${said}</circle>`;
    const text = String(at + 1);
    const place = placeOf(px, py, text.length * LETTER, taken);
    if (place === undefined) return shape;
    taken.push(place);
    return markup`${shape}<text class="strong point" x="${round((place.left + place.right) / 2)}" y="${round(place.bottom - 3)}" text-anchor="middle">${text}</text>`;
  });
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${lines}<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>${names}${joins}${drawn}</svg>`;
}

/** A place for a name near a point where nothing is; undefined where all is taken, for the table has every number. */
function placeOf(px: number, py: number, wide: number, taken: readonly Box[]): Box | undefined {
  for (const far of [12, 20, 28])
    for (const turn of [-1, 1, -3, 3, 0, 4, -2, 2]) {
      const [cx, cy] = [px + far * Math.cos((turn * Math.PI) / 4), py + far * Math.sin((turn * Math.PI) / 4)];
      const box = {
        left: cx - wide / 2 - 1,
        right: cx + wide / 2 + 1,
        top: cy - LINE / 2,
        bottom: cy + LINE / 2,
      };
      const within = box.left > LEFT && box.right < WIDTH && box.top > 0 && box.bottom < HEIGHT - BOTTOM;
      if (within && !taken.some((other) => meet(box, other))) return box;
    }
  return undefined;
}
