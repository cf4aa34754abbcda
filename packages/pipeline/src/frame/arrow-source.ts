import { createReadStream } from "node:fs";
import { frame, pickColumns, type ColumnSchema, type Frame, type FrameSource } from "@tideline/learn/frame";
import { columnOfArrow, schemaOfArrow } from "./arrow-column.ts";
import { arrowLibrary, type ArrowData, type ArrowSchema } from "./arrow-library.ts";
import { distinctNames, renamedOf } from "./column-name.ts";
import { checkFiles } from "./own-engine.ts";
import { malformed } from "./relation-source.ts";
import { sourceOfColumns } from "./source-of-columns.ts";
import { readSchemaText, SCHEMA_KEY } from "./schema-text.ts";

/**
 * A file of Arrow's IPC format (a stream, or a file as Feather 2 is, uncompressed) as a source of frames, a piece a
 * batch. Dates and timestamps of any unit are times in UTC, lists of numbers series, fixed-size ones vectors; half floats
 * and decimals are refused.
 *
 * @throws RUNTIME_UNSUPPORTED without the package `apache-arrow`, DATA_NOT_FOUND, DATA_MALFORMED, ARGUMENT_INVALID for a
 *   type that no column holds.
 */
export async function arrowSource(path: string): Promise<FrameSource> {
  const arrow = await arrowLibrary("arrowSource");
  const [file] = await checkFiles("arrowSource", path);
  const who = `arrowSource: ${file}`;
  async function* batches(): AsyncGenerator<{ readonly schema: ArrowSchema; readonly data?: ArrowData }> {
    const stream = createReadStream(file!);
    try {
      const reader = await (await arrow.RecordBatchReader.from(stream)).open();
      const schema = reader.schema as ArrowSchema | undefined;
      if (schema === undefined) throw new Error("a file that ends before its schema does");
      yield { schema };
      for await (const { data } of reader) yield { schema: reader.schema, data };
    } catch (error) {
      throw malformed(who, error);
    } finally {
      stream.destroy();
      if (!stream.closed) await new Promise<void>((resolve) => stream.once("close", resolve));
    }
  }
  const written: string[] = [];
  const known: ColumnSchema[] = [];
  for await (const { schema } of batches()) {
    written.push(...schema.fields.map(({ name }) => name));
    known.push(...columnsOf(who, schema, distinctNames(written)));
    break;
  }
  async function* read(names: readonly string[]): AsyncGenerator<Frame> {
    for await (const { data } of batches()) {
      if (data === undefined || data.length === 0) continue;
      yield pickColumns(
        frame(known.map((column, at) => columnOfArrow(who, column, data.children[at]!, arrow.Vector))),
        names,
      );
    }
  }
  return sourceOfColumns(
    known.map((column) => ({ schema: column, sql: "" })),
    (picked) => read(picked.map((column) => column.schema.name)),
    {
      renamed: renamedOf(
        known.map(({ name }) => name),
        written,
      ),
    },
  );
}

function columnsOf(
  who: string,
  { fields, metadata }: ArrowSchema,
  names: readonly string[],
): readonly ColumnSchema[] {
  const declared = readSchemaText(metadata.get(SCHEMA_KEY) ?? "");
  return fields.map(({ name, type }, at) =>
    schemaOfArrow(
      who,
      names[at]!,
      type,
      declared.find((one) => one.name === name),
    ),
  );
}
