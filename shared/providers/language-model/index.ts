export {
  createLanguageModelReader,
  type LanguageModelReaderOptions,
  type ReadingCache,
  readingKey,
} from './language-model-reader.ts';
export type { ItemToRead, NewsReader, Reading, ReadingOutcome, UnreadReason } from './news-reader.ts';
export { promptVersion } from './prompt.ts';
