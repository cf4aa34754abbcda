import { FORMS, listForm, namedForm, recordForm, eitherForm } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { AUDIO_FEATURES, audioFeatures, audioPlan, audioWidth, type AudioOptions } from "./audio-feature.ts";
import { lowerAudio } from "./lower-audio.ts";
import { MEL_SCALES } from "./mel.ts";
import { frameCount } from "./spectrogram.ts";
import { vectorMap } from "./vector-map.ts";

const KIND = "soundFeatures";

/** The definition behind {@link soundFeatures}. */
export const SOUND_FEATURES = vectorMap<AudioOptions>({
  kind: KIND,
  forms: {
    rate: FORMS.positive,
    size: FORMS.count,
    hop: FORMS.count,
    taperSize: FORMS.count,
    taper: eitherForm(
      namedForm("rectangular", "bartlett", "hann", "hamming", "blackman", "blackmanharris"),
      recordForm({ kaiser: FORMS.notNegative }, ["kaiser"]),
    ),
    centred: FORMS.truth,
    padding: namedForm("zero", "reflect"),
    features: listForm(namedForm(...Object.keys(AUDIO_FEATURES))),
    mel: recordForm({
      mels: FORMS.count,
      low: FORMS.notNegative,
      high: FORMS.positive,
      scale: namedForm(...Object.keys(MEL_SCALES)),
      norm: namedForm("slaney", "none"),
    }),
    decibel: recordForm({
      reference: eitherForm(FORMS.positive, namedForm("max")),
      floor: FORMS.positive,
      range: eitherForm(FORMS.notNegative, { expected: "null", fits: (value) => value === null }),
    }),
    coefficients: FORMS.count,
    deltaSize: FORMS.count,
    rolloff: FORMS.share,
  },
  needed: ["rate", "features"],
  defaults: {},
  check: (options) => void audioPlan(KIND, options),
  width(options, length) {
    const plan = audioPlan(KIND, options);
    return Math.max(1, frameCount(plan, length)) * audioWidth(plan);
  },
  map: (options, length) => (values, from, out, to) =>
    out.set(audioFeatures(values.subarray(from, from + length), options).values, to),
  lower: (options, g, x, length) => lowerAudio(g, x, length, audioPlan(KIND, options)),
});

/**
 * Features of sounds of one length, each a vector of samples: spectra, mel bands, cepstral coefficients and more, frame by
 * frame in one vector; see `AudioOptions`. The graph computes the same in float32, so that a phone hears what training heard.
 *
 * @throws DEFINITION_ILLEGAL for options that make no sense.
 * @example
 * soundFeatures({ columns: ["word"], rate: 16_000, size: 400, hop: 160, mel: { mels: 40 }, features: ["logMel"] });
 */
export function soundFeatures(options: AudioOptions & Selection): Transform {
  return transformOf(SOUND_FEATURES, options);
}
