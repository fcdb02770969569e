import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SocleError } from '@socle/kernel';

const MIN_LENGTH = 32;

/**
 * The master key: the given one (`SOCLE_MASTER_KEY`), else `<home>/master.key`, generated on first use and
 * readable by its owner alone. Of several processes that generate one at once, the first decides.
 */
export async function readMasterKey({
  home,
  given,
}: {
  home: string;
  given?: string | undefined;
}): Promise<string> {
  if (given) return checked(given, 'SOCLE_MASTER_KEY');
  const file = join(home, 'master.key');
  const known = await readFile(file, 'utf8').catch(absent);
  return checked((known ?? (await generate(file))).trim(), file);
}

async function generate(file: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  // exists whole or not at all: a kill half-way must not leave half a key that seals secrets
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

function checked(key: string, where: string): string {
  if (key.length >= MIN_LENGTH) return key;
  throw new SocleError('misconfigured', `the master key is too short · use 32 random characters or more`, {
    faults: [
      { field: where, problem: `shorter than ${MIN_LENGTH} characters`, fix: 'openssl rand -base64 32' },
    ],
  });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
