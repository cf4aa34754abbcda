import type { Cell, Expression, Place, Statement, Step } from "./program.ts";

/** The arrays that steps read. */
export function cellsOf(steps: readonly Step[]): Set<Cell> {
  const found = new Set<Cell>();
  const visitPlace = (place: Place): void => {
    if (place.computed !== undefined) visit(place.computed.at);
    if (place.free !== undefined) visit(place.free);
  };
  const visit = (expression: Expression): void => {
    if (expression.form === "apply") expression.args.forEach(visit);
    if (expression.form === "length") found.add(expression.of);
    if (expression.form !== "load") return;
    found.add(expression.from);
    visitPlace(expression.at);
  };
  const walk = (statement: Statement): void => {
    if ("test" in statement) visit(statement.test);
    if ("body" in statement) statement.body.forEach(walk);
    else visit(statement.value);
    if (statement.form === "store") visitPlace(statement.at);
  };
  for (const { body } of steps) body.forEach(walk);
  return found;
}
