import type { Edition } from './edition.js';

export const fourRetentionEn: Edition = {
  language: 'en',
  name: 'Keeping and growing a client',
  description:
    'The fourth of the four subprocesses of sales, a plan of three months after the sale: is the client satisfied, what is in the way, what else do they need, what do others offer.',
  stages: {
    'first-month': { name: 'First month', meaning: 'The client has begun to use what they bought' },
    regular: { name: 'Keeping in touch', meaning: 'The client works with us, and we stay on their mind' },
    growth: {
      name: 'Growing the client',
      meaning: 'Together with the client we look for what else we can do',
    },
  },
  steps: {
    satisfaction: {
      title: 'Ask whether the client is satisfied',
      goal: 'Learn the truth while everything can still be put right.',
      say: '“It has been two weeks. What went well? What annoys you? If you chose again, would you choose us?”',
      done: 'The client answered. If you could not reach them, log the try.',
      ask: 'Is the client satisfied?',
      choices: { pleased: 'Satisfied', mixed: 'Not with everything', unhappy: 'Not satisfied' },
      exhausted: 'Called three times for their opinion, no answer',
    },
    claim: {
      title: 'Look into what went wrong for the client',
      goal: 'Turn an unhappy client into a loyal one.',
      say: '“Thank you for telling me. Do I understand it right: this happened, and this is what it cost you? By Wednesday I will tell you what we do.”',
      done: 'The complaint is written down, somebody is in charge, the client knows the date.',
      ask: 'What happened, who solves it, and by when?',
    },
    'claim-solved': {
      title: 'Make sure that the client’s problem is solved',
      goal: 'A complaint is closed when the client says so, not when we do.',
      say: '“This is what we did. Is everything all right now? Is there anything left in the way?”',
      done: 'The client said whether it is solved.',
      ask: 'Is it solved?',
      choices: { solved: 'Solved', notYet: 'Not yet' },
    },
    service: {
      title: 'Help the client get more out of the purchase',
      goal: 'The client uses everything they paid for.',
      say: '“I will show you a few tricks that save other clients time. Which colleagues should join?”',
      done: 'The client tried something new and knows where to ask for help.',
    },
    'regular-talk': {
      title: 'Call the client for no reason',
      goal: 'The client remembers us, and we know how they are.',
      say: '“I am not selling anything, I would like to know how you are. What is new? What are your plans? How can we be useful?”',
      done: 'You know the client’s news and named the day of the next call.',
      ask: 'What is new with the client?',
    },
    competitors: {
      title: 'Find out what others offer the client',
      goal: 'See the danger before the client leaves.',
      say: '“Others must be making you offers too. What is interesting about them? What do you miss with us?” Do not argue, do not make excuses.',
      done: 'It is written down who offers what, for how much, and what the client thinks of it.',
      ask: 'Who offers the client what?',
    },
    wishes: {
      title: 'Ask what the client is missing',
      goal: 'Hear the client’s next task and wishes for our product.',
      say: '“What tasks have come up since? What do you do by hand or buy elsewhere? What do you expect from us?”',
      done: 'At least one task is named that we could solve.',
      ask: 'What is the client missing?',
    },
    'wishes-passed': {
      title: 'Answer the client’s wish',
      goal: 'The wish gets an answer and helps the product grow.',
      say: 'Read what the client is missing. Do we have it, shall we make it, or is it not planned? Who else needs it?',
      done: 'The account manager knows what to tell the client.',
      ask: 'What becomes of the wish?',
      choices: { exists: 'We have it', willMake: 'We will make it', willNot: 'Not planned' },
    },
    'new-offer': {
      title: 'Make the client a new offer',
      goal: 'Offer what solves their next task.',
      say: '“You said that you are missing this. Here is how we can help, what it costs and when we can begin.”',
      done: 'The client has the offer, and there is a new deal for it.',
      ask: 'Link to the offer',
    },
    'new-answer': {
      title: 'Get the answer to the new offer',
      goal: 'Get a clear yes, no, or when.',
      say: '“What do you think of the offer? What keeps you from beginning? If not now, when shall I come back to you?”',
      done: 'The client answered. If you could not reach them, log the try.',
      ask: 'What did the client say?',
      choices: { buys: 'They buy', thinks: 'They are thinking', declines: 'Not needed now' },
      exhausted: 'Asked three times about the new offer, no answer',
    },
  },
};
