import { Injectable } from '@nestjs/common';
import type { Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { PlanAccess } from './plan-access.service.js';

/** Templates are written by administrators and read by heads; a seller sees the plan of the own deals only. */
@Injectable()
export class TemplateAccess {
  constructor(
    private readonly structures: CompanyStructures,
    private readonly access: PlanAccess,
  ) {}

  writer(person: SessionClaims): void {
    if (person.admin) return;
    throw new ApiError(403, 'admin-only', {
      ru: 'Шаблоны меняет только администратор CRM.',
      en: 'Only an administrator of the CRM may change templates.',
    });
  }

  /** Whose deals the person may see; throws for who neither administers nor leads. */
  async reader(person: SessionClaims): Promise<Reach> {
    if (!person.admin) {
      const { departments } = await this.structures.of(person.accountId);
      if (!departments.some((department) => department.headId === person.userId)) throw headsOnly();
    }
    return this.access.reach(person);
  }
}

/** For queries: null when everything is in reach. */
export function ownersIn(reach: Reach): readonly string[] | null {
  return reach.kind === 'all' ? null : [...reach.userIds];
}

function headsOnly(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Шаблоны смотрят руководители отделов и администратор CRM.',
    en: 'Templates are shown to heads of departments and to administrators of the CRM.',
  });
}
