import { tableRuntime, type Client } from "@tideline/device";
import { app } from "@tideline/example-activity";
import { openWebClient, ortWebRuntime, sendAbandoned, sendWhenLeaving } from "@tideline/web";
import * as ort from "onnxruntime-web/wasm";
import { offerConsent } from "./consent-section.ts";
import { element, onClick, show, wordsOf } from "./element.ts";
import { offerLeaving } from "./leave-section.ts";
import { offerMotion } from "./motion-section.ts";
import { clientOptions, readConfig } from "./open-client.ts";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", location.href).href;

/** What the client says of itself, for the page. */
function showDiagnostics(client: Client): void {
  const { events, releases, lastError } = client.diagnostics();
  const release = Object.values(releases)[0];
  show("events", `${events.recorded} recorded, ${events.acknowledged} sent, ${events.pending} waiting`);
  show("release", release === undefined || release.version === 0 ? "none yet" : `version ${release.version}`);
  show("error", lastError === null ? "none" : `${lastError.code}: ${lastError.message}`);
}

async function main(): Promise<void> {
  const options = clientOptions(app, await readConfig());
  /** Shows what holds by now; more of it once there is a client. */
  let refresh = (): void => {};
  const client = await openWebClient({
    ...options,
    // A browser that refuses WebAssembly, or does not get its files, still predicts: by the model table.
    ports: { runtimes: [ortWebRuntime(ort, "wasm"), tableRuntime] },
    onFollow: () => refresh(),
  });
  const showState = (): void => showDiagnostics(client);
  const showConsent = offerConsent(client, showState);
  refresh = () => {
    showConsent();
    showState();
  };
  await navigator.serviceWorker?.register("service-worker.js", { type: "module" });
  sendWhenLeaving(client);
  offerLeaving(client, offerMotion(client, showState));
  onClick("send", () => client.flush().then(showState));
  onClick("update", () => client.update().then(showState));
  showState();
  show("state", "ready");
  await client.update();
  await sendAbandoned(options);
  showState();
}

main().catch((error: unknown) => {
  show("state", wordsOf(error));
  element("state").classList.add("failed");
});
