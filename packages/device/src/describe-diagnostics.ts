import type { Diagnostics } from "./client.ts";

/** A count with its noun. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Counts that are not zero, as `name count`; `none` where all are. */
function named(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count !== 0);
  return parts.length === 0 ? "none" : parts.map(([name, count]) => `${name} ${count}`).join(", ");
}

const two = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** How events stand, and what somebody should look at. */
function describeEvents({ events, uploads, consent }: Diagnostics): readonly string[] {
  const { recorded, acknowledged, pending, dropped, drops, quarantined, withheld, tornBytes } = events;
  return [
    `Events: ${recorded} recorded, ${acknowledged} with the server, ${pending} waiting, ${dropped} given up.`,
    dropped > 0 && `  Given up because of: ${named(drops)}.`,
    quarantined > 0 &&
      `  ${counted(quarantined, "event")} did not fit the declaration; the server has set them aside.`,
    withheld > 0 && `  ${counted(withheld, "event")} not recorded for want of consent since the start.`,
    tornBytes > 0 &&
      `  ${counted(tornBytes, "byte")} of a write that a crash tore were cut off at the start.`,
    `Consent: ${consent.length === 0 ? "to nothing; nothing is recorded" : consent.join(", ")}.`,
    `Uploads: ${counted(uploads.batches, "batch").replace("batchs", "batches")}, ${counted(uploads.outages, "outage")}, repeated ${uploads.retries}, doubled ${uploads.duplicates} (harmless).`,
    uploads.stopped && "  Stopped: the server refuses the write key or the address. Check both in the app.",
  ].filter((line) => line !== false);
}

/** How the models stand. */
function describeModels({ releases, runtimes, predictions }: Diagnostics): readonly string[] {
  const models = Object.entries(releases).flatMap(([name, status]) => {
    const { version, runtime, accepted, killed, tests, skipped, crashed, lastCode } = status;
    const isHeldBack = lastCode === "RELEASE_HELD_BACK";
    const state = killed
      ? "switched off by its owner"
      : version === 0
        ? `none on this phone (${lastCode ?? "none was offered"})`
        : `version ${version} on ${runtime}`;
    return [
      `Model ${name}: ${state}.`,
      isHeldBack && `  Version ${accepted} is rolled out in stages, and not for this phone yet.`,
      version > 0 &&
        accepted > version &&
        !isHeldBack &&
        `  Version ${accepted} was offered and does not run here.`,
      version > 0 &&
        lastCode !== null &&
        !isHeldBack &&
        `  The last look for a newer one ended with ${lastCode}.`,
      ...Object.entries(tests).map(([key, result]) =>
        typeof result === "number"
          ? `  Self-test ${key}: passed, ${two(result)} ms a window.`
          : `  Self-test ${key}: ${result}.`,
      ),
      ...crashed.map((key) => `  Ended the app, or may have, when it was loaded: ${key}.`),
      ...skipped.map((key) => `  Not tried again: ${key} (crashed or failed twice).`),
    ];
  });
  return [
    ...models.filter((line) => line !== false),
    `Runtimes: ${runtimes.join(", ") || "none"}.`,
    `Predictions since the start: ${named(predictions)}.`,
  ];
}

/** What is left of the day's budget. */
function describeBudget({ budget }: Diagnostics): readonly string[] {
  if (budget === null) return ["Budget: none set."];
  const { spent, limits, held } = budget;
  const shares = Object.entries(spent).map(([name, amount]) => {
    const limit = limits[name as keyof typeof spent];
    return `  ${name}: ${two(amount)} of ${limit}`;
  });
  return [
    `Budget of day ${new Date(budget.day * 86_400_000).toISOString().slice(0, 10)} (UTC):`,
    ...shares,
    `  Held back: ${named(held as Record<string, number>)}.`,
  ];
}

/**
 * Diagnostics as a page that a person of support reads out or pastes into a ticket: no content of events, no id of the
 * person.
 *
 * @example console.log(describeDiagnostics(client.diagnostics()));
 */
export function describeDiagnostics(diagnostics: Diagnostics): string {
  const { sdk, install, epoch, requests, lastError } = diagnostics;
  const asked = requests.map(
    ({ kind, request, state }) => `${kind} ${request ?? "(not sent yet)"}: ${state}`,
  );
  return [
    `Tideline SDK ${sdk}, install ${install}, epoch ${epoch}`,
    ...describeEvents(diagnostics),
    ...describeModels(diagnostics),
    ...describeBudget(diagnostics),
    `Requests of the person: ${asked.join(", ") || "none"}.`,
    lastError === null
      ? "Last error: none."
      : `Last error: ${lastError.message}, at ${new Date(lastError.time).toISOString()}`,
  ].join("\n");
}
