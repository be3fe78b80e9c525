import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { MirrorReads } from '../../mirror/index.js';
import { adminOnly, headsOnly } from './company.texts.js';

/** Administrators change the company's settings, heads of departments read them, checked here for every call. */
@Injectable()
export class CompanyAccess {
  constructor(private readonly mirror: MirrorReads) {}

  async mayRead(person: SessionClaims): Promise<void> {
    if (person.admin) return;
    const departments = await this.mirror.departments(person.accountId);
    if (!departments.some((department) => department.headId === person.userId)) throw headsOnly();
  }

  mayChange(person: SessionClaims): void {
    if (!person.admin) throw adminOnly();
  }
}
