// Who may know whom: the table of the README's map, as rules.
const NODE_IO =
  '^(node:)?(fs|net|http|https|http2|tls|dns|child_process|worker_threads|dgram|os|process|timers)';

/** `folder` may import, of ours, only what `allowed` matches. */
function only(name, folder, allowed, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: folder },
    to: { path: '^src/', pathNot: allowed },
  };
}

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'a circle has no first reader; type-only circles inside one folder are harmless',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('domain-is-alone', '^src/domain/', '^src/domain/', 'the domain is pure and knows nobody'),
    {
      name: 'domain-without-io',
      severity: 'error',
      comment: 'the domain gets its clock and its facts handed in',
      from: { path: '^src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: NODE_IO },
    },
    {
      name: 'domain-without-frameworks',
      severity: 'error',
      comment: 'pure TypeScript only: no framework, no database, no HTTP',
      from: { path: '^src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/(@nestjs|@prisma|axios|fastify|pg|pg-boss|pino)(/|$)' },
    },
    only(
      'contract-knows-domain',
      '^src/contract/',
      '^src/(domain|contract)/',
      'a port leans on nobody’s implementation',
    ),
    {
      name: 'hosts-are-plain',
      severity: 'error',
      comment:
        'a host is a plain class behind the contract: no framework, no database, nothing of ours behind the port',
      from: { path: '^src/hosts/[^/]+/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(domain|contract|hosts)/' },
    },
    {
      name: 'hosts-do-not-meet',
      severity: 'error',
      comment: 'one host must be removable without the other noticing; common names no host and knows none',
      from: { path: '^src/hosts/([^/]+)/' },
      to: { path: '^src/hosts/', pathNot: '^src/hosts/($1|common)/' },
    },
    {
      name: 'hosts-without-frameworks',
      severity: 'error',
      comment: 'hosts run without Nest and without a database, in tests and in other processes',
      from: { path: '^src/hosts/' },
      to: { path: 'node_modules/(@nestjs|@prisma|pg|pg-boss|pino)(/|$)' },
    },
    only(
      'mirror-knows-no-host',
      '^src/mirror/',
      '^src/(domain|contract|infra|mirror)/',
      'the copy works for any host',
    ),
    only(
      'outbox-knows-no-host',
      '^src/outbox/',
      '^src/(domain|contract|infra|outbox)/',
      'the outbox works for any host',
    ),
    only(
      'features-know-no-host',
      '^src/features/',
      '^src/(domain|contract|infra|mirror|outbox|features)/',
      'features branch on capabilities',
    ),
    {
      name: 'features-do-not-meet',
      severity: 'error',
      comment: 'features meet through facts in the database and jobs; a view’s type may be shared',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/|\\.view\\.ts$' },
    },
    only('infra-is-lowest', '^src/infra/', '^src/(infra|generated)/', 'infra knows nothing above it'),
    only(
      'sandbox-shares-nothing',
      '^src/sandbox/',
      '^src/(sandbox|infra/config)/',
      'a misreading of a host’s API must not be made twice',
    ),
    {
      name: 'only-the-root-knows-hosts',
      severity: 'error',
      comment: 'the registry is used where the application is composed, nowhere else',
      from: { path: '^src/', pathNot: '^src/(hosts/|main\\.ts$|create-app\\.ts$|app\\.module\\.ts$)' },
      to: { path: '^src/hosts/' },
    },
    {
      name: 'no-deep-import-of-hosts',
      severity: 'error',
      comment: 'a host is entered through its index',
      from: { path: '^src/', pathNot: '^src/hosts/[^/]+/' },
      to: { path: '^src/hosts/[^/]+/', pathNot: '^src/hosts/[^/]+/index\\.ts$' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      comment: 'what ships does not lean on test code or development packages',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/|\\.spec\\.ts$', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|src/generated' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
