import type { PlacedQuestions, PlacedRows, Slider } from "./slider.ts";

/**
 * Slides a window along the rows of each key: a place enters when a question may know it and leaves when it is `within`
 * old. Each place enters once and leaves once.
 */
export function slide(
  { starts, rows, times, arrivals, byTime }: PlacedRows,
  questions: PlacedQuestions,
  within: number,
  skip: Uint8Array | undefined,
  slider: Slider,
): void {
  const inside = new Uint8Array(slider.remove === undefined ? 0 : times.length);
  const follow = slider.remove !== undefined;
  // What is asked about, for the one function that all questions get: [first place, the one behind the last, time].
  const asked = new Float64Array(3);
  const seen = (): Int32Array => seenBy(asked[0]!, asked[1]!, asked[2]!);
  for (let key = 0; key + 1 < questions.starts.length; key++) {
    const [from, to] = [questions.starts[key]!, questions.starts[key + 1]!];
    if (from === to) continue;
    const [start, end] = [starts[key]!, starts[key + 1]!];
    let [enter, leave] = [start, start];
    slider.clear();
    for (let at = from; at < to; at++) {
      const asOf = questions.times[at]!;
      for (; enter < end && arrivals[enter]! <= asOf; enter++) {
        // What is too old when it becomes known is too old for every later question.
        if (asOf - times[enter]! >= within || skip?.[enter] === 1) continue;
        slider.add(enter);
        if (follow) inside[enter] = 1;
      }
      if (follow)
        for (; leave < end; leave++) {
          const place = byTime === undefined ? leave : byTime[leave]!;
          if (asOf - times[place]! < within) break;
          if (inside[place] === 0) continue;
          inside[place] = 0;
          slider.remove!(place);
        }
      asked[0] = start;
      asked[1] = enter;
      asked[2] = asOf;
      slider.answer(at, asOf, seen);
    }
    if (follow)
      for (let place = leave; place < end; place++) {
        const held = byTime === undefined ? place : byTime[place]!;
        if (inside[held] === 1) slider.remove!(held);
      }
  }

  function seenBy(start: number, end: number, asOf: number): Int32Array {
    const seen: number[] = [];
    for (let place = start; place < end; place++)
      if (asOf - times[place]! < within && skip?.[place] !== 1) seen.push(place);
    return Int32Array.from(seen.sort((left, right) => rows[left]! - rows[right]!));
  }
}
