import { at, escaped, textAt } from "./svg-text.ts";

/** Colours for light and dark surfaces: those of the dashboard's charts. */
const COLORS = {
  surface: ["#ffffff", "#121d21"],
  ink: ["#14262c", "#e4edef"],
  muted: ["#52646b", "#9bb0b7"],
  line: ["#dde3e2", "#24343a"],
  tide: ["#0b6a78", "#5ec6d5"],
  deep: ["#4a4f9c", "#a9aef5"],
  warn: ["#96520a", "#f0ac55"],
} as const;

/** What a shape is painted with. */
export type PlotColor = keyof typeof COLORS;

const variables = (dark: 0 | 1) =>
  Object.entries(COLORS)
    .map(([name, pair]) => `--${name}:${pair[dark]}`)
    .join(";");

const STYLE = [
  `.tideline-plot{${variables(0)};color-scheme:light dark;`,
  'font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}',
  `@media (prefers-color-scheme:dark){.tideline-plot{${variables(1)}}}`,
  ...Object.keys(COLORS).map((name) => `.tideline-plot .${name}{fill:var(--${name})}`),
  ".tideline-plot .head{fill:var(--ink);font-size:15px;font-weight:650}",
  ".tideline-plot .grid{stroke:var(--line);fill:none}",
  ".tideline-plot .zero{stroke:var(--muted);fill:none}",
  ".tideline-plot .curve{stroke:var(--tide);stroke-width:2.25;fill:none;stroke-linejoin:round}",
  ".tideline-plot .each{stroke:var(--muted);stroke-width:1;fill:none;opacity:.35}",
  ".tideline-plot .whisker{stroke:var(--ink);stroke-width:1.5;fill:none}",
].join("");

/** What a drawing is called and what it says in words, for those who do not see it. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly summary: string;
}

/** A drawing on a surface of its own, readable where pages are light or dark; no script, nothing loaded. */
export function plotFrame({ width, height, title, summary }: PlotFrame, body: readonly string[]): string {
  const size = `width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="tideline-plot" role="img" aria-label="${escaped(`${title}. ${summary}`)}" ${size}>`,
    `<title>${escaped(title)}</title><desc>${escaped(summary)}</desc><style>${STYLE}</style>`,
    `<rect class="surface" width="${at(width)}" height="${at(height)}" rx="8"/>`,
    textAt(16, 26, title, { className: "head", most: Math.floor((width - 32) / 8) }),
    ...body,
    "</svg>\n",
  ].join("\n");
}
