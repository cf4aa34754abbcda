import type { UntriedArea } from "./untried.ts";

export const phone: UntriedArea = {
  name: "Phones",
  rows: [
    {
      feature: "The client on an iPhone or iPad (`packages/react-native`, `packages/device`)",
      instead:
        "Metro's bundle on Node and on a Hermes program for x86-64 Linux; the release's Hermes compiler takes it (`scripts/check-react-native.ts`)",
      proof:
        "The sample app on a device: the self-test of ports, queue and table passes, and a server stores what it sent, through flight mode, a kill and a reinstallation",
    },
    {
      feature: "The client on an Android phone (`packages/react-native`, `packages/device`)",
      instead: "Metro's bundle on Node and on a Hermes program for x86-64 Linux; no emulator was at hand",
      proof:
        "The sample app on the oldest and the newest Android that it supports, with the same checks as on an iPhone",
    },
    {
      feature: "Hermes on ARM64, and the engine inside the React Native release that is pinned",
      instead:
        "Hermes 0.12 for x86-64 from npm runs the bundle; the pinned release's newer bytecode is compiled, not run",
      proof: "Every vector on a release build, with the times of the table's models beside it",
    },
    {
      feature: "The harness of the benchmark on a phone (`samples/benchmark`, `tideline benchmark --serve`)",
      instead:
        "The same runner on Node, in Chromium and on Hermes for x86-64, with reports handed in over HTTP; the app is type-checked against its native modules, bundled, and its native projects are generated",
      proof:
        "A report of kind phone, for each of its three runtimes, from an iPhone and two makers' Android phones: every case timed, a sustained run of ten minutes, the battery before and after",
    },
    {
      feature: "Storage over Expo's files and SQLite (`packages/react-native/src/expo`)",
      instead: "The same adapters over Node's files and SQLite, with the process killed at any time",
      proof:
        "The storage conformance suite as a self-test on the phone, and a pulled battery: nothing acknowledged is lost, nothing is doubled",
    },
    {
      feature: "iOS Keychain and Android Keystore behind the secure-storage port",
      instead: "A stand-in with the same calls on Node",
      proof:
        "A secret that outlives an update of the app, is absent from a backup restored on another phone, and whose loss starts a new installation",
    },
    {
      feature: "A restored backup, a cloned phone, a transfer from phone to phone",
      instead: "Copied folders: each copy goes on as an installation of its own",
      proof: "The same with iCloud, Google One and the makers' transfer apps; 0 events doubled",
    },
    {
      feature: "Background modes: suspension, background fetch and tasks, Doze, force stop, low-power mode",
      instead: "Processes killed at every named point and at any moment",
      proof: "A day in a pocket: what was recorded arrives, and the system's log shows no kill for overuse",
    },
    {
      feature: "Network state, metered connections and captive portals (`expo-network`, `expo-battery`)",
      instead: "A stand-in for the modules; HTTP against a server that drops, stalls and lies",
      proof:
        "Wi-Fi, mobile data, roaming and a hotel's portal on each system, with the conditions that the port reported",
    },
    {
      feature: "Sensors: true rates, gaps, clock steps, units (accelerometer, gyroscope)",
      instead: "Recordings of phones (UCI HAR) and simulated phones (`apps/fleet`)",
      proof:
        "Ten minutes at each declared rate on each system, with the measured rate and gaps beside the declared ones",
    },
    {
      feature: "Battery and heat over a day of capture and prediction",
      instead: "Nothing: time on a desktop processor says little of it",
      proof: "Energy per hour of capture, of prediction and of upload, by the system's own meter",
    },
  ],
};
