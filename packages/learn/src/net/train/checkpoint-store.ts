/**
 * Where a run keeps its checkpoint: a port, one value of bytes. `write` replaces it whole or not at all. On a disk it is
 * `openCheckpointFile` of `@tideline/pipeline`.
 */
export interface CheckpointStore {
  /** What was written last; undefined where nothing was. */
  read(): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<void>;
}

/** A store in memory, for a run that is interrupted and resumed within one process. */
export function memoryCheckpoint(): CheckpointStore {
  let kept: Uint8Array | undefined;
  return Object.freeze({
    read: async () => kept?.slice(),
    async write(bytes: Uint8Array) {
      kept = bytes.slice();
    },
  });
}
