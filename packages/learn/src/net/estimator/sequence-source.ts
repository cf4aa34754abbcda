import type { Value } from "@tideline/graph";
import { illegalOption } from "../check-option.ts";
import { dense } from "../layer/dense.ts";
import { embedding, paddingMask } from "../layer/embedding.ts";
import type { NetInput, NetScope } from "../net.ts";
import type { NetEncoder } from "./net-classifier.ts";
import {
  checkSeriesShape,
  realSteps,
  seriesEncoder,
  seriesInputs,
  stepMask,
  type Series,
  type SeriesShape,
} from "./series.ts";
import { standardisedOf } from "./standardised.ts";
import { textEncoder } from "./text-encoder.ts";
import { checkIdShape, idEncoder, type IdRows, type IdShape } from "./token-row.ts";
import { FILLING, tokeniser, type Tokeniser, type TokeniserOptions } from "./tokeniser.ts";

/** What a net that attends reads: series of numbers, rows of ids, or texts. */
export type SequenceInput =
  | { readonly series: SeriesShape }
  | { readonly ids: IdShape }
  | { readonly text: TokeniserOptions };

/** Rows of a kind of input. */
export type SequenceOf<I extends SequenceInput> = I extends { readonly series: SeriesShape }
  ? Series
  : I extends { readonly ids: IdShape }
    ? IdRows
    : { readonly texts: readonly string[] };

/** Rows as steps of a net, once training rows are known. */
export interface FittedSource<Given> {
  readonly encoder: NetEncoder<Given>;
  readonly inputs: readonly NetInput[];
  /** Steps [batch, steps, width], and which of them are real: float32 [batch, steps]. */
  embed(
    scope: NetScope,
    inputs: Readonly<Record<string, Value>>,
    width: number,
  ): { readonly steps: Value; readonly mask?: Value };
  /** Of texts. */
  readonly tokeniser?: Tokeniser;
}

/** A kind of input, before rows are known. */
export interface SequenceSource<Given> {
  /** Enough to check rows. */
  readonly encoder: Pick<NetEncoder<Given>, "count" | "check">;
  fit(rows: Given): FittedSource<Given>;
}

function seriesSource(shape: SeriesShape): SequenceSource<Series> {
  const encoder = seriesEncoder(shape);
  return {
    encoder,
    fit(rows) {
      const standardised = standardisedOf(realSteps(rows, shape.shape), shape.shape[1]);
      return {
        encoder,
        inputs: seriesInputs(shape),
        embed(scope, { x, lengths }, width) {
          const steps = dense({ units: width })(scope.within("projection"), standardised(scope, x!));
          return lengths === undefined
            ? { steps }
            : { steps, mask: stepMask(scope, lengths, shape.shape[0]) };
        },
      };
    },
  };
}

/** Ids by an embedding whose numbers have deviation 1, as those of positions nearly have. */
function fittedIds(entries: number, length: number): Pick<FittedSource<never>, "inputs" | "embed"> {
  return {
    inputs: [{ name: "x", elementType: "int64", dims: [length] }],
    embed: (scope, { x }, width) => ({
      steps: embedding({ entries, size: width, padding: FILLING, deviation: 1 })(scope.within("tokens"), x!),
      mask: paddingMask(scope, x!, FILLING),
    }),
  };
}

function idSource(shape: IdShape): SequenceSource<IdRows> {
  const encoder = idEncoder(shape);
  return { encoder, fit: () => ({ encoder, ...fittedIds(shape.entries, shape.length) }) };
}

type Texts = { readonly texts: readonly string[] };

function textSource(options: TokeniserOptions): SequenceSource<Texts> {
  const learner = tokeniser(options);
  const over = (fitted: Tokeniser | undefined): NetEncoder<Texts> => {
    const encoder = textEncoder(fitted);
    return {
      count: ({ texts }) => encoder.count(texts),
      check: (who, { texts }) => encoder.check(who, texts),
      inputs: ({ texts }, start, count) => encoder.inputs(texts, start, count),
    };
  };
  return {
    encoder: over(undefined),
    fit({ texts }) {
      const fitted = learner.fit(texts);
      return { encoder: over(fitted), ...fittedIds(fitted.size, fitted.length), tokeniser: fitted };
    },
  };
}

/** The kind of input that plain data names. @throws DEFINITION_ILLEGAL for none, several, or an option out of range. */
export function sequenceSource<I extends SequenceInput>(
  who: string,
  input: I,
): SequenceSource<SequenceOf<I>> {
  const given: SequenceInput = input;
  const names = Object.keys(input);
  let source: unknown;
  if (names.length === 1 && "series" in given) {
    checkSeriesShape(who, given.series);
    source = seriesSource(given.series);
  } else if (names.length === 1 && "ids" in given) {
    checkIdShape(who, given.ids);
    source = idSource(given.ids);
  } else if (names.length === 1 && "text" in given) source = textSource(given.text);
  else throw illegalOption(who, "input", "one of series, ids, text", names.join(", ") || "none");
  return source as SequenceSource<SequenceOf<I>>;
}
