/**
 * Short lists of words that say little about what a text is about: articles, pronouns, prepositions, conjunctions and
 * auxiliaries of English and German, put together for this package from the grammar of both languages; no list of others. What
 * is noise to one task is the point of another ("not", "free", "you" in messages): look at a list before you use it.
 *
 * @example
 * tfidfVectorizer({ stopWords: STOP_WORDS.german });
 */
export const STOP_WORDS = Object.freeze({
  english: list(`a an the
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers
    herself it its itself they them their theirs themselves one who whom whose which what that this these those
    about above after against along among around as at before behind below beneath beside between beyond by down
    during for from in inside into near of off on onto out outside over through throughout to toward towards under
    until up upon with within without
    and but or nor so yet because if than then though although unless when whenever where wherever whether while
    am is are was were be been being do does did doing done have has had having can could may might must shall
    should will would
    here there how why too very also just only again both each few more most other some such any all own same`),
  german: list(`der die das den dem des ein eine einen einem einer eines
    ich mich mir mein meine meinen meinem meiner meines du dich dir dein deine deinen deinem deiner deines er ihn ihm
    sein seine seinen seinem seiner seines sie ihr ihre ihren ihrem ihrer ihres es wir uns unser unsere unseren
    unserem unserer unseres euch euer eure euren eurem eurer eures ihnen man sich selbst
    dieser diese dieses diesen diesem jener jene jenes jenen jenem jeder jede jedes jeden jedem welcher welche
    welches welchen welchem wer wen wem wessen was
    ab an am auf aus bei beim bis durch für gegen hinter im in ins mit nach neben ohne seit über um unter vom von vor
    während wegen zu zum zur zwischen
    und oder aber denn doch sondern sowie als dass ob obwohl weil wenn wie während damit daher also
    bin bist ist sind seid war warst waren wart gewesen sein habe hast hat haben habt hatte hattest hatten hattet
    werde wirst wird werden werdet wurde wurden worden kann kannst können könnt konnte konnten muss musst müssen
    müsst musste mussten soll sollst sollen sollt sollte sollten will willst wollen wollt wollte wollten darf
    dürfen durfte durften mag mögen möchte
    hier da dort so sehr auch nur noch schon nun dann wo wohin woher warum`),
});

function list(words: string): readonly string[] {
  return Object.freeze([...new Set(words.split(/\s+/))]);
}
