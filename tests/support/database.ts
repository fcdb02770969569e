import type {} from '@socle/service-database/testing';
import { startTestServer } from '@socle/service-database/testing/server';
import type { TestProject } from 'vitest/node';

/** One PostgreSQL server for the whole run; every test file makes databases of its own on it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide('databaseUrl', server.url);
  return server.stop;
}
