/** Every factor of the house through the kit that is handed to those who write their own. */
import { bettingAgainstBetaFactor } from '../../../../shared/domain/factors/betting-against-beta.factor.ts';
import { earningsDriftFactor } from '../../../../shared/domain/factors/earnings-drift.factor.ts';
import { newsSentimentFactor } from '../../../../shared/domain/factors/news-sentiment.factor.ts';
import { qualityMinusJunkFactor } from '../../../../shared/domain/factors/quality-minus-junk.factor.ts';
import { volatilityScaledMomentumFactor } from '../../../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import { factorKit } from '../../../contract/kits/factor-kit.ts';

factorKit(volatilityScaledMomentumFactor, { abstainsWithout: 'prices' });
factorKit(bettingAgainstBetaFactor, { abstainsWithout: 'prices' });
factorKit(qualityMinusJunkFactor, { abstainsWithout: 'facts' });
factorKit(earningsDriftFactor, { abstainsWithout: 'facts' });
factorKit(newsSentimentFactor, { abstainsWithout: 'facts' });
