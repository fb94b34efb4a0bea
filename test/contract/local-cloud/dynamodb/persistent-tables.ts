/** The tables of the persistence cards: one with indexes, one with a stream. */
import { CARDS_TABLE, SINGLE_TABLE } from './support.ts';

export const STREAMED_TABLE = { ...SINGLE_TABLE, StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } } as const;

export const PERSISTENT_TABLES = [CARDS_TABLE, STREAMED_TABLE] as const;
