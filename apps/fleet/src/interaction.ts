import type { AppDefinition, EventDefinition, WireValue } from "@tideline/spec";
import type { Random } from "./random.ts";

/** A tap or a screen that comes up during a session. */
export interface Interaction {
  /** Sample of the session at which it happens. */
  readonly at: number;
  readonly event: EventDefinition;
  readonly properties: Readonly<Record<string, WireValue>>;
}

const SCREENS = ["home", "today", "history", "settings"] as const;
const TARGETS = ["start", "stop", "share", "back"] as const;

/** What a person does on the screen during a session: a screen at a random time, and up to three taps. */
export function drawInteractions(app: AppDefinition, samples: number, random: Random): Interaction[] {
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random.uniform() * values.length)]!;
  const at = (): number => Math.floor(random.between(0, samples));
  const screen = pick(SCREENS);
  const drawn: Interaction[] = [];
  const shown = app.events["screen_view"];
  if (shown !== undefined) drawn.push({ at: at(), event: shown, properties: { screen } });
  const tap = app.events["tap"];
  const taps = tap === undefined ? 0 : Math.floor(random.between(0, 4));
  for (let index = 0; index < taps; index += 1) {
    const target = pick(TARGETS);
    const properties: Record<string, string> = tap!.version === 1 ? { button: target } : { target, screen };
    drawn.push({ at: at(), event: tap!, properties });
  }
  return drawn.sort((left, right) => left.at - right.at);
}
