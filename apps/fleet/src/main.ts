import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ERROR_CODES, isTidelineError, messageOf, tidelineError, type AppDefinition } from "@tideline/spec";
import { openFleet, type Fleet } from "./fleet.ts";
import type { FleetCommand, FleetMessage } from "./message.ts";

/** Tells `tideline start`, and resolves when the message is on its way. */
const tell = (message: FleetMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, {}, () => resolve());
  });

async function loadApp(appModule: string): Promise<AppDefinition> {
  const url = appModule.startsWith("file:") ? appModule : pathToFileURL(resolve(appModule)).href;
  try {
    const { app } = (await import(url)) as { readonly app?: AppDefinition };
    if (app !== undefined && app.models.length > 0) return app;
  } catch (cause) {
    throw tidelineError("NOT_FOUND", {
      who: "fleet",
      field: appModule,
      expected: "a module with an app",
      cause,
    });
  }
  throw tidelineError("CONFIG_MALFORMED", { who: "fleet", field: appModule, expected: "`app` with a model" });
}

/** Wall milliseconds that a finished fleet waits to be dismissed. */
const LINGER = 1000;

let fleet: Fleet | undefined;

function opened(): Fleet {
  if (fleet !== undefined) return fleet;
  throw tidelineError("CONFIG_MALFORMED", {
    who: "fleet",
    expected: "`configure` first",
    received: "another command",
  });
}

async function obey(command: FleetCommand): Promise<void> {
  switch (command.type) {
    case "configure":
      fleet = await openFleet(command, await loadApp(command.appModule), (message) => void tell(message));
      break;
    case "play":
      await opened().play(command);
      break;
    case "finish":
      await opened().finish();
      // Whoever started the fleet disconnects once it has the summary; else the fleet ends by itself.
      setTimeout(() => void leave(0), LINGER);
  }
}

/** Ends the process after everything that it told has gone out; phones in processes of their own follow. */
async function leave(status: number): Promise<void> {
  process.exitCode = status;
  if (process.connected) process.disconnect();
  process.exit(status);
}

async function fail(error: unknown): Promise<void> {
  const code = isTidelineError(error) ? error.code : "INTERNAL";
  await tell({ type: "failed", code, message: messageOf(error) });
  await leave(ERROR_CODES[code].exit);
}

let last: Promise<void> = Promise.resolve();
process.on("message", (command: FleetCommand) => {
  last = last.then(() => obey(command)).catch(fail);
});
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// Whoever started the fleet is gone.
process.on("disconnect", () => process.exit());
