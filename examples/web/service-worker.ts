import { app } from "@tideline/example-activity";
import { sendInBackground } from "@tideline/web";
import { openClient, readConfig } from "./open-client.ts";

/** Sends what closed pages left, when the browser finds the time. */
sendInBackground(self as never, {
  app: app.name,
  open: async (ports) => openClient(app, await readConfig(), ports),
});
