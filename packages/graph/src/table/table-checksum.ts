export { tableChecksum } from "@tideline/predict";
