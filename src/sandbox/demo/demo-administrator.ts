import {
  type DemoInstallation,
  type DemoOptions,
  type DemoPlan,
  type InstallAnswer,
  REQUEST_TIMEOUT_MS,
  Visit,
} from './demo-visit.js';
import { AdministratorDesk, DemoError } from './frame-visit.js';

export type { DemoInstallation, DemoOptions, DemoPlan } from './demo-visit.js';

/** Plans of the generated company: the long funnel and the short one. */
export const DEMO_PLANS: readonly DemoPlan[] = [
  { pipelineId: 0, templateKey: 'b2b-twelve-status' },
  { pipelineId: 1, templateKey: 'transactional' },
];

/** Plans of the imported data set, whose only pipeline is short. */
export const IMPORT_PLANS: readonly DemoPlan[] = [{ pipelineId: 0, templateKey: 'transactional' }];

/**
 * Does over HTTP what the administrator of the demo company would do in the browser: opens the installer in the
 * portal's page, runs the installation, finishes it in the portal, and switches plans on when the deals are copied.
 * May be repeated at any time: what is done is left alone, what was broken off is done again.
 *
 * @param portalUrl origin of the portal, @param appUrl origin of the application.
 * @throws DemoError when the application or the portal answers what cannot be understood, or refuses.
 */
export async function installDemo(
  portalUrl: string,
  appUrl: string,
  options: DemoOptions,
): Promise<DemoInstallation> {
  const desk = new AdministratorDesk(portalUrl, REQUEST_TIMEOUT_MS);
  const application = (await desk.applications()).find(
    (one) => options.applicationId === undefined || one.id === options.applicationId,
  );
  if (application === undefined) throw new DemoError('the portal has no such application');
  const visit = new Visit(
    { open: () => desk.open(application.id), pipelineNames: () => desk.pipelineNames() },
    appUrl,
    options,
    'the demo portal',
  );
  if (application.state === 'installed') return { outcome: 'kept', planned: visit.plan() };
  const boot = await visit.open();
  if (boot.screen !== 'install') throw new DemoError(`the installer opened the screen "${boot.screen}"`);
  const answer = await visit.call<InstallAnswer>('POST', '/api/install', {});
  if (answer.state === 'failed') {
    throw new DemoError(`the installation failed: ${answer.account?.problem ?? 'no reason given'}`);
  }
  await desk.finish(application.id);
  await visit.call('POST', '/api/install/finished', {});
  options.log?.(`${application.title} is installed in the demo portal`);
  return { outcome: 'installed', planned: visit.plan() };
}
