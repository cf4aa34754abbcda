import { tidelineError } from "@tideline/spec";
import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";

const HEX_64 = "^[0-9a-f]{64}$";

const phone = Type.Object({
  format: Type.Literal(1),
  install: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }),
  secret: Type.String({ pattern: HEX_64 }),
});

/** More ids of one person than any app gives. */
const MOST_NAMES = 100;

const pseudonyms = Type.Array(Type.String({ pattern: "^[0-9a-f]{32}$" }), { maxItems: MOST_NAMES });

const owner = Type.Object({
  format: Type.Literal(1),
  user: Type.String({ minLength: 1, maxLength: 256 }),
  models: Type.Optional(Type.Union([Type.Literal("keep"), Type.Literal("retrain")])),
  with: Type.Optional(pseudonyms),
  without: Type.Optional(pseudonyms),
  only: Type.Optional(Type.Boolean()),
});

/** What a phone asks with: its install and the secret whose hash its batches carried. */
export type PhoneQuestion = Static<typeof phone>;

/** What the folder's owner asks with: the app's id of a person, and which other ids are meant (`UserQuestion`). */
export type OwnerQuestion = Static<typeof owner>;

const [phoneSchema, ownerSchema] = [Compile(phone), Compile(owner)];

/** JSON of a body; what it is not, is said without quoting it. */
function parse(body: unknown): unknown {
  try {
    return JSON.parse((body as Buffer).toString("utf8"));
  } catch {
    throw invalid("body", "JSON");
  }
}

function invalid(field: string, expected: string) {
  return tidelineError("ARGUMENT_INVALID", { who: "subject", field, expected, received: "other content" });
}

/** @throws `ARGUMENT_INVALID` */
export function phoneQuestion(body: unknown): PhoneQuestion {
  const value = parse(body);
  if (phoneSchema.Check(value)) return value;
  throw invalid("body", "format 1, an install, and its secret as 64 lower-case hexadecimal digits");
}

/** @throws `ARGUMENT_INVALID` */
export function ownerQuestion(body: unknown): OwnerQuestion {
  const value = parse(body);
  if (ownerSchema.Check(value)) return value;
  throw invalid("body", "format 1, a user of 1 to 256 characters, what becomes of models, and pseudonyms");
}
