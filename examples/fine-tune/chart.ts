import { element } from "./element.ts";

const SVG = "http://www.w3.org/2000/svg";

/** The drawing's own units. */
const FRAME = { width: 320, height: 160, left: 36, right: 8, top: 10, bottom: 22 } as const;

/** What a chart shows. */
export interface ChartContent {
  /** One number for each step or epoch so far. */
  readonly values: readonly number[];
  /** How many there will be at most. */
  readonly most: number;
  /** A level to compare with, and its name. */
  readonly level?: { readonly value: number; readonly name: string };
}

/** A line chart that is drawn anew with each frame at most. */
export interface Chart {
  draw(content: ChartContent): void;
}

function part<Name extends "line" | "text" | "polyline">(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  words = "",
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (words !== "") made.textContent = words;
  return made;
}

/**
 * Draws into the `<svg>` with an id.
 *
 * @param title what is shown, for those who do not see it.
 * @param top the largest number of the axis; undefined to follow the values.
 * @param words how a number is written.
 */
export function chart(
  id: string,
  title: string,
  top: number | undefined,
  words: (value: number) => string,
): Chart {
  const svg = element<SVGSVGElement>(id);
  const { width, height, left, right, top: above, bottom } = FRAME;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  let wanted: ChartContent = { values: [], most: 1 };
  let due = false;

  const paint = (): void => {
    due = false;
    const { values, most, level } = wanted;
    const highest = top ?? Math.max(0.1, ...values);
    const x = (at: number) => left + ((width - left - right) * at) / Math.max(1, most);
    const y = (value: number) => height - bottom - ((height - above - bottom) * value) / highest;
    const axis = [0, highest / 2, highest].flatMap((value) => [
      part("line", { x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      part("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, words(value)),
    ]);
    const below = { y: height - 6 };
    const ends = [
      part("text", { x: left, ...below }, "1"),
      part("text", { x: width - right, "text-anchor": "end", ...below }, String(most)),
    ];
    const levels =
      level === undefined
        ? []
        : [
            part("line", {
              class: "before",
              x1: left,
              x2: width - right,
              y1: y(level.value),
              y2: y(level.value),
            }),
            part(
              "text",
              { class: "before", x: width - right, y: y(level.value) - 5, "text-anchor": "end" },
              level.name,
            ),
          ];
    const points = values.map((value, at) => `${x(at + 1).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    svg.replaceChildren(...axis, ...ends, ...levels, part("polyline", { points }));
    const last = values.at(-1);
    svg.setAttribute(
      "aria-label",
      last === undefined
        ? `${title}: nothing yet`
        : `${title}: ${values.length} of ${most}, last ${words(last)}`,
    );
  };
  paint();
  return {
    draw(content) {
      wanted = content;
      if (due) return;
      due = true;
      requestAnimationFrame(paint);
    },
  };
}
