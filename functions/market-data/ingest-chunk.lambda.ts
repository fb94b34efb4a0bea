export const handler = async (): Promise<string> => 'market-data/ingest-chunk';
