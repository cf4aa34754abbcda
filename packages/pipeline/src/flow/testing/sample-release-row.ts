import { RELEASE_TYPE } from "@tideline/spec";
import type { ReleaseRow } from "../../catalog/index.ts";
import { signEnvelope, type KeyRing } from "../../release/index.ts";
import { NEW_YEAR, sampleManifest } from "../../release/testing/sample-release.ts";

const DAY = 86_400_000;

/** What a test says of a release: its model by a letter, and how it was offered. */
export interface SampleRow {
  readonly version: number;
  readonly model: string;
  readonly share?: number;
  readonly kill?: boolean;
  readonly status?: ReleaseRow["status"];
  readonly artifact?: { readonly sha256: string; readonly bytes: number };
}

/** A signed release of the channel `sample/stable`, a day after the version before; nothing of its model is read. */
export function sampleReleaseRow(keys: KeyRing, sample: SampleRow): ReleaseRow {
  const { version, model, share = 1, kill = false, status = "replaced" } = sample;
  const id = model.repeat(64);
  const address = sample.artifact ?? { sha256: id, bytes: 1 };
  const issued = NEW_YEAR + version * DAY;
  const release = sampleManifest({
    version,
    id,
    issued,
    expires: issued + 30 * DAY,
    variants: [{ ...address, format: "onnx", opset: 18 }],
    vectors: address,
    kill,
    ...(share < 1 && { rollout: { share, salt: id.slice(0, 16) } }),
  });
  return {
    channel: "sample/stable",
    version,
    id,
    run: `run-${model}`,
    issued_at: issued,
    expires_at: release.expires,
    status,
    envelope: signEnvelope(RELEASE_TYPE, release, [keys.releaseKey]),
    metrics: { bytes: 1, trainedOn: [] },
  };
}
