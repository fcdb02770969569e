import { readFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { benchFlows } from './flows.ts';
import { benchGuard } from './guard.ts';
import { benchIntake } from './intake.ts';
import { benchStart } from './start.ts';

interface Line {
  readonly figure: string;
  readonly value: string;
  readonly goal: string;
  readonly met: boolean;
}

const processor = cpus()[0]?.model ?? 'unknown';
const memory = /MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? '0';
console.log(
  `${cpus().length} × ${processor}, ${Math.round(Number(memory) / 2 ** 20)} GiB, Linux ${release()}, Node ${process.version}`,
);
console.log(`load before: ${loadavg()[0]?.toFixed(2)}`);

const lines: Line[] = [];
const tell = (line: Line): void => {
  lines.push(line);
  console.log(`${line.met ? 'met   ' : 'MISSED'}  ${line.figure}: ${line.value} (goal ${line.goal})`);
};

const start = await benchStart();
tell({
  figure: 'warm start to ready',
  value: `${Math.round(start.warmMs)} ms = ${(start.warmMs / start.bareNodeMs).toFixed(1)} × bare Node listening (${Math.round(start.bareNodeMs)} ms); first start ever ${Math.round(start.firstMs)} ms`,
  goal: '≤ 1,500 ms',
  met: start.warmMs <= 1500,
});
tell({
  figure: 'memory of all processes at rest',
  value: `${Math.round(start.restMegabytes)} MiB`,
  goal: '≤ 420 MiB',
  met: start.restMegabytes <= 420,
});

const guard = await benchGuard();
tell({
  figure: 'guard, per call on a leased block',
  value: `${guard.microsecondsPerCall.toFixed(1)} µs`,
  goal: '≤ 20 µs',
  met: guard.microsecondsPerCall <= 20,
});
tell({
  figure: 'guard, database round trips per 100 calls',
  value: guard.roundTripsPer100Calls.toFixed(2),
  goal: '≤ 1',
  met: guard.roundTripsPer100Calls <= 1,
});

const intake = await benchIntake();
tell({
  figure: 'durable intake',
  value: `${Math.round(intake.perSecond)}/s = ${Math.round(100 * intake.ratio)} % of pgbench single-row inserts (${Math.round(intake.baselinePerSecond)}/s)`,
  goal: '≥ 55 %',
  met: intake.ratio >= 0.55,
});

const flows = await benchFlows();
tell({
  figure: 'two-step flows finished, history stored',
  value: `${Math.round(flows.perSecond)}/s`,
  goal: '≥ 1,000/s',
  met: flows.perSecond >= 1000,
});

console.log(`load after: ${loadavg()[0]?.toFixed(2)}`);
const missed = lines.filter((line) => !line.met).length;
console.log(missed === 0 ? 'All goals met.' : `${missed} of ${lines.length} goals missed.`);
process.exitCode = missed === 0 ? 0 : 1;
