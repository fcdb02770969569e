import { type Fault, fieldsOf, type Platform, SocleError } from '@socle/kernel';
import { readBoot } from '@socle/service-settings';
import { z } from 'zod';
import type { App } from '../compose/app.ts';
import type { ConnectionTest, PlatformSettings, SettingsChange } from './contract.ts';

const Change = z.strictObject({ values: z.record(z.string(), z.string().max(20_000).nullable()) });

export function listSettings(app: App): PlatformSettings[] {
  return app.platforms.map((platform) => viewOf(app, platform));
}

/** The change, or the faults that it would leave behind. Nothing is stored when there is one. */
export async function changeSettings(
  app: App,
  { id, body }: { id: string; body: unknown },
): Promise<{ settings: PlatformSettings } | { faults: readonly Fault[] }> {
  const platform = find(app, id);
  const parsed = Change.safeParse(body);
  if (!parsed.success)
    throw new SocleError('invalid_argument', 'expected {"values":{"<name>":"<value>"|null}}');
  const { values }: SettingsChange = parsed.data;
  const fields = fieldsOf(platform.settings);
  const refused = Object.keys(values).flatMap((name): Fault[] => {
    const field = fields.find((one) => one.name === name);
    if (!field) return [{ field: name, problem: 'is no setting of this platform' }];
    return app.boot().originOf(field.env) === 'environment'
      ? [
          {
            field: field.env,
            problem: 'is set by the environment',
            fix: 'Change it there, or remove it there first.',
          },
        ]
      : [];
  });
  if (refused.length > 0) return { faults: refused };

  const changes = fields.flatMap((one) =>
    one.name in values ? [[one.env, values[one.name] || null] as const] : [],
  );
  const vault: Record<string, string> = { ...(await app.vault.all()) };
  for (const [env, value] of changes) {
    if (value === null) delete vault[env];
    else vault[env] = value;
  }
  const next = readBoot({ env: app.env, vault, platforms: app.platforms });
  const result = next.platforms.get(id)?.result;
  if (result?.state === 'faulty') return { faults: result.faults };

  for (const [env, value] of changes)
    await (value === null ? app.vault.remove(env) : app.vault.set(env, value));
  await app.reload();
  return { settings: viewOf(app, platform) };
}

/** The platform's cheapest authenticated read, counted by the guard like any other call. */
export async function testConnection(app: App, id: string): Promise<ConnectionTest> {
  const from = performance.now();
  try {
    await app.verify(find(app, id).id);
    return { ok: true, durationMs: Math.round(performance.now() - from) };
  } catch (thrown) {
    const { code, message } = app.telemetry.redactor.error(app.toError(id, thrown));
    return { ok: false, code, message };
  }
}

function viewOf(app: App, platform: Platform): PlatformSettings {
  const boot = app.boot();
  const result = boot.platforms.get(platform.id)?.result ?? { state: 'absent', missing: [] };
  return {
    id: platform.id,
    title: platform.title,
    summary: platform.summary,
    docs: platform.docs,
    ports: platform.adapters.map((one) => one.port.id),
    state: result.state,
    faults: result.state === 'faulty' ? result.faults : [],
    fields: fieldsOf(platform.settings).map((one) => {
      const value = boot.valueOf(one.env);
      return {
        name: one.name,
        env: one.env,
        title: one.title,
        help: one.help,
        secret: one.secret ?? false,
        required: one.required,
        example: one.example ?? null,
        isSet: value !== undefined,
        origin: boot.originOf(one.env) ?? null,
        value: one.secret ? null : (value ?? null),
      };
    }),
    webhookUrl: platform.webhook ? `${app.addresses.publicBaseUrl}/webhook/${platform.id}` : null,
  };
}

function find(app: App, id: string): Platform {
  const platform = app.platform(id);
  if (!platform) throw new SocleError('not_found', `there is no platform "${id.slice(0, 40)}"`);
  return platform;
}
