export type { AlertSender, Delivery, UndeliveredReason } from './alert-sender.ts';
export { createDiscord, discordBody } from './discord.ts';
export type { PostParts } from './post-json.ts';
export { createSlack, slackBody } from './slack.ts';
export { createSnsTopic, snsMail } from './sns.ts';
export { createTelegram, telegramBody } from './telegram.ts';
