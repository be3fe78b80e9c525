export type TaskEntity = 'leads' | 'contacts' | 'companies' | 'customers';

/** A task as the account stores it. Instants are whole epoch seconds. */
export interface Task {
  readonly id: number;
  text: string;
  ownerId: number;
  createdBy: number;
  updatedBy: number;
  created: number;
  updated: number;
  entityId: number;
  entity: TaskEntity | null;
  typeId: number;
  /** Seconds. */
  duration: number;
  completeTill: number;
  completed: boolean;
  completedAt: number;
  result: string | null;
}

export interface TaskType {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
}

/** The two types every account has, and one of the account's own. */
export function taskTypes(language: 'ru' | 'en'): readonly TaskType[] {
  const names =
    language === 'ru' ? ['Связаться', 'Встреча', 'Демонстрация'] : ['Follow-up', 'Meeting', 'Demo'];
  return [
    { id: 1, name: names[0] ?? '', code: 'FOLLOW_UP' },
    { id: 2, name: names[1] ?? '', code: 'MEETING' },
    { id: 2_340_001, name: names[2] ?? '', code: null },
  ];
}
