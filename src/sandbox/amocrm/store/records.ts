import type { CustomFieldValue } from './custom-fields.js';

/** Records beside leads: whatever has a name, an owner and times. Instants are whole epoch seconds. */
export interface CompanyRecord {
  readonly id: number;
  name: string;
  ownerId: number;
  created: number;
  updated: number;
  /** Absent: none was ever filled in. */
  fields?: readonly CustomFieldValue[] | null;
}

export interface Contact extends CompanyRecord {
  firstName: string;
  lastName: string;
  companyId: number;
}

export type NoteEntity = 'leads' | 'contacts' | 'companies';

export interface Note {
  readonly id: number;
  readonly entity: NoteEntity;
  readonly entityId: number;
  readonly type: string;
  params: Readonly<Record<string, unknown>>;
  readonly ownerId: number;
  readonly createdBy: number;
  readonly created: number;
  updated: number;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
  readonly color: string | null;
}

/** An incoming lead that nobody accepted yet. */
export interface Unsorted {
  readonly uid: string;
  readonly category: 'forms' | 'sip' | 'mail' | 'chats';
  readonly sourceName: string;
  readonly leadId: number;
  readonly contactId: number;
  readonly created: number;
}

export interface LossReason {
  readonly id: number;
  readonly name: string;
}

export function lossReasons(language: 'ru' | 'en'): readonly LossReason[] {
  const names =
    language === 'ru'
      ? ['Дорого', 'Выбрали другого поставщика', 'Пропала потребность', 'Не отвечает', 'Не наш клиент']
      : ['Too expensive', 'Chose another vendor', 'No longer needed', 'Does not answer', 'Not our client'];
  return names.map((name, index) => ({ id: 4_500_001 + index, name }));
}
