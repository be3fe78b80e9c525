import { AccountDesk } from './account-desk.js';
import {
  CALL_PATIENCE_MS,
  type DemoInstallation,
  type DemoOptions,
  patiently,
  REQUEST_TIMEOUT_MS,
  Visit,
} from './demo-visit.js';
import { DemoError } from './frame-visit.js';

const WHERE = 'the demo account';

/**
 * The same in an account that hosts widgets: installs the uploaded widget, by which the account's own server brings the
 * application its code, waits until the application knows the account, and switches plans on when the deals are copied.
 * May be repeated at any time, as {@link installDemo} may.
 *
 * @param accountUrl origin of the account, @param appUrl origin of the application.
 * @throws DemoError when the application or the account answers what cannot be understood, or refuses.
 */
export async function installDemoWidget(
  accountUrl: string,
  appUrl: string,
  options: DemoOptions,
): Promise<DemoInstallation> {
  const desk = new AccountDesk(accountUrl, appUrl, REQUEST_TIMEOUT_MS);
  const integration = await desk.choose(options.applicationId);
  const visit = new Visit(desk, appUrl, options, WHERE);
  if (integration.state === 'installed' && (await isKnown(desk))) {
    return { outcome: 'kept', planned: visit.plan() };
  }
  if (integration.path === null) throw new DemoError('no widget was uploaded for the integration');
  const heard = await desk.install();
  if (heard !== 200) throw new DemoError(`the account heard ${heard || 'nothing'} when it brought its code`);
  await visit.open();
  await visit.call('POST', '/api/install/finished', {});
  options.log?.(`${integration.title} is installed in ${WHERE}`);
  return { outcome: 'installed', planned: visit.plan() };
}

function isKnown(desk: AccountDesk): Promise<boolean> {
  return patiently(() => desk.isKnown(), CALL_PATIENCE_MS, 'opening the frame');
}
