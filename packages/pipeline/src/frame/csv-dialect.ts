import { tidelineError } from "@tideline/spec";
import { literal, type Engine } from "../lake/index.ts";
import { malformed } from "./relation-source.ts";

/** How a CSV file is written. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly header: boolean;
  /** Lines before the header. */
  readonly skip: number;
  /** Names, and types of the engine. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What a sample of the first file says of its dialect, unless options say it. */
export async function sniffCsv(
  engine: Engine,
  who: string,
  list: string,
  {
    sample = 20_480,
    delimiter,
    header,
    missing = [""],
  }: {
    readonly sample?: number;
    readonly delimiter?: string;
    readonly header?: boolean;
    readonly missing?: readonly string[];
  },
): Promise<CsvDialect> {
  if (!Number.isSafeInteger(sample) || sample < 1)
    throw wrong(who, "sample", "an integer of at least 1", String(sample));
  if (delimiter !== undefined && !/^[^"\r\n]{1,4}$/u.test(delimiter))
    throw wrong(
      who,
      "delimiter",
      "1 to 4 characters other than quotes and line breaks",
      JSON.stringify(delimiter),
    );
  const given = [
    delimiter === undefined ? "" : `, delim = ${literal(delimiter)}`,
    header === undefined ? "" : `, header = ${header}`,
    `, nullstr = [${missing.map(literal).join(", ")}]`,
  ].join("");
  const query = `select Delimiter, SkipRows::double, HasHeader, Columns
    from sniff_csv((${list})[1], sample_size = ${sample}, ignore_errors = true${given})`;
  const result = await engine.connection.runAndReadAll(query).catch((error: unknown) => {
    throw malformed(who, error);
  });
  const [found, skip, named, columns] = result.getRowsJS()[0]! as [
    string,
    number,
    boolean,
    { name: string; type: string }[],
  ];
  return { delimiter: found === "" || found === "(empty)" ? "," : found, skip, header: named, columns };
}

function wrong(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
