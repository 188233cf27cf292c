/**
 * Who may import whom; docs/architecture.md shows the same as a picture. Each rule is proved by a planted violation
 * in test/tooling/architecture.test.ts.
 */

// main, worker → shop, app → routes, pages → controller → service → repository → model → shared.
const ENTRIES = '^src/(main|command|migrate|audit|import|reconcile|seed|doctor|flags)\\.ts$';
const COMPOSITION =
  '^src/(shop|shop-database|app|app-modules|app-shoppers|app-pages|worker|tasks)\\.ts$';
const TRANSPORT = '\\.(routes|pages|controller|views)\\.ts$';
const BELOW_CONTROLLERS =
  '\\.(service|repository|model|gateway)\\.ts$|^src/(shared|events|database|telemetry|trail|resilience)/';

/** What each module may ask of others; pages (storefront, admin) sit on top of all. */
const MAY_IMPORT = {
  identity: [],
  factors: ['identity'],
  inventory: [],
  notifications: [],
  audit: [],
  ledger: [],
  catalog: ['inventory'],
  cart: ['catalog', 'inventory'],
  orders: ['inventory', 'catalog'],
  payments: ['orders', 'ledger'],
  staff: ['identity'],
  oidc: ['identity', 'staff'],
  webhooks: [],
  tasks: [],
  story: [],
  flags: [],
  trail: [],
  privacy: ['identity', 'factors', 'oidc', 'cart', 'orders', 'payments', 'staff', 'tasks', 'flags'],
  reconciliation: ['payments', 'tasks', 'audit'],
};
const PAGES = ['storefront', 'admin'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'What needs each other to run is one thing. Types alone may meet: Tables joins what modules own.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import of nothing.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'only-declared-packages',
      comment: 'The shop runs on its dependencies alone.',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'src-knows-no-tests',
      comment: 'Tests look at the shop, never the other way.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|faults|rehearsal)/' },
    },
    {
      name: 'shared-imports-nothing',
      comment: 'Money, ids, errors and pages are beneath everything.',
      from: { path: '^src/shared/' },
      to: { path: '^src/(?!shared/)' },
    },
    {
      name: 'http-knows-no-module',
      comment: 'What every route shares does not know the routes.',
      from: { path: '^src/http/' },
      to: { path: '^src/(modules|dev)/' },
    },
    {
      name: 'trail-knows-no-module',
      comment: 'Every module notes what is done; the trail knows acts by their names alone.',
      from: { path: '^src/trail/' },
      to: { path: '^src/(modules|dev|http|events)/' },
    },
    {
      name: 'resilience-knows-no-module',
      comment:
        'Guards are beneath the modules: each says by itself what its dependency’s failures mean.',
      from: { path: '^src/resilience/' },
      to: { path: '^src/(?!resilience/|telemetry/)' },
    },
    {
      name: 'secrets-know-no-module',
      comment: 'Keys and where they come from are beneath the modules and what serves them.',
      from: { path: '^src/secrets/' },
      to: { path: '^src/(?!(secrets|config|shared|telemetry)/|config\\.ts$)' },
    },
    {
      name: 'nothing-imports-entries',
      comment: 'Processes begin at entries; the composition is joined only by them.',
      from: { path: '^src/', pathNot: `${ENTRIES}|${COMPOSITION}|^src/dev/local-services\\.ts$` },
      to: { path: `${ENTRIES}|${COMPOSITION}` },
    },
    {
      name: 'development-is-loaded-on-demand',
      comment: 'src/dev is never loaded in production: import() it, outside production only.',
      from: { path: '^src/', pathNot: '^src/dev/' },
      to: { path: '^src/dev/', dynamic: false },
    },
    {
      name: 'development-is-loaded-by-entries',
      comment: 'Only entries decide whether development tools run.',
      from: { path: '^src/', pathNot: `^src/dev/|${ENTRIES}` },
      to: { path: '^src/dev/' },
    },
    {
      name: 'services-know-no-transport',
      comment: 'Rules do not know how they were asked, or how the answer is drawn.',
      from: { path: '\\.(service|repository|model)\\.ts$' },
      // A mail is drawn where it is sent.
      to: { path: TRANSPORT, pathNot: '^src/modules/notifications/[^/]+\\.views\\.ts$' },
    },
    {
      name: 'repositories-know-no-services',
      comment: 'SQL is called, it does not call. Types may name what a use case passes down.',
      from: { path: '\\.repository\\.ts$' },
      to: { path: '\\.service\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'models-are-pure',
      comment:
        'Types and rules without reach: other models and shared. Types may name what they describe.',
      from: { path: '\\.model\\.ts$' },
      to: {
        path: '^src/',
        pathNot: '\\.model\\.ts$|^src/shared/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'controllers-write-no-sql',
      comment: 'Requests reach the database through a service.',
      from: { path: TRANSPORT },
      to: { path: '\\.repository\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sql-in-repositories',
      comment:
        'Kysely in repositories, models (types) and database/; idempotency keys and rate limits are statements of their own, and so are the outbox and the audit trail. Tracing wraps the driver.',
      from: {
        path: '^src/',
        pathNot:
          '\\.(repository|model)\\.ts$|^src/(database|events|trail|dev|doctor)/|^src/http/(idempotency|rate-limit)\\.ts$|^src/telemetry/tracing\\.ts$',
      },
      to: { path: '^node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'vendors-behind-gateways',
      comment:
        'One file imports a vendor’s SDK. Its types may name what a service handles: a stored event.',
      from: { path: '^src/', pathNot: '\\.gateway\\.ts$|^src/dev/' },
      to: {
        path: '^node_modules/(stripe|@aws-sdk/[^/]+|@simplewebauthn/server|nodemailer|jose|openid-client|otpauth|uqr|@node-rs/argon2|bcryptjs|standardwebhooks|request-filtering-agent|ioredis|@openfeature/[^/]+|@nats-io/[^/]+|@platformatic/kafka)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-http-below-controllers',
      comment: 'Fastify ends at the controllers.',
      from: { path: BELOW_CONTROLLERS },
      to: { path: '^node_modules/(fastify|@fastify/[^/]+)/' },
    },
    {
      name: 'modules-meet-in-services',
      comment: 'A module’s public face is its services, models and wire schemas.',
      from: { path: '^src/modules/([^/]+)/' },
      to: {
        path: '^src/modules/',
        pathNot: '^src/modules/$1/|\\.(service|model|schemas)\\.ts$',
      },
    },
    ...Object.entries(MAY_IMPORT).map(([module, others]) => ({
      name: `${module}-imports-${others.join('-and-') || 'no-module'}`,
      comment: 'Modules lean one way only.',
      from: { path: `^src/modules/${module}/` },
      to: { path: '^src/modules/', pathNot: `^src/modules/(${[module, ...others].join('|')})/` },
    })),
    ...PAGES.map((module) => ({
      name: `${module}-stands-alone`,
      comment: 'The storefront and the console share the page kit, nothing of each other.',
      from: { path: `^src/modules/(?!${module}/)` },
      to: { path: `^src/modules/${module}/` },
    })),
  ].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '\\.css$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
