/**
 * What the platform's moderators refuse, seen while it happens: whatever runs from a widget's files and writes to the
 * console, runs text as code, adds a script, waits for the network, stops the page, or leaves listeners behind.
 */
let tell = () => {};
/** Listeners of widgets on the window that are still there, by the code of the widget. */
const listeners = new Map();

/** Watches from now on; `complain(code, what)` hears of each fault. To be called once, when the page has its own modules. */
export function watchWidgets(complain) {
  tell = complain;
  watchConsole();
  watchCode();
  watchScripts();
  watchRequests();
  for (const name of ['alert', 'confirm', 'prompt']) wrap(window, name, () => `stops the page (${name})`);
  watchListeners();
}

/** How many listeners of this widget are on the window. */
export function listenersOf(code) {
  return listeners.get(code)?.size ?? 0;
}

/** The code of the widget whose file is being run; null for the page itself and for libraries that it calls. */
function runningWidget() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return /\/upl\/([\w-]+)\/widget\//u.exec(stack ?? '')?.[1] ?? null;
}

function note(what) {
  const code = what === null ? null : runningWidget();
  if (code !== null) tell(code, what);
}

/** Puts a watched function in place of another; `faultOf` says in words what is wrong with a call, or null. */
function wrap(owner, name, faultOf) {
  const original = owner[name];
  owner[name] = function watched(...args) {
    note(faultOf(args));
    return original.apply(this, args);
  };
}

function watchConsole() {
  for (const name of ['log', 'info', 'warn', 'error', 'table', 'dir', 'group', 'time']) {
    wrap(window.console, name, () => `writes to the console (console.${name})`);
  }
}

function watchCode() {
  wrap(window, 'eval', () => 'runs text as code (eval)');
  window.Function = new Proxy(window.Function, {
    construct(target, args) {
      note('runs text as code (new Function)');
      return Reflect.construct(target, args);
    },
  });
  for (const name of ['setTimeout', 'setInterval']) {
    wrap(window, name, ([first]) => (typeof first === 'string' ? `runs text as code (${name})` : null));
  }
}

function watchScripts() {
  wrap(document, 'createElement', ([name]) =>
    String(name).toLowerCase() === 'script' ? 'adds a script to the page' : null,
  );
}

function watchRequests() {
  wrap(XMLHttpRequest.prototype, 'open', ([, , isAsync]) =>
    isAsync === false ? 'waits for an answer (a synchronous request)' : null,
  );
}

function watchListeners() {
  const { addEventListener: add, removeEventListener: remove } = window;
  window.addEventListener = function watched(type, listener, ...rest) {
    const code = runningWidget();
    if (code !== null) {
      const own = listeners.get(code) ?? new Map();
      listeners.set(code, own.set(listener, type));
    }
    return add.call(window, type, listener, ...rest);
  };
  window.removeEventListener = function watched(type, listener, ...rest) {
    for (const own of listeners.values()) own.delete(listener);
    return remove.call(window, type, listener, ...rest);
  };
}
