export { followAppState, type AppState, type FollowOptions, type Subscription } from "./app-state.ts";
export {
  watchConditions,
  type ConditionSources,
  type ExpoBattery,
  type ExpoNetwork,
  type ExpoNetworkState,
  type WatchedConditions,
} from "./expo/expo-conditions.ts";
export { expoCrypto, type ExpoCrypto } from "./expo/expo-crypto.ts";
export { createExpoPorts, type ExpoModules, type ExpoPorts } from "./expo/expo-ports.ts";
export {
  openFileStorage,
  type ExpoDirectory,
  type ExpoFile,
  type ExpoFileHandle,
  type ExpoFileSystem,
  type FileStorage,
} from "./expo/file-storage.ts";
export { expoSecureStorage, type ExpoSecureStore } from "./expo/secure-storage.ts";
export {
  openSqliteStorage,
  sqliteStorage,
  STORAGE_FOLDER,
  type ExpoSqlite,
  type SqliteDatabase,
  type SqliteStorage,
} from "./expo/sqlite-storage.ts";
export { gzip } from "./gzip.ts";
export { fetchNetwork, type FetchFunction, type FetchResponse } from "./network/fetch-network.ts";
export { xhrNetwork, type HttpRequest } from "./network/xhr-network.ts";
export { openInstance } from "./open-instance.ts";
export { createReactNativePorts, type NativeParts } from "./react-native-ports.ts";
export {
  litertRuntime,
  LITERT_VERSIONS,
  type LiteRtDelegate,
  type LiteRtModel,
  type LiteRtModule,
  type LiteRtRuntimeOptions,
  type LiteRtTensor,
} from "./runtime/litert-runtime.ts";
export {
  onnxRuntime,
  ONNXRUNTIME_VERSION,
  type OnnxRuntimeOptions,
  type OrtModule,
  type OrtProvider,
  type OrtSession,
} from "./runtime/onnx-runtime.ts";
export { tableRuntime } from "@tideline/device";
export { utf8 } from "./utf8.ts";
export { verifyEd25519 } from "./verify-ed25519.ts";
