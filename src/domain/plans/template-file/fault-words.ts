import type { Language } from '../template.types.js';
import type { TemplateFaultCode } from '../template-fault.js';
import type { TextFaultCode } from './file-text.js';
import { faultWordsEn } from './fault-words.en.js';
import { faultWordsRu } from './fault-words.ru.js';
import type { PortableFaultCode } from './portable-body.js';
import type { SchemaFaultCode } from './schema-faults.js';

export type FaultCode = TemplateFaultCode | SchemaFaultCode | TextFaultCode | PortableFaultCode;
export type FaultParams = Readonly<Record<string, string | number>>;
/** A sentence for every code. */
export type FaultWords = Readonly<Record<FaultCode, (params: FaultParams) => string>>;

export interface DescribedFault {
  readonly path: string;
  readonly code: FaultCode;
  readonly params: FaultParams;
}

const WORDS: Readonly<Record<Language, FaultWords>> = { ru: faultWordsRu, en: faultWordsEn };

/** One plain sentence about what is wrong with a template or its file, for whoever has to mend it. */
export function describeFault(fault: DescribedFault, language: Language): string {
  return WORDS[language][fault.code](fault.params);
}
