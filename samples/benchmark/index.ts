import { registerRootComponent } from "expo";
import { Harness } from "./src/Harness.tsx";

registerRootComponent(Harness);
