import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface GaugeProps {
  readonly label: string;
  /** In words: `80 of 100 recipients used`. */
  readonly told: string;
  readonly max: number;
  readonly used: number;
  readonly held?: number;
}

/** From here on the bar warns, and then alarms: the same marks at which the guard sends events. */
const WARN_AT = 0.8;
const ALARM_AT = 0.95;

export function nearness(used: number, max: number): 'far' | 'near' | 'wall' {
  const share = max > 0 ? used / max : 1;
  if (share >= ALARM_AT) return 'wall';
  return share >= WARN_AT ? 'near' : 'far';
}

const FILLS = { far: 'bg-accent-fill', near: 'bg-warn', wall: 'bg-bad' } as const;

/** Used units solid, held ones hatched, ticks where warnings fall. */
export function Gauge({ label, told, max, used, held = 0 }: GaugeProps): ReactNode {
  const percent = (value: number): number => (max > 0 ? Math.min(100, (100 * value) / max) : 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot show held units, and no two browsers style it alike
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(max, used + held)}
      aria-valuetext={told}
      className="relative h-2.5 bg-sunken shadow-[inset_0_0_0_1px_var(--line)]"
    >
      <div
        className={classNames('absolute inset-y-0 left-0', FILLS[nearness(used + held, max)])}
        style={{ width: `${percent(used)}%` }}
      />
      <div
        className="hatched absolute inset-y-0"
        style={{ left: `${percent(used)}%`, width: `${percent(used + held) - percent(used)}%` }}
      />
      {[WARN_AT, ALARM_AT].map((mark) => (
        <div
          key={mark}
          className="absolute -top-0.5 -bottom-0.5 w-px bg-line-strong"
          style={{ left: `${mark * 100}%` }}
        />
      ))}
    </div>
  );
}

/** A share of something finished, drawn small beside its figure. */
export function Progress({ percent }: { readonly percent: number }): ReactNode {
  return (
    <span aria-hidden="true" className="block h-1 w-16 bg-line">
      <span className="block h-full bg-accent-fill" style={{ width: `${percent}%` }} />
    </span>
  );
}
