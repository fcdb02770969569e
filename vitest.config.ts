import { defineConfig } from 'vitest/config';
import { PlainReporter } from './tests/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.socle/**'],
    globalSetup: ['tests/support/database.ts'],
    reporters: ['default', new PlainReporter()],
    // real servers and child processes: more at once would measure the machine instead of the code
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // a condition may take this long on a busy machine; one that holds is seen at once
    expect: { poll: { timeout: 30_000, interval: 20 } },
  },
});
