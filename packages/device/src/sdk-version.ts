/** Version of this SDK, as batches carry it and releases require it. */
export const SDK_VERSION = "0.1.0";
