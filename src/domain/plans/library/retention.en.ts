import type { Edition } from './edition.js';

export const retentionEn: Edition = {
  language: 'en',
  name: 'Care after the sale',
  description:
    'Two months after the payment: a call to hear that all is well, a referral, and the next purchase. Begins by itself when a deal is won.',
  stages: {
    care: { name: 'Care', meaning: 'The client has just bought, we check that all is well' },
    referral: { name: 'Referral', meaning: 'The client uses the purchase and may recommend us' },
    repeat: { name: 'Repeat purchase', meaning: 'The time is near when they may need it again' },
  },
  steps: {
    'how-is-it': {
      title: 'Call and ask whether all is well',
      goal: 'Hear of trouble before others do.',
      say: '“I am not calling to sell. It has been a week: did it turn out the way you wanted? What could be better?”',
      done: 'The client answered honestly. If you could not reach them, log the try.',
      ask: 'Is the client satisfied?',
      choices: { pleased: 'Satisfied', mixed: 'Not with everything', unhappy: 'Not satisfied' },
      exhausted: 'Called three times after the purchase, no answer',
    },
    'put-right': {
      title: 'Put right what upset the client',
      goal: 'Let the client remember how we put it right, not the mistake.',
      say: '“Thank you for telling me. This is what we will do, and by what day. If that is not enough, please say so.”',
      done: 'The client knows what will be done and when, and agrees.',
      ask: 'What upset them, and what do we do?',
    },
    'is-it-right': {
      title: 'Find out whether it is put right',
      goal: 'The matter is closed when the client says so.',
      say: '“I promised to come back: this is what we did. Is everything all right now?”',
      done: 'The client said whether it is solved.',
      ask: 'Is it solved?',
      choices: { solved: 'Solved', notYet: 'Not yet' },
    },
    results: {
      title: 'Find out what the client got out of the purchase',
      goal: 'Let the client name the benefit.',
      say: '“It has been a month. What became easier? How much time or money does it save? May we tell others about it?”',
      done: 'The benefit is written down in the client’s words, best with a figure.',
      ask: 'What got better for the client?',
    },
    recommend: {
      title: 'Ask for a referral',
      goal: 'Get the name of somebody else we can help.',
      say: '“Who else among the people you know could use this? Would you introduce us? I will say that it is from you, and I will not be a nuisance.”',
      done: 'The client named somebody, promised to do it later, or refused.',
      ask: 'What came of it?',
      choices: { gave: 'Named somebody', later: 'Promised for later', no: 'Refused' },
    },
    referred: {
      title: 'Contact the person the client recommended',
      goal: 'Do not let down those who vouched for us.',
      say: '“Hello! I have your number from… We helped them with this. Do you have such a task?” Then thank the client and tell them how it went.',
      done: 'You have talked, there is a deal for the new client, and the client was thanked.',
      ask: 'Who was it, and how did the talk end?',
    },
    'next-need': {
      title: 'Find out when they will need it again',
      goal: 'Be there before the client begins to look around.',
      say: '“About now the next order is usually due. When will you need it? What, and how much of it?”',
      done: 'The client answered. If you could not reach them, log the try.',
      ask: 'Will they need it again?',
      choices: { soon: 'Yes, soon', later: 'Yes, but later', no: 'Not for now' },
      exhausted: 'Called three times about the next purchase, no answer',
    },
    'repeat-offer': {
      title: 'Make an offer for a returning client',
      goal: 'Coming back to us should be easier than looking for others.',
      say: '“These are our terms for regular clients. Everything is prepared, you only have to confirm. Shall we plan the same week?”',
      done: 'The client has the offer, and there is a deal for the new sale.',
      ask: 'Link to the offer',
    },
    'next-date': {
      title: 'Note the day of the next talk',
      goal: 'Return to the client on time, not when we happen to remember.',
      say: '“All right, I will get back to you that month. Which day suits you? I will send nothing until then.”',
      done: 'The day is in the deal or in your calendar.',
      ask: 'When do we return to the client?',
    },
  },
};
