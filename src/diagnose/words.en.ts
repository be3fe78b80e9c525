import type { Words } from './words.js';

const ROLES = {
  case: 'the deal',
  stage: 'the stage',
  at: 'the time of the change',
  start: 'the beginning',
  close: 'the closing',
  ended: 'whether it is closed',
  owner: 'the owner',
  amount: 'the amount',
  product: 'the product',
} as const;
const OPTIONS = { case: '--case', stage: '--stage', at: '--at' } as const;

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 30).map((name) => `"${name}"`);
  return shown.join(', ') + (names.length > shown.length ? ' …' : '');
}

export const EN: Words = {
  noFile: (path) => `There is no file ${path}.`,
  emptyFile: (path) => `${path} has no rows: a table with a header and at least one row is needed.`,
  isSpreadsheet: (path) =>
    `${path} is a workbook or a zip archive. Save the sheet as CSV and give that file.`,
  brokenArchive: (path) => `${path} is a gzip archive that breaks off. Export it once more.`,
  brokenTable: (line) =>
    `The table cannot be read from line ${line} on: a quotation mark was opened and not closed. Mend that line, or export the file once more.`,
  missingColumns: (roles, header) => {
    const options = roles.map((role) => (role in OPTIONS ? OPTIONS[role as keyof typeof OPTIONS] : ''));
    return `No column was recognised for ${roles.map((role) => ROLES[role]).join(', ')}. Name it with ${options.join(', ')}. The file has: ${listed(header)}.`;
  },
  noSuchColumn: (role, name, header) =>
    `There is no column "${name}" for ${ROLES[role]}. The file has: ${listed(header)}.`,
  noSuchStage: (name, stages) => `There is no stage "${name}". The file has: ${listed(stages)}.`,
  tooManyStages: (count, column) =>
    `The column "${column}" has ${count.toLocaleString('en')} different values, so it can hardly be the stage. Name the right one with --stage.`,
  tooManyBadRows: (bad, rows, first) =>
    `${bad.toLocaleString('en')} of ${rows.toLocaleString('en')} rows cannot be read, more than 5 %, so the diagnosis would not be worth much. The first of them:\n${first.map((row) => EN.badRow(row)).join('\n')}`,
  nothingBefore: (day) => `Nothing in the file happened before ${day}: choose a later --as-of.`,
  cannotWrite: (path, why) => `${path} cannot be written: ${why}.`,
  emptyCell: (role) => `${ROLES[role]} is missing`,
  longCell: (role) => `${ROLES[role]} is longer than any name`,
  unreadableDate: (text) => `"${text.slice(0, 60)}" is not a date that we can read`,
  dealTwice: (deal) =>
    `the deal "${deal.slice(0, 60)}" is in the file already; if rows are changes of stage, name their time with --at`,
  closedBeforeStart: () => 'the deal is closed before it begins',
  closedWithoutStart: () => 'the deal has a closing date and no beginning',
  noDates: () => 'No deal in the file has a date.',
  badRow: ({ line, why }) => `  line ${line}: ${why}`,
  moreBadRows: (count) => `  and ${count.toLocaleString('en')} more`,

  locale: 'en',
  anyOpenStage: 'In work',
  title: (asOf) => `Diagnosis of the funnel as of ${asOf}`,
  roles: {
    case: 'deal',
    stage: 'stage',
    at: 'time of the change',
    start: 'beginning',
    close: 'closing',
    ended: 'whether closed',
    owner: 'owner',
    amount: 'amount',
    product: 'product',
  },
  workingDays: (count) => plural(count, 'working day', 'working days'),
  spoken: {
    never: 'not reached',
    belowMinute: 'less than a minute',
    minutes: (count) => plural(count, 'minute', 'minutes'),
    hours: (count) => plural(count, 'hour', 'hours'),
    days: (count) => plural(count, 'day', 'days'),
  },
  short: {
    never: '–',
    belowMinute: '<1 min',
    minutes: (count) => `${count} min`,
    hours: (count) => `${count} h`,
    days: (count) => `${count.toLocaleString('en')} d`,
  },
  deals: (count) => plural(count, 'deal', 'deals'),
  range: (low, high) => `${low} to ${high}`,
  quarter: (name) => name.replace('-', ' '),
  halfClosed: (time) => `Half of the deals are closed within ${time}.`,
  notHalfClosed: () => 'Fewer than half of the deals have been closed so far.',
  usualReport: (time) =>
    `A report on closed deals alone would say ${time}: it leaves out exactly those that are still open.`,
  openNow: (deals, amount) => `Open now: ${deals}${amount === null ? '' : `, worth ${amount}`}.`,
  stuckNow: (count, share, amount) =>
    `Stuck: ${count} of them (${share})${amount === null ? '' : `, worth ${amount}`}.`,
  deadNow: (count) => `Dead, by the look of it: ${count}. Hardly any deal of that age has ever moved on.`,
  noneStuck: () => 'None of them is stuck.',
  weakest: 'The weakest stage',
  costsMost: (stage) => `"${stage}" costs most.`,
  wouldHaveWon: (more, range, money, moneyRange) =>
    `At its own best it would have brought ${more} more won deals (95 %: ${range})${money === null ? '' : `, or ${money} (${moneyRange ?? ''})`}.`,
  conversionThen: (best, quarter, now, from, to) =>
    `Of the deals that came in ${quarter}, ${best} went on; of those of ${from === to ? from : `${from} to ${to}`}, ${now}.`,
  bestIsOptimistic:
    'The best of several quarters is partly luck, so take the figure for what is possible, not for a promise.',
  noLeak: 'No stage converts clearly worse than in its own best quarter.',
  tooFewForLeak:
    'Too few deals have been decided to compare quarters (30 in each of two are needed), so no stage is named.',
  slowest: (stage, half, faster) =>
    `Most of the waiting is in "${stage}": half of the deals leave it within ${half}. Were it 20 % faster, half of them would go on ${faster} sooner.`,
  funnel: 'The funnel',
  funnelNote:
    'How many deals were in the stage, and which share of the decided ones came to a later one. Pale: those that stand there now.',
  cameHere: (all, advanced) => (advanced === null ? all : `${all}, ${advanced} went on`),
  timesNote: 'The bar runs from a quarter to three quarters left, the line is the half.',
  stages: 'Time in each stage',
  stageHead: [
    'Stage',
    'visits',
    'open',
    '1/4 left',
    '1/2 left',
    '(95 %)',
    '3/4 left',
    'went on',
    'stuck from',
  ],
  wonMark: '(won)',
  lostMark: '(lost)',
  tooFew: 'too few',
  stagesNote:
    'Time by which a quarter, a half and three quarters of the visits ended; deals still there count as lasting at least so long. "Went on": share of the decided deals that came to a later stage.',
  stuck: 'Stuck deals',
  stuckHead: ['Deal', 'Stage', 'Owner', 'Amount', 'stands', 'why'],
  stuckRule: () =>
    'A deal is stuck when deals of its age in its stage seldom move on soon: the chance is below 50 %, or below half of a fresh deal’s where even fresh ones are slow. Stages with fewer than 30 finished visits go by 7, 14 or 21 days.',
  andMore: (count) => `… and ${count} more (all of them are in the --json file).`,
  chance: (percent, horizon) => `goes on within ${horizon}: ${percent}`,
  standsLonger: (limit) => `longer than ${limit}`,
  kinds: { noPlan: 'no plan', sellerIdle: 'idle', waitingForClient: 'waiting for the client', dead: 'dead' },
  change: 'What to change first',
  closeDead: (count, amount) =>
    `Decide about the ${count} dead deals${amount === null ? '' : ` (${amount})`}: call each once more or close it with a reason. The forecast without them is the honest one.`,
  pushStuck: (count, stage) =>
    `Give each of the ${count} stuck deals in "${stage}" that are not dead a next step with a date and an owner.`,
  watchStage: (stage, limit) => `In "${stage}", ask about every deal that stands there longer than ${limit}.`,
  raiseConversion: (stage) =>
    `Look at what was done differently in "${stage}" in its best quarter, and write it into the plan as steps.`,
  seldomUsed: (stage, entered, all) => `"${stage}" (${entered} of ${all})`,
  adviseDrop: (stages) => `Few deals ever come to ${stages}. Ask whether each must be a stage of its own.`,
  adviseMerge: (stage, into, share, half) =>
    `Consider one stage instead of "${stage}" and "${into}": half of the deals leave the first within ${half}, and ${share} of them for the second.`,
  adviseSplit: (stage, quick, slow) =>
    `Consider splitting "${stage}": a quarter of the deals are through within ${quick}, another quarter stand longer than ${slow}, and the funnel spends most of its time there. Two stages would show where it really waits.`,
  nothingToChange: 'Nothing stands out. Repeat the diagnosis when there is more history.',
  howCounted: 'How this was counted',
  columnsRead: (pairs) => `Columns: ${pairs}.`,
  readRows: (rows, deals) => `${rows} rows, ${deals}.`,
  skippedRows: (count) => `${count} rows could not be read and were skipped.`,
  endsGuessed: (won, lost) =>
    `Closing stages were guessed: won ${won}; lost ${lost}. If that is wrong, name them with --won and --lost.`,
  endsGiven: (won, lost) => `Closing stages: won ${won}; lost ${lost}.`,
  none: 'none',
  snapshot: (working) =>
    `The file has one row for each deal, not a history. Every deal is taken to have stood in "${working}" from its beginning to its closing.`,
  snapshotMerged: (working) =>
    `The file has one row for each deal, not a history, so the time of single stages is not known. All open stages are shown as one, "${working}". Export the history of stages for more.`,
  undated: (stages) => `Without a date, so counted but not timed: ${stages}.`,
  dayOrderGuessed: (dayFirst) =>
    `Dates such as 01/02/2026 were read with the ${dayFirst ? 'day' : 'month'} first: nothing in the file says which.`,
  zoneNote: (zone) => `Dates without a zone were read in ${zone} (--time-zone).`,
  futureNote: (day) =>
    `The last time in the file lies ahead (${day}): deals are counted as if that day had come. If it is a slip of the pen, give the real one with --as-of.`,
  encodingNote: (encoding) => `The file is not UTF-8; it was read as ${encoding}.`,
  unreadableAmounts: (count) => `${count} amounts could not be read and count as unknown.`,
  honesty: (bulk, sameMinute, imported) =>
    `Not learned from: ${bulk.toLocaleString('en')} stays ended by mass moves, ${sameMinute.toLocaleString('en')} that ended in the minute they began, ${imported.toLocaleString('en')} that began with an import.`,
  skippedStages: (count) => `${count} moves skipped at least one stage.`,
  daysOnly: 'The file has days without times: mass moves and clicks through several stages cannot be told.',
  method:
    'Times are Kaplan–Meier estimates with open deals as censored, chances are Aalen–Johansen estimates; ranges are 95 % intervals; a day is 24 hours.',
};
