import type { Language, TemplateBody } from '../template.types.js';
import { b2bEighteenSteps } from './b2b-eighteen-steps.js';
import { b2bEighteenStepsEn } from './b2b-eighteen-steps.en.js';
import { b2bEighteenStepsRu } from './b2b-eighteen-steps.ru.js';
import { b2bTwelveStatus } from './b2b-twelve-status.js';
import { b2bTwelveStatusEn } from './b2b-twelve-status.en.js';
import { b2bTwelveStatusRu } from './b2b-twelve-status.ru.js';
import { crossSale } from './cross-sale.js';
import { crossSaleEn } from './cross-sale.en.js';
import { crossSaleRu } from './cross-sale.ru.js';
import { debtControl } from './debt-control.js';
import { debtControlEn } from './debt-control.en.js';
import { debtControlRu } from './debt-control.ru.js';
import { assemble, type Edition, type TemplateOutline } from './edition.js';
import { fourAttraction } from './four-attraction.js';
import { fourAttractionEn } from './four-attraction.en.js';
import { fourAttractionRu } from './four-attraction.ru.js';
import { fourOrderProcessing } from './four-order-processing.js';
import { fourOrderProcessingEn } from './four-order-processing.en.js';
import { fourOrderProcessingRu } from './four-order-processing.ru.js';
import { fourRetention } from './four-retention.js';
import { fourRetentionEn } from './four-retention.en.js';
import { fourRetentionRu } from './four-retention.ru.js';
import { fourSupportClosing } from './four-support-closing.js';
import { fourSupportClosingEn } from './four-support-closing.en.js';
import { fourSupportClosingRu } from './four-support-closing.ru.js';
import { opportunityToDelivery } from './opportunity-to-delivery.js';
import { opportunityToDeliveryEn } from './opportunity-to-delivery.en.js';
import { opportunityToDeliveryRu } from './opportunity-to-delivery.ru.js';
import { retention } from './retention.js';
import { retentionEn } from './retention.en.js';
import { retentionRu } from './retention.ru.js';
import { transactional, transactionalEn, transactionalRu } from './transactional.js';

const bodies: readonly TemplateBody[] = [
  ...inBothLanguages(b2bTwelveStatus, b2bTwelveStatusRu, b2bTwelveStatusEn),
  ...inBothLanguages(transactional, transactionalRu, transactionalEn),
  ...inBothLanguages(opportunityToDelivery, opportunityToDeliveryRu, opportunityToDeliveryEn),
  ...inBothLanguages(b2bEighteenSteps, b2bEighteenStepsRu, b2bEighteenStepsEn),
  ...inBothLanguages(fourAttraction, fourAttractionRu, fourAttractionEn),
  ...inBothLanguages(fourOrderProcessing, fourOrderProcessingRu, fourOrderProcessingEn),
  ...inBothLanguages(fourSupportClosing, fourSupportClosingRu, fourSupportClosingEn),
  ...inBothLanguages(fourRetention, fourRetentionRu, fourRetentionEn),
  ...inBothLanguages(retention, retentionRu, retentionEn),
  ...inBothLanguages(crossSale, crossSaleRu, crossSaleEn),
  ...inBothLanguages(debtControl, debtControlRu, debtControlEn),
];

export interface LibraryEntry {
  readonly key: string;
  readonly language: Language;
  /** `afterSale`: begins when a deal is won, so it is not for a pipeline to choose. */
  readonly purpose: 'sale' | 'afterSale';
  readonly name: string;
  readonly description: string;
  readonly stageCount: number;
  readonly stepCount: number;
}

/** What the library offers, every template in every language. */
export function listLibrary(): readonly LibraryEntry[] {
  return bodies.map(({ key, language, purpose = 'sale', name, description, stages }) => ({
    key,
    language,
    purpose,
    name,
    description,
    stageCount: stages.length,
    stepCount: stages.reduce((count, stage) => count + stage.steps.length, 0),
  }));
}

/** A ready template, valid by `validateTemplate`; null when the library has no such key in that language. */
export function libraryTemplate(key: string, language: Language): TemplateBody | null {
  return bodies.find((body) => body.key === key && body.language === language) ?? null;
}

function inBothLanguages(outline: TemplateOutline, ru: Edition, en: Edition): readonly TemplateBody[] {
  return [assemble(outline, ru, en), assemble(outline, en, ru)];
}
