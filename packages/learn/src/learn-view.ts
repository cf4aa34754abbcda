export { answerView, type AnswerViewOptions } from "./view/answer-view.ts";
export { isSpine, type Spine, spineOf, type SpineOptions } from "./view/spine.ts";
