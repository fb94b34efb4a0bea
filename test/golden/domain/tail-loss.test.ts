/** VaR and CVaR against another definition of the same thing; provenance is in the golden file. */
import { expect, test } from 'vitest';
import { tailLoss } from '../../../shared/domain/risk/tail-loss.ts';
import golden from './tail-loss.golden.json' with { type: 'json' };

test.each(golden.cases)(
  'matches the variational definition on $returns.length returns at $level',
  ({ level, returns, varFrac, cvarFrac }) => {
    const result = tailLoss(Float64Array.from(returns), level);
    expect(result).toMatchObject({ varFrac: expect.closeTo(varFrac, 12), cvarFrac: expect.closeTo(cvarFrac, 12) });
  },
);
