export { tableChecksum } from "@tideline/predict/checksum";
