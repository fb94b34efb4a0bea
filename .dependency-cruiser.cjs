/** The arrows of the house: kernel ← domain ← contracts ← {stores, brokers, providers} ← runtime ← {functions, apps}. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: to, dependencyTypesNot: ['npm', 'npm-dev', 'core', 'npm-optional', 'unknown'] },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'Two files that need each other are one concept.', from: {}, to: { circular: true } },
    { name: 'all-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^aws-lambda$' } },
    only('kernel-imports-nothing', '^shared/kernel/', '^shared/kernel/', 'The kernel stands on nothing.'),
    only('domain-is-pure', '^shared/domain/', '^shared/(kernel|domain)/', 'Values in, values out.'),
    {
      name: 'domain-has-no-io',
      severity: 'error',
      comment: 'No package and no Node module inside the domain.',
      from: { path: '^shared/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'risk-knows-no-alpha',
      severity: 'error',
      comment: 'Survival does not depend on opinion.',
      from: { path: '^shared/domain/risk/' },
      to: { path: '^shared/domain/(agents|ensemble|factors|indicators|portfolio)/' },
    },
    only('contracts-know-the-domain', '^shared/contracts/', '^shared/(kernel|domain|contracts)/', 'Schemas of what crosses a boundary.'),
    only('names-stand-alone', '^shared/contracts/names/', '^shared/contracts/names/', 'Templates import names; names import nothing.'),
    only(
      'stores-brokers-providers',
      '^shared/(stores|brokers|providers)/',
      '^shared/(kernel|domain|contracts|stores|brokers|providers)/',
      'The outside world, one port each.',
    ),
    only('runtime', '^shared/runtime/', '^shared/', 'What every function and task shares.'),
    only('functions', '^functions/', '^(shared|functions)/', 'A handler calls the shared library, never another runtime.'),
    only('cdk-sees-names-only', '^cdk/', '^(cdk/|shared/contracts/names/)', 'Synthesis runs no business code.'),
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      comment: 'Apps run; nothing builds on them but tests and other apps.',
      from: { path: '^(shared|functions|cdk)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'one-broker-door',
      severity: 'error',
      comment: 'Money moves through the order path only. A permit may be signed by whoever judges.',
      from: { path: '^functions/', pathNot: '^functions/(orders/|trading/(place-orders|collect-fills)[.])' },
      to: { path: '^shared/brokers/', pathNot: '^shared/brokers/risk-ticket[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|cdk\\.out)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
