import type { Cell, Expression, Place, Statement, Step } from "./program.ts";

/** The arrays that steps read. */
export function cellsOf(steps: readonly Step[]): Set<Cell> {
  const found = new Set<Cell>();
  const visitPlace = (place: Place): void => {
    if (place.computed !== undefined) visit(place.computed.at);
  };
  const visit = (expression: Expression): void => {
    if (expression.form === "apply") expression.args.forEach(visit);
    if (expression.form !== "load") return;
    found.add(expression.from);
    visitPlace(expression.at);
  };
  const walk = (statement: Statement): void => {
    if (statement.form === "for") statement.body.forEach(walk);
    else visit(statement.value);
  };
  for (const { body } of steps) body.forEach(walk);
  return found;
}
