import { SCALAR_TYPES } from "../scalar.ts";
import { type AggregateDef, type AggregateInput, takesOne } from "./aggregate-def.ts";
import { orderOfRows } from "./last.ts";

/** The most rows that a lag looks back: so many are kept for each key. */
const MOST = 1000;

/**
 * The non-null value so many rows before the latest one, in the order of `last`; null where there are not as many. Its
 * state is that many rows and one.
 */
export function lag(back: number): AggregateDef<AggregateInput[]> {
  const add = (state: AggregateInput[], input: AggregateInput): AggregateInput[] => {
    let at = state.length;
    while (at > 0 && orderOfRows(input, state[at - 1]!) > 0) at -= 1;
    state.splice(at, 0, input);
    if (state.length > back + 1) state.pop();
    return state;
  };
  return {
    ...takesOne(SCALAR_TYPES),
    parameter: {
      takes: `a whole number of rows from 1 to ${MOST}`,
      fits: (value) => Number.isInteger(value) && value >= 1 && value <= MOST,
    },
    init: () => [],
    add,
    merge: (left, right) => right.reduce((state, input) => add(state, input), left),
    finish: (state) => state[back]?.value ?? null,
  };
}
