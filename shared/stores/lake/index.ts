export { LakeDocuments } from './documents.ts';
export { lakeKeys } from './keys.ts';
export { Lake } from './lake.ts';
export type { DatasetManifest } from './manifest.ts';
