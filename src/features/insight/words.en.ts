import type { Words } from './words.js';

function deals(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'deal' : 'deals'}`;
}

function visits(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'visit' : 'visits'}`;
}

export const EN: Words = {
  locale: 'en-GB',
  deals,
  visits,
  workingDays: (count) => `${count} working ${count === 1 ? 'day' : 'days'}`,
  noProduct: 'No product',
  others: 'Others',
  nobody: 'Nobody responsible',
  noClient: 'No client named',
  company: (id) => `Company ${id}`,
  contact: (id) => `Contact ${id}`,
  noSource: 'No source named',
  source: (id) => `Source ${id}`,
  noReason: 'No reason given',
  marks: {
    bulkMove: 'moved in bulk: cleaning up, not selling',
    sameMinute: 'went through the stage within the same minute',
    backdated: 'entered with an earlier date',
    imported: 'came from an import: their true beginning is not known',
    skippedStages: 'went past a stage that deals usually go through',
  },
  emptyFunnel: 'No deals are open in this pipeline now.',
  funnel: (all, money, stage, there) =>
    `${all} worth ${money} are open now. Most stand in “${stage}”: ${there}.`,
  funnelAdvice: (stage, share) =>
    `The weakest step leads to “${stage}”: of the decided deals of the stage before, ${share} went on.`,
  tooFew: (have, needed) =>
    `Too few data yet: ${have} finished visits, and ${needed} are needed. Only counts are shown.`,
  stages: (stage, median, range) =>
    `Deals stay longest in “${stage}”: half of them leave within ${median}${range === '' ? '' : ` (95%: ${range})`}. Open deals are counted.`,
  notHalf: 'Half of the deals have not left any stage yet.',
  stagesAdvice: (stage, from) =>
    `In “${stage}”, ask about every deal that stands longer than ${from}: three quarters have left by then.`,
  conversion: (stage, count, share, range) =>
    `Most deals are lost in “${stage}”: ${share} of the visits end with a loss${range === '' ? '' : ` (95%: ${range})`}, of ${count.toLocaleString('en')} visits.`,
  conversionAdvice: (stage) => `Start with “${stage}”: the page “Losses” shows why deals are lost there.`,
  noneLost: 'No deals are lost in any stage so far.',
  stuck: (all, money, kinds, pipeline) =>
    `${pipeline === null ? 'Stuck' : `Stuck in “${pipeline}”`}: ${all} worth ${money}. Of them ${kinds}.`,
  noneStuck: (pipeline) => (pipeline === null ? 'No deal is stuck.' : `No deal is stuck in “${pipeline}”.`),
  kinds: {
    noPlan: 'without a plan',
    sellerIdle: 'waiting for the seller',
    waitingForClient: 'waiting for the client’s date',
    dead: 'dead by the look of it',
  },
  stuckAdvice: {
    noPlan: 'Start with those that have no next step: make a plan.',
    sellerIdle: 'There are steps and nobody does them: push the sellers.',
    waitingForClient: 'Most wait for an agreed date: come back to them in time.',
    dead: 'Most will not move: close them and make room for the living ones.',
  },
  stuckWhy: ({ stays, usual, idle, limit, chance, within, visits, lastEvent, until }) =>
    [
      limit === null
        ? `In this stage for ${stays}${usual === null ? '' : `, half leave within ${usual}`}.`
        : `Nothing has happened for ${idle}, the limit is ${limit}: the stage has too little history of its own.`,
      chance === null || within === null
        ? ''
        : `Chance to move on within ${within}: ${chance} (from ${visits.toLocaleString('en')} finished visits).`,
      until === null ? '' : `Agreed with the client: ${until}.`,
      lastEvent === null ? '' : `Last event: ${lastEvent}.`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  events: {
    created: 'the deal was made',
    stageMoved: 'it moved to this stage',
    stepFinished: 'a step of the plan was finished',
    activity: 'an activity or a message',
    pushAnswered: 'a push was answered',
  },
  weakest: (stage, leak, range, now, best, quarter) =>
    `“${stage}” costs most: about ${leak} was lost there in the last quarters (95%: ${range}). ${now} go on from it, in ${quarter} it was ${best}.`,
  noLeak: 'No stage works notably worse than in its own best quarter.',
  tooFewForLeak: 'Too few deals are decided to compare quarters: 30 each in at least two are needed.',
  weakestAdvice:
    'The best quarter was partly luck, so this is the limit of what is possible, not a promise. Start with a plan for this stage.',
  quarter: (name) => `Q${name.slice(-1)} ${name.slice(0, 4)}`,
  dropStage: (entered, passedBy) =>
    `Hardly used: ${entered} deals were in it, ${passedBy} went past. It can be dropped.`,
  mergeStage: (share, into, median) =>
    `Nearly all leave within ${median}, ${share} for “${into}”: two names for one thing. They can be merged.`,
  splitStage: (q1, q3, share) =>
    `A quarter leaves within ${q1}, another waits longer than ${q3}; ${share} of the funnel’s time passes here. Consider splitting it.`,
  sellers: (people, best, conversion) =>
    `Sellers: ${people}. ${best} closes best: ${conversion} of decided deals are won.`,
  sellersPlain: (people, open) => `Sellers: ${people}, ${open} open. Too few deals are decided to compare.`,
  overloaded: (name, share) =>
    `${name}: ${share} of the week’s working time is planned. Hand some deals over.`,
  habits: {
    firstResponse: 'first response',
    timeInStage: 'time in the stages',
    touches: 'touches a deal',
    stepInTime: 'steps in time',
    nextStep: 'a next step in the plan',
    lossReason: 'reasons of losses',
    pace: 'time to the win',
  },
  bestHabit: {
    firstResponse: (best, rest) =>
      `The best take up a new deal within ${best}, the others within ${rest} (medians).`,
    timeInStage: (best, rest, stage) =>
      `In “${stage}” a deal of the best stays ${best}, one of the others ${rest} (medians).`,
    touches: (best, rest) => `Things done with a closed deal: ${best} by the best, ${rest} by the others.`,
    stepInTime: (best, rest, step) =>
      `“${step}” is done in time by the best in ${best} of cases, by the others in ${rest}.`,
    nextStep: (best, rest) =>
      `A next step is planned in ${best} of the best sellers’ open deals, in ${rest} of the others’.`,
    lossReason: (best, rest) => `The best give a reason for ${best} of their losses, the others for ${rest}.`,
    pace: (best, rest) =>
      `The best bring a deal to the win within ${best}, the others within ${rest} (medians).`,
  },
  habitsAlike: (habits) => `The best and the others do not clearly differ in: ${habits}.`,
  habitsUnknown: (habits) => `Too few data yet to compare: ${habits}.`,
  habitsLater: 'What the best do otherwise is being counted: open the page again in a minute.',
  tooFewSellers:
    'To compare the best with the others, at least three sellers with 30 closed deals each are needed.',
  handOverTo: (name, load) => `Most room has ${name}: ${load} of the week’s working time is planned.`,
  handOver: (name, from, to, all) =>
    `${name} is away from ${from} to ${to}: ${all} open. Hand them over before.`,
  forecast: (month, all, money, range) =>
    `By the end of the month (${month}) the open deals should bring about ${money} (95%: ${range}): ${all}.`,
  forecastAdvice: (stage, missing, by) =>
    `To meet the target ${missing} more deals must come to “${stage}” by ${by}.`,
  targetLate:
    'New deals come too late for this target: only those in work can meet it, or it moves to the next month.',
  targetMet: 'The open deals are enough for the target.',
  clients: (share, range) => `${share} of clients buy again within a year (95%: ${range}).`,
  clientsAdvice: (from, to, lift, count) =>
    `Who bought “${from}” takes “${to}” ${lift} times as often. Not offered yet to ${count} clients.`,
  losses: (all, money, reason, share) => `Lost: ${all} worth ${money}. Most often: ${reason} (${share}).`,
  lossesUnnamed: (all, money, share, named) =>
    `Lost: ${all} worth ${money}. ${share} have no reason${named === null ? '' : `; the most frequent named one is “${named}”`}.`,
  noLosses: 'No deal was lost in this period.',
  lossesAdvice: 'Half of the losses or more have no reason: ask sellers to name it when they close.',
  diagnosis: (cycle, open, money) =>
    `Half of the deals are closed within ${cycle}, those still open counted. ${open} worth ${money} are open now.`,
  diagnosisNoCycle: (open, money) =>
    `Less than half of the deals are closed. ${open} worth ${money} are open now.`,
  zombies: (all, money) =>
    `${all} worth ${money} look dead: no event for 45 days, or an age at which deals hardly ever moved.`,
  noZombies: 'No deal looks dead.',
  zombiesAdvice:
    'Start with the zombies: call each once more or close it with a reason. The forecast becomes honest, and the time goes to the living ones.',
  planWould: (stage, money, range) =>
    `A plan for “${stage}” with the conversion of the best quarter would have brought about ${money} (95%: ${range}) in a year.`,
  planWouldUnknown: 'What a plan would bring will show once two quarters have 30 decided deals each.',
  notLearned: 'The history is still being copied, or is too small.',
};
