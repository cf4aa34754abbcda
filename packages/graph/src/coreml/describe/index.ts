export type { CoremlDescription, CoremlFeature, CoremlMetadata } from "./description.ts";
export { labelField, textLabels, type CoremlLabels } from "./class-label.ts";
export {
  ARRAY_TYPES,
  formatFeatureType,
  type ArrayElementType,
  type CoremlFeatureType,
  type SizeRange,
} from "./feature-type.ts";
export {
  encodeCoreml,
  MODEL_FORMS,
  modelFields,
  OLDEST_RELEASE,
  type CoremlModel,
  type ModelForm,
} from "./model-file.ts";
