export { type CrontabItem, createJobs, type Jobs, type JobsOptions, type Task } from './jobs.ts';
export { migrateJobs } from './migrate.ts';
export { type AddOptions, addJobSql, createJobQueue, type JobQueue } from './queue.ts';
export { unlockLostJobs } from './recovery.ts';
