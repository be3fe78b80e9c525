import type { AppPlace } from '../../contract/links.js';
import type { Letter, LetterSection } from '../../contract/mail.js';
import type { RuleKind } from '../../domain/pushing/rule.types.js';
import { ruleName } from './alert.texts.js';
import type { Language } from './control.texts.js';

export interface AlertLine {
  readonly kind: RuleKind;
  /** The deal or the person that it is about. */
  readonly about: string | null;
  readonly text: string;
  readonly dealId: string | null;
}

type Written = { readonly subject: string; readonly letter: Letter };

/** One alert as a letter. */
export function alertLetter({
  kind,
  about,
  text,
  dealId,
  ruleId,
  language,
}: AlertLine & { readonly ruleId: string; readonly language: Language }): Written {
  const name = ruleName(kind, language);
  const label =
    dealId === null
      ? language === 'ru'
        ? 'Открыть сигналы'
        : 'Open the alerts'
      : language === 'ru'
        ? 'Открыть сделку'
        : 'Open the deal';
  return {
    subject: about === null ? name : `${name}: ${about}`,
    letter: {
      intro: text,
      sections: about === null ? [] : [{ title: null, lines: [{ text: about, ...placeOf(dealId) }] }],
      button: {
        label,
        place: dealId === null ? { kind: 'screen', ...companyPlace(ruleId) } : { kind: 'deal', dealId },
      },
    },
  };
}

/** Everything that could wait, by rule. */
export function digestLetter(lines: readonly AlertLine[], language: Language): Written {
  const ru = language === 'ru';
  return {
    subject: ru ? `Требуют внимания: ${lines.length}` : `Need your attention: ${lines.length}`,
    letter: {
      intro: ru
        ? 'Начните сверху: здесь всё, что накопилось со вчерашнего дня и до сих пор не решено.'
        : 'Start at the top: everything that came up since yesterday and is still open.',
      sections: digestSections(lines, language),
      button: {
        label: ru ? 'Открыть сигналы' : 'Open the alerts',
        place: { kind: 'screen', screen: 'alerts' },
      },
    },
  };
}

/** One section a rule, its deals under it. */
export function digestSections(lines: readonly AlertLine[], language: Language): readonly LetterSection[] {
  return [...Map.groupBy(lines, (line) => line.kind)].map(([kind, own]) => ({
    title: `${ruleName(kind, language)}: ${own.length}`,
    lines: own.map((line) => ({
      text: line.about ?? ruleName(kind, language),
      ...noteOf(line.text, ruleName(kind, language)),
      ...placeOf(line.dealId),
    })),
  }));
}

/** Where an alert that is about no deal is looked at: among the open ones, those of its rule. */
export function companyPlace(ruleId: string): AppPlace {
  return { screen: 'alerts', params: { rule: ruleId } };
}

function placeOf(dealId: string | null): {
  readonly place?: { readonly kind: 'deal'; readonly dealId: string };
} {
  return dealId === null ? {} : { place: { kind: 'deal', dealId } };
}

/** What the section's title says already is not said again under every line. */
function noteOf(text: string, name: string): { readonly note?: string } {
  const note = text.startsWith(`${name}.`) ? text.slice(name.length + 1).trim() : text;
  return note === '' ? {} : { note };
}
