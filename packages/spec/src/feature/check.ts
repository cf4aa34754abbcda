import { aggregateOf, isAggregateName, wrongParameter } from "./aggregate/registry.ts";
import { isDuration } from "./duration.ts";
import type { Expression } from "./expression.ts";
import { illegal, show } from "./illegal.ts";
import { isOperatorName, operatorOf } from "./operator.ts";
import { literal } from "./build/node.ts";
import { type ScalarOf, SCALAR_TYPES, type ScalarType } from "./scalar.ts";
import { VIEW_STAGES, type ViewStage } from "./view-paper.ts";
import type { FeatureView } from "./view.ts";

/** Where a node stands: over source rows (inside an aggregate) or over the question (outside). */
type Place = "row" | "question";

type Loose = Readonly<Record<string, unknown>>;

interface Context {
  readonly who: string;
  readonly columns: Loose;
}

/** Deeper expressions are refused, so that no definition overflows a phone's stack. */
const MAX_DEPTH = 100;

/** The name of a view or a feature: safe as a column, a path and a key. */
const NAME = /^[a-z][a-z0-9_]{0,62}$/;

function isRecord(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The type that the rules give to a node; its parts are checked on the way. */
function typeOf(node: Loose, place: Place, depth: number, context: Context): ScalarType {
  const { who, columns } = context;
  const misplaced = (only: string): never => {
    throw illegal(
      who,
      String(node["kind"]),
      `it only ${only} an aggregate`,
      `one ${place === "row" ? "inside" : "outside"}`,
    );
  };
  switch (node["kind"]) {
    case "column": {
      if (place !== "row") misplaced("inside");
      const declared = Object.hasOwn(columns, String(node["name"]))
        ? columns[String(node["name"])]
        : undefined;
      if (declared !== undefined) return declared as ScalarType;
      throw illegal(
        who,
        `column ${show(node["name"])}`,
        `one of ${Object.keys(columns).join(", ")}`,
        "no such column",
      );
    }
    case "row_time":
      if (place !== "row") misplaced("inside");
      return "time";
    case "as_of":
      if (place !== "question") misplaced("outside");
      return "time";
    case "literal": {
      const type = node["type"] as ScalarType;
      if (!SCALAR_TYPES.includes(type)) throw illegal(who, "literal", SCALAR_TYPES.join(", "), show(type));
      literal(type, node["value"] as ScalarOf<ScalarType> | null);
      return type;
    }
    case "call": {
      const { op, args } = node;
      if (!isOperatorName(op) || !Array.isArray(args))
        throw illegal(who, "op", "an operator with arguments", show(op));
      const types = args.map((arg) => checkNode(arg, place, depth + 1, context));
      const type = operatorOf(op).result(types);
      if (type === undefined) throw illegal(who, op, operatorOf(op).takes, `(${types.join(", ")})`);
      return type;
    }
    case "aggregate": {
      if (place !== "question") misplaced("outside");
      const { name, of, where, within, parameter } = node;
      if (!isAggregateName(name)) throw illegal(who, "aggregate", "an aggregate of the language", show(name));
      const type = aggregateOf(name).result(of === null ? null : checkNode(of, "row", depth + 1, context));
      if (type === undefined) throw illegal(who, name, aggregateOf(name).takes, show(of));
      const filter = where === null ? "boolean" : checkNode(where, "row", depth + 1, context);
      if (filter !== "boolean") throw illegal(who, `${name}.where`, "a boolean expression", filter);
      if (within !== null && !isDuration(within)) {
        throw illegal(who, `${name}.within`, "whole, positive milliseconds or null", show(within));
      }
      const wanted = wrongParameter(name, parameter);
      if (wanted !== undefined) throw illegal(who, `${name}.parameter`, wanted, show(parameter));
      return type;
    }
    default:
      throw illegal(who, "expression", "a node of the language", show(node["kind"]));
  }
}

/** Checks a node and all below it; gives its type. */
function checkNode(node: unknown, place: Place, depth: number, context: Context): ScalarType {
  if (!isRecord(node)) throw illegal(context.who, "expression", "a node of the language", show(node));
  if (depth > MAX_DEPTH)
    throw illegal(context.who, "expression", `a depth of at most ${MAX_DEPTH}`, "a deeper one");
  const type = typeOf(node, place, depth, context);
  if (node["type"] !== type) throw illegal(context.who, "type", type, show(node["type"]));
  return type;
}

/**
 * Checks anything that claims to be a feature view, as when one arrives as JSON: names, columns, operators, types,
 * and that aggregates neither nest nor miss. Returns it typed; throws `FEATURE_ILLEGAL`.
 */
export function checkView(view: unknown): FeatureView {
  if (!isRecord(view)) throw illegal("feature view", "view", "an object", show(view));
  const { name, entity, source, features } = view;
  const who = `feature view ${show(name)}`;
  const must = (held: boolean, field: string, expected: string, received: unknown): void => {
    if (!held) throw illegal(who, field, expected, show(received));
  };
  must(NAME.test(String(name)), "name", "a snake_case name of at most 63 letters", name);
  const { version, owner, description, stage } = view;
  must(
    version === undefined || (Number.isSafeInteger(version) && (version as number) > 0),
    "version",
    "a whole number from 1",
    version,
  );
  for (const [field, text] of Object.entries({ owner, description }))
    must(text === undefined || (typeof text === "string" && text !== ""), field, "words", text);
  must(
    stage === undefined || VIEW_STAGES.includes(stage as ViewStage),
    "stage",
    VIEW_STAGES.join(", "),
    stage,
  );
  must(
    isRecord(entity) && typeof entity["joinKey"] === "string" && entity["joinKey"] !== "",
    "entity",
    "a name and a joinKey",
    entity,
  );
  must(isRecord(source) && typeof source["event"] === "string", "source", "an event and its columns", source);
  const columns = (source as Loose)["columns"];
  must(isRecord(columns), "source.columns", "the type of each column", columns);
  for (const [column, type] of Object.entries(columns as Loose)) {
    must(
      SCALAR_TYPES.includes(type as ScalarType),
      `source.columns.${column}`,
      SCALAR_TYPES.join(", "),
      type,
    );
  }
  must(isRecord(features) && Object.keys(features).length > 0, "features", "at least one feature", features);
  for (const [feature, expression] of Object.entries(features as Loose)) {
    must(NAME.test(feature), "features", "snake_case names of at most 63 letters", feature);
    checkNode(expression, "question", 0, { who: `${who}, feature "${feature}"`, columns: columns as Loose });
  }
  return view as unknown as FeatureView & Record<string, Expression>;
}
