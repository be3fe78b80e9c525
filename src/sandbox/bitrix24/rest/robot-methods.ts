import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';
import { applicationOf, type Answer, type Call, type Method } from './method.js';

/** Robots, their answers, triggers. */
export function robotMethods(store: PortalStore): readonly Method[] {
  const robot = { scope: 'bizproc', appOnly: true, adminOnly: true } as const;
  const trigger = { scope: 'crm', appOnly: true, adminOnly: true } as const;
  return [
    { name: 'bizproc.robot.add', ...robot, run: add },
    { name: 'bizproc.robot.update', ...robot, run: update },
    {
      name: 'bizproc.robot.list',
      ...robot,
      run: (call) => ({ result: [...applicationOf(call).robots.keys()] }),
    },
    {
      name: 'bizproc.robot.delete',
      ...robot,
      run: (call) => {
        find(call);
        applicationOf(call).robots.delete(call.params.text('CODE'));
        return { result: true };
      },
    },
    { name: 'bizproc.event.send', scope: 'bizproc', appOnly: true, run: (call) => finish(store, call) },
    {
      name: 'crm.automation.trigger.add',
      ...trigger,
      run: (call) => {
        const code = call.params.text('CODE');
        if (!/^[a-z0-9.\-_]+$/i.test(code)) {
          throw new RestError(400, 'ERROR_WRONG_CODE', 'Wrong trigger code');
        }
        applicationOf(call).triggers.set(code, call.params.text('NAME'));
        return { result: true };
      },
    },
    {
      name: 'crm.automation.trigger.list',
      ...trigger,
      run: (call) => ({
        result: [...applicationOf(call).triggers].map(([CODE, NAME]) => ({ CODE, NAME })),
      }),
    },
    {
      name: 'crm.automation.trigger.delete',
      ...trigger,
      run: (call) => ({ result: applicationOf(call).triggers.delete(call.params.text('CODE')) }),
    },
    {
      name: 'crm.automation.trigger.execute',
      ...trigger,
      run: (call) => {
        if (!applicationOf(call).triggers.has(call.params.text('CODE'))) {
          throw new RestError(400, 'ERROR_NOT_FOUND', 'Trigger is not found');
        }
        return { result: true };
      },
    },
  ];
}

function add(call: Call): Answer {
  const application = applicationOf(call);
  const code = call.params.text('CODE');
  checkRobot(call, code);
  if (application.robots.has(code)) {
    throw new RestError(400, 'ERROR_ACTIVITY_ALREADY_INSTALLED', 'Activity or robot is already installed');
  }
  application.robots.set(code, { code, fields: upperFields(call.params.raw) });
  return { result: true };
}

function update(call: Call): Answer {
  const robot = find(call);
  robot.fields = { ...robot.fields, ...upperFields(call.params.record('FIELDS')) };
  return { result: true };
}

function find(call: Call) {
  const robot = applicationOf(call).robots.get(call.params.text('CODE'));
  if (robot === undefined) {
    throw new RestError(400, 'ERROR_ACTIVITY_NOT_FOUND', 'Activity or robot is not found');
  }
  return robot;
}

/** The handler must live where the application lives. */
function checkRobot(call: Call, code: string): void {
  const application = applicationOf(call);
  const handler = call.params.text('HANDLER');
  if (!/^[a-z0-9.\-_]+$/i.test(code) || !call.params.has('NAME') || !URL.canParse(handler)) {
    throw new RestError(400, 'ERROR_ACTIVITY_VALIDATION_FAILURE', 'Code, name and handler are required');
  }
  if (new URL(handler).hostname !== new URL(application.handlerUrl).hostname) {
    throw new RestError(400, 'ERROR_ACTIVITY_VALIDATION_FAILURE', 'Handler has a foreign domain');
  }
}

function upperFields(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name.toUpperCase(), value]));
}

function finish(store: PortalStore, call: Call): Answer {
  const token = call.params.text('event_token');
  if (!store.waitingRobots.delete(token)) {
    throw new RestError(400, 'ERROR_INVALID_EVENT_TOKEN', 'Event token is not known');
  }
  store.finishedRobots.push({ token, values: call.params.record('return_values') });
  return { result: true };
}
