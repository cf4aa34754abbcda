export { answerView, type AnswerViewOptions } from "./view/answer-view.ts";
export { isSpine, type Spine, spineOf, type SpineOptions } from "./view/spine.ts";
export { tumblingWindows, type TumblingWindowOptions } from "./view/tumbling-windows.ts";
export { answerViewSource, type AnswerViewSourceOptions } from "./view/stream/answer-view-source.ts";
export { sessionWindows, type SessionWindowOptions } from "./view/session-windows.ts";
