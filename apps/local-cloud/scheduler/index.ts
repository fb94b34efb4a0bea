export { parseScheduleExpression, type ScheduleExpression } from './schedule-expression.ts';
export { createScheduler, type DueSchedule, type Scheduler, type SchedulerControls } from './scheduler.ts';
