import { messageOf } from "@tideline/spec";
import { drive, type DriverInput } from "./device-hermes-driver.ts";

declare const INPUT: DriverInput;
declare function print(line: string): void;

drive(INPUT).then(print, (error: unknown) => print(`FAILED ${messageOf(error)}`));
