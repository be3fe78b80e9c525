import { Global, Module } from '@nestjs/common';
import { MAILS } from '../../contract/mail.js';
import { MailOffController } from './mail-off.controller.js';
import { MailRepository } from './mail.repository.js';
import { MailWorker } from './mail.worker.js';
import { StoredMails } from './mails.service.js';
import { OffLinks } from './off-link.js';

/** Letters to the account's people, for whatever feature writes them. */
@Global()
@Module({
  controllers: [MailOffController],
  providers: [
    MailRepository,
    MailWorker,
    OffLinks,
    StoredMails,
    { provide: MAILS, useExisting: StoredMails },
  ],
  exports: [MAILS],
})
export class MailModule {}
