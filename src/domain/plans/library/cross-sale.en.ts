import type { Edition } from './edition.js';

export const crossSaleEn: Edition = {
  language: 'en',
  name: 'Selling a second product',
  description:
    'A plan after the sale: what similar clients also use, what this one is missing, one offer that fits, a small trial and a clear answer.',
  stages: {
    profile: {
      name: 'Learning about the client',
      meaning: 'The client bought one thing, we find out what else they need',
    },
    'second-offer': {
      name: 'Offer of a second product',
      meaning: 'We know how else we can help and are offering it',
    },
  },
  steps: {
    alike: {
      title: 'See what similar clients buy',
      goal: 'Choose the one product that this client most likely needs too.',
      say: 'Find three similar companies among our clients: trade, size, what they bought first and second. Ask your colleagues.',
      done: 'One product is chosen, and it is clear why it fits.',
      ask: 'What do we offer, and why?',
    },
    'also-use': {
      title: 'Ask how the client manages the task next to it',
      goal: 'Find out whether there is a need, without pressing.',
      say: '“How do you like the purchase? By the way, how do you do this now? What is inconvenient about it? Others often take the two together.”',
      done: 'The client told you how they manage. If you could not reach them, log the try.',
      ask: 'Does the client need it?',
      choices: {
        need: 'They do, and have no solution',
        elsewhere: 'They buy it elsewhere',
        noNeed: 'They do not',
      },
      exhausted: 'Called three times about the second product, no answer',
    },
    elsewhere: {
      title: 'Find out what the client buys elsewhere',
      goal: 'Understand how we can be better for them.',
      say: '“What do you like about them? What would you like to be different? Until when is your contract? What would be easier to get from one supplier?”',
      done: 'Supplier, terms and the end of the contract are written down.',
      ask: 'Who supplies it, on what terms, and until when?',
    },
    expert: {
      title: 'Tell the seller how the product helps this client',
      goal: 'The offer speaks of the client’s task, not of features.',
      say: 'Read what the client told us. Give the seller one main benefit, one case with a figure, and one frequent question with its answer.',
      done: 'The seller knows what to say and what to show.',
      ask: 'What matters most to this client?',
    },
    'second-offer': {
      title: 'Send the offer for the second product',
      goal: 'One offer, for one task, at a price for a client of ours.',
      say: '“You said that this is inconvenient. This is how we solve it, and this is the price for our clients. You can begin small.”',
      done: 'The client has the offer, and you agreed when to discuss it.',
      ask: 'Link to the offer',
    },
    pilot: {
      title: 'Suggest a small trial',
      goal: 'Take away the risk: let the client see the benefit on one task.',
      say: '“Let us try it in one department or on one order. In two weeks you decide whether to go on.”',
      done: 'The trial is set, or the client said that they need none.',
      ask: 'What trial did you agree on?',
    },
    'second-answer': {
      title: 'Get an answer about the second product',
      goal: 'A clear yes, later, or no.',
      say: '“What did you decide? If yes, I prepare it. If later, when shall I come back to you? If no, what did not fit?”',
      done: 'The client answered. If you could not reach them, log the try.',
      ask: 'What did the client say?',
      choices: { buys: 'They buy', later: 'Later', declines: 'Not needed' },
      exhausted: 'Asked three times about the second product, no answer',
    },
    'second-deal': {
      title: 'Create a deal for the second product',
      goal: 'The new sale follows a plan of its own.',
      say: 'Create the deal, note the product, the sum and the day that the client named. If they buy later, set the day to return.',
      done: 'The new deal is there, on the right stage.',
      ask: 'Which deal was created?',
    },
  },
};
