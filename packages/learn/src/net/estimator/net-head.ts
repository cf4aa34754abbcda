import { positiveInteger } from "../check-option.ts";
import { dense } from "../layer/dense.ts";
import { dropout } from "../layer/dropout.ts";
import { sequential } from "../layer/sequential.ts";
import type { Layer } from "../net.ts";

/** What convolutions end in: dropout, a dense layer with another dropout where `units` asks for one, and the scores. */
export function netHead(
  who: string,
  { dropout: rate }: { readonly dropout: number },
  units: number,
): (scores: number) => Layer {
  const drop = dropout({ rate });
  const hidden =
    units === 0 ? [] : [dense({ units: positiveInteger(who, "units", units), activation: "relu" }), drop];
  return (scores) => sequential(drop, ...hidden, dense({ units: scores }));
}
