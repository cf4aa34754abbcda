export { createMemoryCollector, jsonResponse, type MemoryCollector } from "./memory-collector.ts";
export { createMemorySubject, type MemorySubject, type TakenRequest } from "./memory-subject.ts";
export { createMemoryPorts, offline, type PlatformPorts } from "./memory-ports.ts";
export { createMemorySecure } from "./memory-secure.ts";
export { createMemoryStorage, type MemoryStorage } from "./memory-storage.ts";
export { STORAGE_CHECKS, type StorageCheck, type StorageFactory } from "./storage-checks.ts";
