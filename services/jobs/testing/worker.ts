import { openDatabase } from '@socle/service-database';
import { createJobs } from '../index.ts';

/** A worker as its own process: `<databaseUrl> <name>`. Its task notes who ran it, and may never end. */
const [databaseUrl, name] = process.argv.slice(2);
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const database = await openDatabase({ home: '/nonexistent', databaseUrl, log });
await createJobs({
  database,
  log,
  tasks: {
    note: async (payload) => {
      const { id, hang } = payload as { id: string; hang?: string };
      await database.sql.query('insert into notes (id, worker) values ($1, $2)', [id, name]);
      if (hang === name) await new Promise(() => undefined);
    },
  },
});
console.log('ready');
