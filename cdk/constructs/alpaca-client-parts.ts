/**
 * The official Alpaca client hands its calls out as two objects that hold all of them, so that a bundle which makes nine keeps every one:
 * 340 kB, where 70 are used. In a bundle, its entry is therefore the parts that shared/brokers/alpaca names, taken from the sources that
 * the package ships. A part that is missing here is not a constructor there, and the first cycle of any test says so.
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const trading = ['AccountActivitiesApi', 'AccountsApi', 'AssetsApi', 'CalendarApi', 'ClockApi', 'OrdersApi', 'PositionsApi'];
const marketData = ['StockApi'];

export const alpacaClientInParts = (projectRoot: string): Plugin => ({
  name: 'alpaca-client-in-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@alpacahq\/alpaca-trade-api\/rest$/ }, () => ({ path: 'rest', namespace: 'alpaca-client', sideEffects: false }));
    onLoad({ filter: /./, namespace: 'alpaca-client' }, () => ({
      resolveDir: join(projectRoot, 'node_modules/@alpacahq/alpaca-trade-api/src'),
      contents: [`export * as errors from './errors';`, ...exported('trading', trading), ...exported('market-data', marketData)].join('\n'),
    }));
  },
});

function exported(folder: 'trading' | 'market-data', apis: readonly string[]): readonly string[] {
  const name = folder === 'trading' ? 'trading' : 'marketData';
  return [
    `import { Configuration as ${name}Configuration } from './${folder}/runtime';`,
    ...apis.map((api) => `import { ${api} } from './${folder}/apis/${api}';`),
    `export const ${name} = { Configuration: ${name}Configuration, ${apis.join(', ')} };`,
  ];
}
