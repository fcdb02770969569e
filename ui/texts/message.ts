import type { Language, Text } from '@socle/kernel';

/** A text with values in it, in every language. */
export interface Message<Args> {
  readonly en: (args: Args, format: Format) => string;
  readonly fr: (args: Args, format: Format) => string;
}

/** Texts by name. A key without one of the languages does not compile: `satisfies Catalogue`. */
export type Catalogue = Readonly<Record<string, Text | Message<never>>>;

export interface Translate {
  (text: Text): string;
  <Args>(message: Message<Args>, args: Args): string;
}

/** Everything that reads differently in another country. */
export interface Format {
  number(value: number): string;
  percent(ratio: number): string;
  bytes(value: number): string;
  dateTime(time: string): string;
  day(time: string): string;
  clock(time: string): string;
  /** `3 min ago`, `in 2 days` */
  relative(time: string, now: number): string;
  duration(ms: number): string;
  /** Picks the plural form: French counts 0 as one, English does not. */
  plural(count: number, one: string, other: string): string;
  list(items: readonly string[]): string;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' };
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;
const formats = new Map<Language, Format>();

export function formatFor(language: Language): Format {
  const known = formats.get(language);
  if (known) return known;
  const made = createFormat(LOCALES[language]);
  formats.set(language, made);
  return made;
}

export function translator(language: Language): Translate {
  const format = formatFor(language);
  return (<Args>(entry: Text | Message<Args>, args?: Args): string => {
    const form = entry[language];
    return typeof form === 'string' ? form : form(args as Args, format);
  }) as Translate;
}

function createFormat(locale: string): Format {
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const plural = new Intl.PluralRules(locale);
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const measure = (value: number, unit: string, digits: number): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: digits }).format(value);
  return {
    number: (value) => number.format(value),
    percent: (ratio) => percent.format(ratio),
    bytes: (value) => {
      if (value < 1000) return measure(value, 'byte', 0);
      if (value < 1e6) return measure(value / 1e3, 'kilobyte', 1);
      return value < 1e9 ? measure(value / 1e6, 'megabyte', 1) : measure(value / 1e9, 'gigabyte', 1);
    },
    dateTime: (time) => dateTime.format(new Date(time)),
    day: (time) => day.format(new Date(time)),
    clock: (time) => clock.format(new Date(time)),
    relative: (time, now) => {
      const distance = new Date(time).getTime() - now;
      const [unit, size] = UNITS.find(([, ms]) => Math.abs(distance) >= ms) ?? ['second', 1000];
      return relative.format(Math.trunc(distance / size), unit);
    },
    duration: (ms) => {
      if (ms < 1000) return measure(Math.round(ms), 'millisecond', 0);
      if (ms < 60_000) return measure(ms / 1000, 'second', 1);
      return ms < 3_600_000 ? measure(ms / 60_000, 'minute', 1) : measure(ms / 3_600_000, 'hour', 1);
    },
    plural: (count, one, other) => (plural.select(count) === 'one' ? one : other),
    list: (items) => list.format(items),
  };
}
