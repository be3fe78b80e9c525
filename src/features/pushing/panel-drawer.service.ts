import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures } from '../../mirror/index.js';
import { PanelPushes, pushStateView } from './panel-pushes.service.js';
import { PanelReads } from './panel-reads.service.js';
import { dealNotThere } from './panel-refusal.texts.js';
import { PanelStory } from './panel-story.service.js';
import type { PanelDrawerView } from './panel.view.js';

/** One deal seen closely. */
@Injectable()
export class PanelDrawer {
  constructor(
    private readonly reads: PanelReads,
    private readonly structures: CompanyStructures,
    private readonly pushes: PanelPushes,
    private readonly story: PanelStory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws 404 for a deal that is closed, unknown or beyond the person's reach: nobody learns which. */
  async of(person: SessionClaims, dealId: string): Promise<PanelDrawerView> {
    const [row] = await this.reads.some(person, [dealId]);
    if (!row) throw dealNotThere();
    const structure = await this.structures.of(person.accountId);
    const names = new Map(structure.users.map((user) => [user.id, user.name]));
    const nameOf = (userId: string | null): string | null =>
      userId === null ? null : (names.get(userId) ?? userId);
    const pushes = await this.pushes.allOf(person.accountId, dealId);
    const now = this.clock.now();
    return {
      row,
      events: await this.story.of(person, dealId, { structure, nameOf, pushes }),
      pushes: pushes.map((push) => pushStateView(push, now, nameOf)),
    };
  }
}
