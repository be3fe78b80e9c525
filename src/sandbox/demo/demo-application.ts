import { createHash } from 'node:crypto';

/** Our application's card in the simulated portal, as an administrator would fill it in for a local application. */
export interface DemoApplication {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly handlerUrl: string;
  readonly installUrl: string;
  readonly title: string;
}

/**
 * The same seed gives the same client id and secret, so that a service that kept its database meets the portal it
 * knows again. Secrets of a simulation: they open nothing else.
 *
 * @param appUrl origin of the application, with or without a slash at the end.
 */
export function demoApplication(appUrl: string, language: 'ru' | 'en', seed: number): DemoApplication {
  const base = appUrl.replace(/\/+$/u, '');
  const digest = (what: string): string =>
    createHash('sha256').update(`simulated portal, ${what}, seed ${seed}`).digest('hex');
  return {
    clientId: `local.${digest('client id').slice(0, 14)}.${digest('client number').slice(0, 8)}`,
    clientSecret: digest('client secret').slice(0, 50),
    handlerUrl: `${base}/embed/bitrix24/frame`,
    installUrl: `${base}/embed/bitrix24/install`,
    title: language === 'ru' ? 'Дожим' : 'Dozhim',
  };
}

/** The same for the simulated account of the other host: an integration with its widget. */
export interface DemoIntegration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly uninstallUrl: string;
  readonly title: string;
}

/** @param appUrl origin of the application, with or without a slash at the end. */
export function demoIntegration(appUrl: string, language: 'ru' | 'en', seed: number): DemoIntegration {
  const base = appUrl.replace(/\/+$/u, '');
  const digest = (what: string): string =>
    createHash('sha256').update(`simulated account, ${what}, seed ${seed}`).digest('hex');
  const hex = digest('client id');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return {
    clientId: [...groups, hex.slice(20, 32)].join('-'),
    clientSecret: digest('client secret'),
    redirectUri: `${base}/oauth/amocrm`,
    uninstallUrl: `${base}/hooks/amocrm/farewell`,
    title: language === 'ru' ? 'Дожим' : 'Dozhim',
  };
}
