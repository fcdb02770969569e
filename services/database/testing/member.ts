import { holdHome, openDatabase } from '../index.ts';
import { quiet } from './log.ts';

/** A process that uses the embedded server: `<home> [hold]`. Prints the URL; closes and ends on SIGTERM. */
const [home = '', hold] = process.argv.slice(2);
try {
  const database = await openDatabase({ home, log: quiet });
  if (hold) await holdHome(database);
  process.once('SIGTERM', async () => {
    await database.close();
    process.exit(0);
  });
  process.on('SIGINT', () => undefined);
  console.log(database.url);
} catch (error) {
  console.log(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
// listening to signals does not keep a process alive
setInterval(() => undefined, 60_000);
