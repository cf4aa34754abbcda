import { Type } from "typebox";
import { Compile } from "typebox/compile";

const fields = Type.Record(
  Type.String(),
  Type.Object({
    kind: Type.Enum(["string", "int", "float", "boolean", "time", "vector", "frame", "media"]),
    purpose: Type.Optional(Type.String()),
    maxLength: Type.Optional(Type.Integer({ minimum: 0 })),
    size: Type.Optional(Type.Integer({ minimum: 0 })),
    channels: Type.Optional(Type.Array(Type.String())),
    units: Type.Optional(Type.Array(Type.String())),
    rate: Type.Optional(Type.Number()),
    types: Type.Optional(Type.Array(Type.String())),
    maxBytes: Type.Optional(Type.Integer({ minimum: 1 })),
    oneOf: Type.Optional(Type.Array(Type.String())),
  }),
);
const named = { name: Type.String() };

/** What of a definition is read here; the rest of it is compared as it stands. */
const schema = Type.Object({
  ...named,
  purposes: Type.Record(Type.String(), Type.String()),
  essential: Type.Optional(Type.Array(Type.String())),
  events: Type.Record(
    Type.String(),
    Type.Object({
      ...named,
      version: Type.Integer({ minimum: 0 }),
      purpose: Type.String(),
      alsoFor: Type.Optional(Type.Array(Type.String())),
      retain: Type.String(),
      fields,
      previous: Type.Array(
        Type.Object({
          version: Type.Integer({ minimum: 0 }),
          fields,
          upgrade: Type.Object({
            rename: Type.Optional(Type.Record(Type.String(), Type.String())),
            defaults: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          }),
        }),
      ),
    }),
  ),
  views: Type.Array(
    Type.Object({
      ...named,
      source: Type.Object({ event: Type.String() }),
      features: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  models: Type.Array(
    Type.Object({
      ...named,
      window: Type.Object({
        size: Type.Number(),
        hop: Type.Number(),
        rate: Type.Number(),
        channels: Type.Array(Type.String()),
      }),
    }),
  ),
});
const validator = Compile(schema);

/**
 * Where a value is no definition, and why; undefined for one that is. Its shape only: what the declarations mean is
 * for `defineApp` to refuse.
 */
export function definitionFault(
  value: unknown,
): { readonly path: readonly string[]; readonly message: string } | undefined {
  if (validator.Check(value)) return undefined;
  const [fault] = validator.Errors(value);
  const path = fault?.instancePath.split("/").slice(1) ?? [];
  return { path, message: `a value that ${fault?.message ?? "is none"}` };
}
