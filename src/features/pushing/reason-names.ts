import type { ReasonFacts } from '../../contract/company.js';
import type { Language } from './control.texts.js';
import { unnamed } from './reasons.texts.js';

/** What reasons of a report are called: as the account's list has them, else as people wrote them. */
export class ReasonNames {
  private readonly known: ReadonlyMap<string, string>;

  constructor(
    reasons: readonly ReasonFacts[],
    readonly language: Language,
  ) {
    this.known = new Map(reasons.map(({ key, name }) => [`key:${key}`, name]));
  }

  of(id: string, label: string): string {
    if (id === 'none' || id === 'others') return unnamed(id, this.language);
    const own = this.known.get(id) ?? label;
    return own === '' ? (this.language === 'ru' ? 'Прежняя причина' : 'A former reason') : own;
  }
}
