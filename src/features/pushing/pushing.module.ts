import { Module } from '@nestjs/common';
import { PulseRepository } from './pulse.repository.js';
import { PulseWorker } from './pulse.worker.js';

/** Control: what is done, what is not and why, every day. */
@Module({
  providers: [PulseRepository, PulseWorker],
})
export class PushingModule {}
