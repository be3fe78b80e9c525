import type { FaultWords } from './fault-words.js';

const SYNTAX: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'the name of a field in quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is missing after the name of the field',
  CommaExpected: 'a comma is missing between two values',
  CloseBraceExpected: 'a curly bracket is not closed',
  CloseBracketExpected: 'a square bracket is not closed',
  EndOfFileExpected: 'there is more text after the end of the template',
  InvalidCommentToken: 'comments are not allowed in such a file',
  UnexpectedEndOfComment: 'comments are not allowed in such a file',
  UnexpectedEndOfString: 'a quotation mark is not closed',
  InvalidNumberFormat: 'the number is written wrong',
  UnexpectedEndOfNumber: 'the number is written wrong',
  InvalidUnicode: 'the code of a character is wrong',
  InvalidEscapeCharacter: 'the character after the backslash is wrong',
  InvalidCharacter: 'a character that is not allowed in a text',
  InvalidSymbol: 'an unknown word; texts stand in double quotes',
};

export const faultWordsEn: FaultWords = {
  fileTooLarge: ({ size, limit }) => `The file is too large: ${size} kB, at most ${limit} kB are allowed.`,
  syntax: ({ kind }) => `The file is not written right: ${SYNTAX[String(kind)] ?? 'it cannot be read'}.`,
  tooDeep: ({ limit }) => `Nested too deep: at most ${limit} levels are allowed.`,
  tooManyValues: ({ limit }) => `The file holds too many values: at most ${limit} are allowed.`,
  forbiddenName: ({ name }) => `A field may not be called “${name}”.`,
  repeatedName: ({ name }) => `The field “${name}” is written twice: keep one of them.`,
  userLeftOut: () =>
    'This names one of your people, whom no other CRM knows: the file says “responsible for the deal” instead.',
  fieldLeftOut: ({ what }) => `The field “${what}” exists in your CRM only: it was left out of the file.`,
  conditionLeftOut: ({ what }) =>
    `The condition on “${what}” makes sense in your CRM only: it was left out of the file.`,
  missing: ({ name }) => `The field “${name}” is missing.`,
  notAnObject: () => 'A set of fields in curly brackets is expected here.',
  notAList: () => 'A list in square brackets is expected here.',
  notText: () => 'A text in quotes is expected here.',
  notANumber: () => 'A number without quotes is expected here.',
  notABoolean: () => 'Either true or false is expected here.',
  notTextOrNumber: () => 'A text in quotes or a number is expected here.',
  unknownValue: ({ expected }) => `There is no such value. Possible: ${expected}.`,
  unknownField: ({ name }) => `A template has no field “${name}”: check the name or remove it.`,
  empty: () => 'This is empty: fill it in.',
  tooLong: ({ limit }) => `Too long: at most ${limit} characters are allowed.`,
  tooMany: ({ limit }) => `Too many: at most ${limit} are allowed.`,
  outOfRange: ({ from, to, whole }) =>
    `A ${whole === 1 ? 'whole ' : ''}number from ${from} to ${to} is expected here.`,
  badKey: () => 'A key is made of Latin letters, digits and hyphens and begins with a small letter.',
  badTime: () => 'Write the time like 09:30, from 00:00 to 23:59.',
  timeWithoutDays: () => 'A time of day goes with days only: remove it or choose days.',
  badField: ({ value }) => `A deal has no field “${value}”: choose one from the list.`,
  badBound: () => 'A comparison needs a number or a day like 2026-12-31.',
  duplicateKey: ({ key }) => `The key “${key}” is taken: each needs its own.`,
  unknownStep: ({ key }) => `The template has no step with the key “${key}”.`,
  laterStage: ({ key }) =>
    `The step “${key}” is on a later stage: a step can only wait for what comes before it.`,
  cycle: ({ key }) => `Steps wait for each other in a circle (through “${key}”): none of them would begin.`,
  chainTooLong: ({ limit }) => `The chain is too long: at most ${limit} steps can follow one another.`,
  noOpenStage: () => 'The template has no working stage: add at least one.',
  stageKindNotAllowed: () =>
    'A plan after the sale has working stages only: won, lost and paused ones are not needed here.',
  onlyForSale: () => 'Only a template of a sale has this: remove it from a plan after the sale.',
  emptyStage: () => 'This stage has no step: the plan is silent here.',
  guardWithoutRequired: () =>
    'The stage is guarded, but no step on it is required: there is nothing to guard. Mark at least one.',
  duplicateTitle: ({ title }) =>
    `Two steps of this stage are called “${title}”. The seller will confuse them.`,
  noInstruction: () => 'Say what to achieve or what to say: without it the seller has to guess.',
  beforeItsStart: () => 'The deadline lies before the beginning: the step would be due at once.',
  unknownAnswer: ({ key }) =>
    `The condition waits for an answer that the step “${key}” does not offer: it will never hold.`,
  handOverToSelf: () => 'The deal is handed over to whoever has it already: choose somebody else.',
};
