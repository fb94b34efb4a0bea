import { describe, expect, test } from 'vitest';
import { lexiconVersion, longestPhrase, phraseCount } from '../../../../../shared/domain/agents/sentiment/lexicon/lexicon.ts';
import { storyOf } from '../../../../../shared/domain/agents/sentiment/stories.ts';
import { tokenize } from '../../../../../shared/domain/agents/sentiment/tokens.ts';

const shown = (text: string): string =>
  tokenize(text)
    .map((token) => {
      if (token.kind === 'break') return token.mark;
      if (token.kind === 'number') return `${token.value}${token.isPercent ? '%' : ''}${token.isSigned ? 's' : ''}`;
      return token.kind === 'cashtag' ? `$${token.text}` : token.text;
    })
    .join(' ');

describe('tokens of a headline', () => {
  test.each([
    ["Macy's Q3 isn't good", 'macy q3 is not good'],
    ['It can’t, won’t and cannot', 'it can not , will not and can not'],
    ['better-than-expected re-rating', 'better than expected re rating'],
    ['$BRK.B and $AAPL: up', '$BRK.B and $AAPL : up'],
    ['EPS of -$0.70 vs. $1,234.50', 'eps of -0.7s vs 1234.5'],
    ['LogicBio -26% as', 'logicbio -26%s as'],
    ['(+0.9% pre)', '0.9%s pre'],
    ['cut 2-3% of Q3-2020 plan', 'cut 2 3% of q3 2020 plan'],
    ['up 5 percent', 'up 5%'],
    ['Acme Inc. of the U.S. fell. Badly!', 'acme inc of the u s fell . badly .'],
    ['$LEVI - Levi +4% — really?', '$LEVI - levi 4%s - really ?'],
    ['see https://t.co/a-b?c=d now #economy @jim', 'see now'],
    ['S&P 500', 's&p 500'],
    ['', ''],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));
});

describe('the lexicon', () => {
  const phraseAt = (text: string) => {
    const words = text.split(' ');
    return longestPhrase((index) => words[index] ?? null, 0);
  };

  test('finds the longest phrase that starts at a word', () => {
    expect(phraseAt('better than expected results')).toMatchObject({ words: 3 });
    expect(phraseAt('no longer growing')).toMatchObject({ words: 2, entry: { meaning: { kind: 'negator' } } });
    expect(phraseAt('price target raised')).toMatchObject({ words: 2, entry: { meaning: { kind: 'thing', polarity: 1 } } });
    expect(phraseAt('acme')).toBeNull();
    expect(phraseAt('price')).toBeNull();
  });

  test('lets a thing be news by itself', () => {
    expect(phraseAt('concerns')!.entry).toMatchObject({ meaning: { kind: 'thing', polarity: -1 }, aloneWeight: -0.4 });
  });

  test('has a version and phrases', () => {
    expect(lexiconVersion).toMatch(/^ballast-lexicon\/\d+$/);
    expect(phraseCount).toBeGreaterThan(1000);
  });
});

describe('a story', () => {
  test('is the same in another case, with another address and tag', () => {
    expect(storyOf('Acme beats! https://t.co/1 #stocks')).toBe(storyOf('ACME Beats'));
    expect(storyOf('UBS raises target to $88')).not.toBe(storyOf('UBS raises target to $87'));
  });
});
