export const handler = async (): Promise<string> => 'market-data/finish-ingest';
