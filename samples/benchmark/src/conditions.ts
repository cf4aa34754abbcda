import type { BenchmarkDevice, DeviceConditions } from "@tideline/spec/benchmark";
import * as Battery from "expo-battery";
import * as Device from "expo-device";
import { Platform } from "react-native";

/** What this phone is. */
export function thisDevice(): BenchmarkDevice {
  return {
    kind: Device.isDevice ? "phone" : "simulator",
    name: [Device.manufacturer, Device.modelName].filter((part) => part !== null).join(" ") || "unknown",
    system: `${Device.osName ?? Platform.OS} ${Device.osVersion ?? ""}`.trim(),
    processor: Device.supportedCpuArchitectures?.join(", ") ?? null,
    cores: null,
    memoryBytes: Device.totalMemory,
  };
}

/**
 * How it is now. Expo's modules tell the battery; neither they nor React Native tell the thermal state, which stays `null`: the rate of
 * the sustained run shows what heat does.
 */
export async function conditionsNow(): Promise<DeviceConditions> {
  const { batteryLevel, batteryState, lowPowerMode } = await Battery.getPowerStateAsync();
  const { CHARGING, FULL, UNPLUGGED } = Battery.BatteryState;
  return {
    // A simulator has none, and says -1.
    batteryLevel: batteryLevel < 0 ? null : batteryLevel,
    charging:
      batteryState === CHARGING || batteryState === FULL ? true : batteryState === UNPLUGGED ? false : null,
    lowPower: lowPowerMode,
    thermal: null,
  };
}
