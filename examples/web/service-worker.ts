import { app } from "@tideline/example-activity";
import { sendInBackground } from "@tideline/web";
import { clientOptions, readConfig } from "./open-client.ts";

/** Sends what closed pages left, when the browser finds the time. */
sendInBackground(self as never, async () => clientOptions(app, await readConfig()));
