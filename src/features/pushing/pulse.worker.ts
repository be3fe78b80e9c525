import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { pulseTouched, type DealsTouched } from '../../contract/jobs.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { PulseRepository } from './pulse.repository.js';

/** Keeps the pulses up with the deals and their plans. */
@Injectable()
export class PulseWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly pulses: PulseRepository,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(pulseTouched, (touched) => this.refresh(touched));
  }

  private async refresh({ accountId, dealIds }: DealsTouched): Promise<void> {
    const rules = await this.company?.of(accountId);
    await this.pulses.refresh(accountId, dealIds, rules?.fieldMap.clientDate ?? null);
  }
}
