import { registerRootComponent } from "expo";
import { Sample } from "./src/Sample.tsx";

registerRootComponent(Sample);
