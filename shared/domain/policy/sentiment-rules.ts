/** How news is read and how long it counts. */
export interface SentimentRules {
  /** `lexicon` needs nothing; `llm` asks a language model before the signals are computed, and its answers are inputs. */
  readonly reader: 'lexicon' | 'llm';
  /** Calendar days in which a headline loses half of its weight. */
  readonly halfLifeDays: number;
  /** Calendar days before `asOf` that are read. */
  readonly lookbackDays: number;
  /** The same text within so many calendar days is one story. */
  readonly repeatDays: number;
  /** What a headline about many companies at once counts for each of them. */
  readonly roundUpWeightFrac: number;
  /** A headline with so many cashtags is about many companies. */
  readonly roundUpTickersMin: number;
  /** Headlines, each as clear as can be, that give half of the confidence that any amount of news can give. */
  readonly halfAmountHeadlines: number;
}

export const defaultSentimentRules: SentimentRules = {
  reader: 'lexicon',
  halfLifeDays: 3,
  lookbackDays: 21,
  // A story told on Friday evening is told again before Monday's and Tuesday's open.
  repeatDays: 4,
  // "71 Biggest Movers" says that something happened, which its own headline says better.
  roundUpWeightFrac: 0.2,
  // A merger names two companies, a sector note three.
  roundUpTickersMin: 4,
  // One clear headline of yesterday then passes the ensemble's minimum confidence of 0.3, one of three days ago does not.
  halfAmountHeadlines: 1,
};
