export { type PortCheck } from "./check.ts";
export { TIME_CHECKS, type TimePorts } from "./time-checks.ts";
export { DIGEST_CHECKS } from "./digest-checks.ts";
export { GZIP_CHECKS } from "./gzip-checks.ts";
export { createMemoryCollector, jsonResponse, type MemoryCollector } from "./memory-collector.ts";
export { createMemoryPorts, offline, type PlatformPorts } from "./memory-ports.ts";
export { createMemorySecure } from "./memory-secure.ts";
export { createMemoryStorage, type MemoryStorage } from "./memory-storage.ts";
export { createMemorySubject, type MemorySubject, type TakenRequest } from "./memory-subject.ts";
export { answerEcho, NETWORK_CHECKS, type NetworkFactory } from "./network-checks.ts";
export { RANDOM_CHECKS } from "./random-checks.ts";
export { RUNTIME_CHECKS, type RuntimeFactory } from "./runtime-checks.ts";
export { SECURE_CHECKS, type SecureFactory } from "./secure-checks.ts";
export {
  describeSelfTest,
  runSelfTest,
  type CheckResult,
  type SelfTestOptions,
  type SelfTestReport,
} from "./self-test.ts";
export { STORAGE_CHECKS, type StorageCheck, type StorageFactory } from "./storage-checks.ts";
export { TEXT_CHECKS } from "./text-checks.ts";
export { VERIFY_CHECKS } from "./verify-checks.ts";
