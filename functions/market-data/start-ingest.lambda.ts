export const handler = async (): Promise<string> => 'market-data/start-ingest';
