import type { FormatResult } from "./compare.ts";

/** Who else writes files, in the order of columns, by the names of results. */
const WRITERS: Readonly<Record<string, string>> = {
  tensorflow: "TensorFlow",
  "tensorflow by matrices": "TensorFlow, matrices",
  onnx2tf: "onnx2tf",
  coremltools: "coremltools",
};

/** Between these lines of a page stand the figures. */
const BEGIN = "<!-- figures of `npm run bench -- formats` -->";
const END = "<!-- end of figures -->";

/** The name of an artifact of another writer's precision: files of LiteRT go by that, others by their kind. */
const kindOf = (name: string): string => {
  const precisions = ["float16", "dynamic-int8", "int8"];
  return name === "float32" ? "tflite" : precisions.includes(name) ? `tflite-${name}` : name;
};

/** Rows under titles, without columns that no row fills. */
function table(titles: readonly string[], all: readonly (readonly string[])[]): string {
  const filled = titles.flatMap((_, column) => (all.some((row) => row[column] !== "") ? [column] : []));
  const chosen = (row: readonly string[]): readonly string[] => filled.map((column) => row[column]!);
  const [head, rows] = [chosen(titles), all.map(chosen)];
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** What others' figures are, with ours over each. */
const beside = (
  own: number | undefined,
  others: Readonly<Record<string, number>>,
  text: (value: number) => string,
): readonly string[] => [
  own === undefined ? "" : text(own),
  ...Object.keys(WRITERS).map((writer) => {
    const other = others[writer];
    if (other === undefined) return "";
    return own === undefined ? text(other) : `${text(other)} (${(own / other).toFixed(3)})`;
  }),
];

const thousands = (value: number): string => value.toLocaleString("en-US");

function byteRows({ case: name, bytes }: FormatResult): readonly (readonly string[])[] {
  const own = new Map<string, number>();
  const others = new Map<string, Record<string, number>>();
  const writers = Object.keys(WRITERS).toSorted((a, b) => b.length - a.length);
  for (const [what, size] of Object.entries(bytes)) {
    const writer = writers.find((one) => what.startsWith(`${one} `));
    if (writer === undefined) own.set(what, size);
    else {
      const kind = kindOf(what.slice(writer.length + 1));
      others.set(kind, { ...others.get(kind), [writer]: size });
    }
  }
  const kinds = [...new Set([...own.keys(), ...others.keys()])];
  return kinds.map((kind) => [name, kind, ...beside(own.get(kind), others.get(kind) ?? {}, thousands)]);
}

function timeRows({ case: name, runs }: FormatResult): readonly (readonly string[])[] {
  const strange = new Set(
    runs.filter(({ otherAnswers }) => otherAnswers === true).map(({ writer }) => writer),
  );
  const places = [...new Set(runs.map(({ artifact, runtime }) => JSON.stringify([artifact, runtime])))];
  return places.map((place) => {
    const [kind, runtime] = JSON.parse(place) as [string, string];
    const here = runs.filter((run) => run.artifact === kind && run.runtime === runtime);
    const own = here.find(({ writer }) => writer === "tideline")?.quietUs;
    // Times of files that compute something else compare with nothing.
    const others = here.filter(({ writer }) => writer !== "tideline" && !strange.has(writer));
    const quiet = Object.fromEntries(others.map(({ writer, quietUs }) => [writer, quietUs]));
    return [name, kind, runtime, ...beside(own, quiet, (value) => value.toFixed(1))];
  });
}

/** The tables of a page: bytes, and microseconds of one row in quiet rounds, ours and others' with ours over theirs. */
export function figuresText(results: readonly FormatResult[]): string {
  const [{ node, cpu, rounds, runsEach, versions }] = results as readonly [FormatResult];
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const titles = ["ours", ...Object.values(WRITERS)];
  return [
    `Node ${node}, ${packages.join(", ")}; ${cpu}; ${rounds} turns of ${runsEach} runs.`,
    "### Bytes",
    table(["case", "file", ...titles], results.flatMap(byteRows)),
    "### Microseconds of one row",
    table(["case", "file", "runtime", ...titles], results.flatMap(timeRows)),
  ].join("\n\n");
}

/** Where the figures of a page begin and end. */
export interface FigurePlace {
  readonly from: number;
  readonly to: number;
}

/**
 * The place of a page's figures.
 *
 * @throws RangeError where the page has none.
 */
export function figurePlace(page: string): FigurePlace {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new RangeError(`The page has no lines "${BEGIN}" and "${END}".`);
  return { from: from + BEGIN.length, to };
}

/**
 * A page with its figures replaced by those of results.
 *
 * @throws RangeError where the page has no place for them.
 */
export function withFigures(page: string, results: readonly FormatResult[]): string {
  const { from, to } = figurePlace(page);
  return `${page.slice(0, from)}\n\n${figuresText(results)}\n\n${page.slice(to)}`;
}
