import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { screenStates, type ScreenState } from './screens.js';

/** A place that a person reaches by pressing something on a screen: another page of it, a form, a drawer. */
export interface Walk {
  readonly name: string;
  /** The state that it begins in. */
  readonly from: ScreenState;
  /** What is pressed, one after the other: selectors, the first that fits. */
  readonly presses: readonly string[];
  /** What is there in the end. */
  readonly there: string;
  /** It lies over the screen: Esc closes it, and the focus is where it was. */
  readonly over?: boolean;
}

const INSIGHT = [
  'funnel',
  'stuck',
  'weakest',
  'stages',
  'conversion',
  'sellers',
  'forecast',
  'clients',
  'losses',
];
const COMPANY = ['time', 'absences', 'people', 'fields', 'products', 'reasons'];

function walk(
  name: string,
  from: string,
  presses: readonly string[],
  more: Pick<Walk, 'there' | 'over'>,
): Walk {
  const state = screenStates.find((one) => one.name === from);
  if (!state) throw new Error(`there is no state ${from}`);
  return { name, from: answering(state), presses, ...more };
}

/** What a dialog asks for when it opens is there. */
function answering(state: ScreenState): ScreenState {
  const change: ScreenState['change'] = (scene, language, now) => {
    state.change?.(scene, language, now);
    const choices = { reasons: [], people: [] };
    scene.routes = { 'GET /api/plan/:deal/choices': () => choices, ...scene.routes };
  };
  return { ...state, change };
}

/** A press on the place's own place in a row of tabs. */
const nth = (selector: string, index: number): string => `${selector} >> nth=${index}`;

const insight = (page: string): string => nth('.in-page', INSIGHT.indexOf(page));

const AS_TABLE = '.in-figure-head button >> nth=0';

export const walks: readonly Walk[] = [
  ...INSIGHT.slice(1).map((page) =>
    walk(`insight-${page}`, 'insight', [insight(page)], {
      there: `${insight(page)} >> xpath=self::*[@aria-current="page"]`,
    }),
  ),
  ...['funnel', 'weakest', 'stages', 'sellers'].map((page) =>
    walk(`insight-${page}-table`, 'insight', [insight(page), AS_TABLE], { there: '.in-table' }),
  ),
  walk('insight-filters', 'insight', ['.in-head button'], { there: '#in-filters select' }),
  walk('insight-deals', 'insight', ['.in-drill'], { there: '.in-deal', over: true }),
  ...COMPANY.slice(1).map((tab, index) =>
    walk(`company-${tab}`, 'company', [nth('[role=tab]', index + 1)], { there: '.co-panel .co-block' }),
  ),
  walk('plan-skip', 'plan', ['.now .actions .button >> nth=1'], { there: 'dialog .input', over: true }),
  walk('plan-details', 'plan', ['.now summary', '.stage:not([open]) > summary'], { there: '.now [open]' }),
  walk('home-week', 'home', ['.day-look >> nth=1'], { there: 'table' }),
  walk('home-not-done', 'home', ['.item [aria-expanded] >> nth=0'], { there: '.item-form:visible' }),
  walk('home-move', 'home', ['.item [aria-expanded] >> nth=1'], { there: '.item [aria-expanded=true]' }),
  walk('panel-filters', 'panel', ['.filters-more:visible, .filters select'], { there: '.panel-row' }),
  walk('panel-picked', 'panel', ['.panel-row [type=checkbox]'], { there: '.panel-row-picked' }),
  walk('panel-drawer', 'panel', ['.row-open'], { there: '.drawer .step, .drawer li', over: true }),
  walk('panel-board', 'panel', ['.panel-looks button >> nth=1'], { there: '.deal-card' }),
  walk('book-write', 'book', ['.book-head button >> nth=0'], { there: '.book-form' }),
  walk('book-follow', 'book', ['.book-head button >> nth=1'], { there: '[aria-expanded=true]' }),
  walk('rules-edit', 'rules', ['.rule-actions button'], { there: '.rule form' }),
  walk('rules-dry-run', 'rules', ['.rule [role=switch]'], { there: 'dialog li, dialog p', over: true }),
  walk('reasons-deals', 'reasons', ['.rs-drill'], { there: 'dialog li', over: true }),
  walk('templates-new', 'templates', ['.head .button'], { there: '[aria-expanded=true]' }),
  walk('templates-editor', 'templates', ['.tpl-card .actions button'], { there: '.tpl-step' }),
  walk('templates-step', 'templates', ['.tpl-card .actions button', '.tpl-step'], { there: '.tpl-panel' }),
  walk(
    'templates-trial',
    'templates',
    ['.tpl-card .actions button', '.tpl-head-tools [class="button tpl-small"]:last-of-type'],
    { there: 'dialog .input', over: true },
  ),
];

/** Goes there, as a person would who presses one thing after the other. */
export async function reach(frame: Frame, { presses, there }: Walk): Promise<void> {
  for (const press of presses) await frame.locator(press).filter({ visible: true }).first().click();
  await frame.locator(there).first().waitFor();
  // What is being counted anew is dimmed meanwhile, and comes back by a transition.
  await until(() => frame.evaluate<boolean>(AT_REST), { what: 'the screen to be at rest' });
}

const AT_REST = `!document.querySelector('[aria-busy="true"]') && document.getAnimations().every((one) => one.playState !== 'running')`;

/** What has the keyboard, told so that it can be found again. */
export const focused = (frame: Frame): Promise<string> =>
  frame.evaluate<string>(
    `document.activeElement.tagName + ' ' + document.activeElement.className + ' ' + document.activeElement.textContent.trim().slice(0, 40)`,
  );
