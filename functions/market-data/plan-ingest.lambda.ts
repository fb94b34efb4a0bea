export const handler = async (): Promise<string> => 'market-data/plan-ingest';
