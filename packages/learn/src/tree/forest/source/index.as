export {
  codes,
  drawn,
  missings,
  nodeCut,
  nodeDraws,
  nodeFeature,
  nodeGain,
  nodeLeft,
  nodeMissingLeft,
  nodeRight,
  nodeSums,
  pairs,
  place,
  fillTables,
  targets,
} from "./address";
export { growEnd } from "./end";
export { setGrowth } from "./growth";
