import { createClient, createModels, type Client } from "@tideline/device";
import { createExpoPorts, followAppState } from "@tideline/react-native";
import * as Battery from "expo-battery";
import * as Crypto from "expo-crypto";
import * as Network from "expo-network";
import * as SecureStore from "expo-secure-store";
import * as SQLite from "expo-sqlite";
import { fetch } from "expo/fetch";
import { AppState } from "react-native";
import { COLLECT, CONSOLE, ROOT, WRITE_KEY } from "./configuration.ts";
import { app } from "./definition.ts";

/** The client over Expo's modules, all of which are in Expo Go. It sends and updates when the app comes and goes. */
export async function openPhone(): Promise<Client> {
  const { ports } = await createExpoPorts({
    scope: "org.tideline.sample",
    sqlite: SQLite,
    crypto: Crypto,
    secureStore: SecureStore,
    network: Network,
    battery: Battery,
    appState: AppState,
    fetch,
  });
  const client = await createClient({
    app,
    ports,
    collect: COLLECT,
    console: CONSOLE,
    writeKey: WRITE_KEY,
    user: null,
    models: createModels({
      root: ROOT,
      channel: "stable",
      environment: __DEV__ ? "development" : "production",
    }),
  });
  followAppState({ client, appState: AppState });
  return client;
}
