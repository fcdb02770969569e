import { Refusal } from './refusal.ts';

/** A tree to be told as XML: lists repeat their element, `undefined` is left out. */
export type Node =
  | string
  | number
  | boolean
  | undefined
  | readonly Node[]
  | { readonly [name: string]: Node };

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function toXml(root: { readonly [name: string]: Node }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}`;
}

function write(node: Node): string {
  if (typeof node !== 'object') return String(node ?? '').replace(/[&<>"]/g, (char) => NAMED[char] ?? char);
  return Object.entries(node)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly Node[]) : [value]).map((one) => [name, one] as const),
    )
    .map(([name, value]) => (value === undefined ? '' : `<${name}>${write(value)}</${name}>`))
    .join('');
}

/** The texts of elements inside each `<name>`: all that S3's request bodies need. */
export function readElements(body: string, name: string): readonly Readonly<Record<string, string>>[] {
  const found = [...body.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, inner = '']) =>
    Object.fromEntries(
      [...inner.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, at = '', text = '']) => [at, plain(text)]),
    ),
  );
  if (found.length > 0) return found;
  throw new Refusal(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate');
}

function plain(text: string): string {
  return text
    .replace(
      /&(amp|lt|gt|quot|apos);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    )
    .replace(/&#(x[0-9a-f]+|\d+);/gi, (_, code: string) =>
      String.fromCodePoint(Number(code.startsWith('x') ? `0${code}` : code)),
    );
}
