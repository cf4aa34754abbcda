export {
  audioFeatures,
  audioPlan,
  type AudioFeature,
  type AudioFrames,
  type AudioOptions,
  type AudioPlan,
} from "./audio-feature.ts";
export { cosineTransform } from "./cosine-transform.ts";
export { decibels, type DecibelOptions } from "./decibel.ts";
export { fourier, type Fourier } from "./fft.ts";
export { melFilterBank, type MelOptions } from "./mel.ts";
export { resamplePoly, type ResamplePolyOptions } from "./resample-poly.ts";
export { powerOf, shortTimeFourier, type Spectra, type SpectrogramOptions } from "./spectrogram.ts";
export { taperOf, type Taper } from "./taper.ts";
export { decodeWav, encodeWav, monoOf, type Sound, type WavLimits } from "./wav.ts";
export { SOUND_FEATURES, soundFeatures } from "./sound-features.ts";
export { vectorMap, type VectorMap } from "./vector-map.ts";
export { lowerAudio } from "./lower-audio.ts";
