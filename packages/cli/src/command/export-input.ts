import { readFile } from "node:fs/promises";
import { messageOf, tidelineError } from "@tideline/spec";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

const INPUTS = Type.Record(
  Type.String(),
  Type.Object(
    {
      /** The lowest and highest usual number. */
      range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
      /** What its codes stand for. */
      texts: Type.Optional(Type.Array(Type.String())),
      /** A sentence for comments. */
      note: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
);

/** What an app's owner knows of a model's inputs and outputs. */
export interface KnownInputs {
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
  readonly ranges: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly notes: Readonly<Record<string, string>>;
}

/** Reads the file of `--inputs`; nothing is known without one. @throws `DATA_NOT_FOUND`, `DATA_MALFORMED` */
export async function readInputs(file: string | undefined): Promise<KnownInputs> {
  if (file === undefined) return { dictionaries: {}, ranges: {}, notes: {} };
  const who = `--inputs ${file}`;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", { who, expected: "a file", received: messageOf(cause), cause });
  });
  const malformed = (received: string, field?: string, cause?: unknown) =>
    tidelineError("DATA_MALFORMED", {
      who,
      field,
      expected: '{"age": {"range": [18, 90], "note": "in years"}, "plan": {"texts": ["free", "paid"]}}',
      received,
      cause,
    });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw malformed("text that is no JSON", undefined, cause);
  }
  if (!Value.Check(INPUTS, given)) {
    const [first] = Value.Errors(INPUTS, given);
    throw malformed(first?.message ?? "something else", first?.instancePath);
  }
  const inputs: Static<typeof INPUTS> = given;
  const pick = <Field>(of: (one: Static<typeof INPUTS>[string]) => Field | undefined) =>
    Object.fromEntries(
      Object.entries(inputs).flatMap(([name, one]) => {
        const value = of(one);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const ranges = pick(({ range }) => range);
  const reversed = Object.entries(ranges).find(([, [low, high]]) => !(low <= high));
  if (reversed !== undefined) throw malformed(`[${reversed[1].join(", ")}]`, `range of ${reversed[0]}`);
  return { dictionaries: pick(({ texts }) => texts), ranges, notes: pick(({ note }) => note) };
}
