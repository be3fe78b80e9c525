// What a widget's script may not do in the host's page, read from its syntax tree.
import { parse } from 'acorn';

const LONGEST_LINE = 160;
const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const ASKING = new Set(['$authorizedAjax', 'crm_post', 'ajax', 'fetch']);
const TALKING = new Set(['alert', 'confirm', 'prompt']);
const HOST_GLOBALS = new Set(['APP', 'AMOCRM']);

/** Faults of one script in words, each with its line; none means that a reviewer finds nothing either. */
export function scriptFaults(text) {
  const faults = lineFaults(text);
  let tree;
  try {
    tree = parse(text, { ecmaVersion: 2015, sourceType: 'script', locations: true });
  } catch (error) {
    return [...faults, `is not ES2015: ${error.message}`];
  }
  let defined = false;
  walk(tree, [], (node, above) => {
    if (node.type === 'CallExpression' && node.callee.name === 'define') defined = true;
    const fault = nodeFault(node, above);
    if (fault) faults.push(`line ${node.loc.start.line}: ${fault}`);
  });
  if (!defined) faults.push('does not call define(): the host would not find the widget');
  return faults;
}

function lineFaults(text) {
  const faults = [];
  text.split('\n').forEach((line, index) => {
    if (line.length > LONGEST_LINE) {
      faults.push(`line ${index + 1}: ${line.length} characters; minified code is refused`);
    }
    if (/[#@]\s*sourceMappingURL=/.test(line)) faults.push(`line ${index + 1}: names a source map`);
  });
  return faults;
}

function nodeFault(node, above) {
  if (node.type === 'CallExpression') return callFault(node, above);
  if (node.type === 'NewExpression') {
    return node.callee.name === 'Function' ? 'runs text as code (new Function)' : null;
  }
  if (node.type === 'AssignmentExpression') return assignmentFault(node.left);
  if (/<script/i.test(node.type === 'TemplateElement' ? node.value.raw : textOf(node))) {
    return 'writes a <script> into the page';
  }
  if (node.type === 'DebuggerStatement') return 'stops in a debugger';
  if (node.type !== 'MemberExpression') return null;
  return node.object.name === 'console' ? `writes to the console (console.${nameOf(node.property)})` : null;
}

function callFault(node, above) {
  const name = nameOf(node.callee.type === 'MemberExpression' ? node.callee.property : node.callee);
  if (name === 'eval' || name === 'Function') return `runs text as code (${name})`;
  if (TALKING.has(name)) return `stops the page (${name})`;
  if (name === 'getScript') return 'loads a script past define()';
  if (name === 'createElement' && /^script$/i.test(String(node.arguments[0]?.value))) {
    return "adds a script to the page (createElement('script'))";
  }
  if (ASKING.has(name) && above.some((one) => LOOPS.has(one.type)))
    return `asks the server in a loop (${name})`;
  if (/^(setTimeout|setInterval)$/.test(name) && typeof node.arguments[0]?.value === 'string') {
    return `runs text as code (${name})`;
  }
  return null;
}

function assignmentFault(target) {
  for (let part = target; part?.type === 'MemberExpression'; part = part.object) {
    const names = [nameOf(part.object), part.object.name === 'window' ? nameOf(part.property) : null];
    if (names.some((name) => HOST_GLOBALS.has(name))) return 'changes the host’s own object (APP)';
  }
  return null;
}

function textOf(node) {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
}

function nameOf(node) {
  return node?.name ?? (typeof node?.value === 'string' ? node.value : '');
}

function walk(node, above, visit) {
  visit(node, above);
  for (const [key, child] of Object.entries(node)) {
    if (key === 'loc') continue;
    for (const one of Array.isArray(child) ? child : [child]) {
      if (typeof one?.type === 'string') walk(one, [...above, node], visit);
    }
  }
}
