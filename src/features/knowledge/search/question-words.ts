/**
 * Words that make a sentence a question or a request and say nothing of what is asked about.
 * The index's own stop list is shorter, because it serves searching; here they would dilute the measure of an answer.
 */
export const QUESTION_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above across after again against all almost along already also although always am among an and another any ' +
    'anyone anything are around as ask at away back be because been before behind being below between both but by can ' +
    'cannot choice choose choosing chose chosen could decide decided deciding did do does doing done down during each either else enough ever every everything explain few find for ' +
    'from further get gets getting give given gives go goes going got had happen happened happens has have having he help ' +
    'her here hers him his how however i if in instead interested into is it its itself just keep know known last least ' +
    'less let like list look looking made make makes making many may me mean meaning means might mine more most much must ' +
    'my near need needed needs neither never next no nobody none nor not nothing now of off often on once one only or ' +
    'other others our ours out over own per perhaps pick picked please possible purpose quite rather really s same say says see seem ' +
    'seems shall she should show shows since so some someone something such t take tell than that the their theirs them ' +
    'then there these they thing things this those though through thus to together too toward towards try under until up ' +
    'upon us use used uses using usually very via want wants was we well were what whatever when where whether which ' +
    'while who whole whom whose why will with within without work works would yes yet you your yours describe description'
  ).split(' '),
);
