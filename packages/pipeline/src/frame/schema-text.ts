import type { ColumnKind, ColumnSchema, FrameSchema } from "@tideline/learn/frame";

/** The key under which files say what their columns are. */
export const SCHEMA_KEY = "tideline.frame";

const KINDS: ReadonlySet<unknown> = new Set<ColumnKind>([
  "float",
  "integer",
  "boolean",
  "string",
  "time",
  "vector",
  "series",
  "bytes",
]);

/** A schema as the text that a file carries. */
export function schemaText(schema: FrameSchema): string {
  return JSON.stringify({ version: 1, columns: schema });
}

/** The columns of such a text; what is not one of ours tells nothing. */
export function readSchemaText(text: string): readonly ColumnSchema[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const { version, columns } = (value ?? {}) as { readonly version?: unknown; readonly columns?: unknown };
  if (version !== 1 || !Array.isArray(columns)) return [];
  return (columns as readonly (Partial<ColumnSchema> | null)[]).flatMap((one): readonly ColumnSchema[] => {
    if (typeof one?.name !== "string" || !KINDS.has(one.kind)) return [];
    const width = Number.isSafeInteger(one.width) && one.width! > 0 ? { width: one.width! } : {};
    const unit = typeof one.unit === "string" ? { unit: one.unit } : {};
    return [{ name: one.name, kind: one.kind!, ...width, ...unit }];
  });
}
