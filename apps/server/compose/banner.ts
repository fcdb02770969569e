import type { App, Role } from './app.ts';

/** Where to look, and what to try first. */
export async function banner(app: App, role: Role): Promise<readonly string[]> {
  if (role === 'worker') return ['Socle worker is running'];
  const { publicBaseUrl: url, selfBaseUrl } = app.addresses;
  const local = selfBaseUrl.replace('127.0.0.1', 'localhost');
  const isPrivate = app.consoleKey === undefined;
  const chains = [...app.boot().chains.values()].map(
    ({ port, platforms, policy }) =>
      `${port.id}: ${platforms.join(' → ')}${policy === 'fail' ? '' : ` (${policy})`}`,
  );
  const { items } = await app.events.list({ limit: 1 });
  return [
    '',
    `Socle ${app.version} is running · ${url}`,
    '',
    isPrivate
      ? `  console    ${url}/console`
      : `  console    ${local}/console?key=${app.consoleKey} (on this machine, or through an SSH tunnel)`,
    `  API        ${isPrivate ? url : local}/api/docs`,
    `  webhooks   ${url}/webhook/<platform>`,
    `  health     ${selfBaseUrl}/readyz · metrics ${selfBaseUrl}/metrics`,
    `  modules    ${chains.join(' · ')}`,
    ...(items.length > 0
      ? []
      : [
          '',
          'First run? Everything works without a key, on this machine. In another terminal:',
          `  npx socle call email.send '{"from":"me@example.com","to":["you@example.com"],"subject":"Hello","text":"It works"}'`,
          '  and look into the mailbox of the console. Keys go into its Settings, into .env or: npx socle secrets set RESEND_API_KEY',
        ]),
    '',
    'Ctrl-C stops.',
    '',
  ];
}
