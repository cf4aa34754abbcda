import { createClient } from "@tideline/device";
import { createMemorySecure, createMemoryStorage } from "@tideline/device/testing";
import * as adapters from "@tideline/react-native";
import { event, t } from "@tideline/spec";
import { useState } from "react";
import { Button, Text, View } from "react-native";

const tap = event("tap", { screen: t.string() }, { version: 1, purpose: "analytics", retain: "90d" });
const app = { name: "sample", events: { tap }, models: [] };

/** Opens a client over parts that keep nothing: an empty project of React Native has no native module to keep it. */
async function open() {
  const ports = await adapters.createReactNativePorts({
    storage: createMemoryStorage(),
    secure: createMemorySecure(),
    random: (length) => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256)),
    digest: async () => new Uint8Array(32),
  });
  return createClient({ app, ports, collect: "", console: "", writeKey: "", user: null, channel: "stable" });
}

/** The smallest app that holds the whole SDK. */
export function App() {
  const [state, setState] = useState("closed");
  return (
    <View>
      <Text>{`${Object.keys(adapters).length} adapters, client ${state}`}</Text>
      <Button
        title="Open"
        onPress={() =>
          void open().then(
            () => setState("open"),
            (error) => setState(String(error)),
          )
        }
      />
    </View>
  );
}
