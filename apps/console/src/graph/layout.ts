export interface GraphNode {
  readonly id: string;
  readonly kind: 'platform' | 'event' | 'flow' | 'module' | 'schedule' | 'step';
  readonly title: string;
  readonly note?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface Placed {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Placed>;
  readonly width: number;
  readonly height: number;
}

/** To the right where there is room; down on a phone. */
export type Direction = 'right' | 'down';

export const NODE = { width: 172, height: 48, gapX: 68, gapY: 20, gapDown: 44 } as const;
const SWEEPS = 4;

/**
 * Layered: a node stands after everything that feeds it, as far as there is no circle, and within its layer
 * beside its neighbours (barycentre heuristic), so that few edges cross.
 */
export function layOut(graph: Graph, direction: Direction = 'right'): Layout {
  const edges = withoutCircles(graph);
  const layers = layersOf(graph.nodes, edges);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) arrange(layers, edges, sweep % 2 === 0);
  const isRight = direction === 'right';
  const along = isRight ? NODE.width + NODE.gapX : NODE.height + NODE.gapDown;
  const across = isRight ? NODE.height + NODE.gapY : NODE.width + NODE.gapY;
  const broadest = Math.max(1, ...layers.map((layer) => layer.length));
  const places = new Map<string, Placed>();
  for (const [rank, layer] of layers.entries()) {
    const inset = ((broadest - layer.length) * across) / 2;
    for (const [row, id] of layer.entries()) {
      const [main, side] = [rank * along, inset + row * across];
      places.set(id, isRight ? { x: main, y: side } : { x: side, y: main });
    }
  }
  const length = Math.max(0, layers.length * along - (isRight ? NODE.gapX : NODE.gapDown));
  const breadth = broadest * across - NODE.gapY;
  return isRight ? { places, width: length, height: breadth } : { places, width: breadth, height: length };
}

/** Drops the edges that close a circle, in the order in which a walk meets them. */
function withoutCircles({ nodes, edges }: Graph): readonly GraphEdge[] {
  const known = new Set(nodes.map(({ id }) => id));
  const outgoing = Map.groupBy(
    edges.filter(({ from, to }) => known.has(from) && known.has(to)),
    ({ from }) => from,
  );
  const state = new Map<string, 'open' | 'done'>();
  const kept: GraphEdge[] = [];
  const walk = (id: string): void => {
    state.set(id, 'open');
    for (const edge of outgoing.get(id) ?? []) {
      if (state.get(edge.to) === 'open') continue;
      kept.push(edge);
      if (!state.has(edge.to)) walk(edge.to);
    }
    state.set(id, 'done');
  };
  const fed = new Set(edges.map(({ to }) => to));
  for (const { id } of [...nodes.filter((node) => !fed.has(node.id)), ...nodes]) {
    if (!state.has(id)) walk(id);
  }
  return kept;
}

function layersOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string[][] {
  const incoming = Map.groupBy(edges, ({ to }) => to);
  const depths = new Map<string, number>();
  const depth = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const found = Math.max(-1, ...(incoming.get(id) ?? []).map(({ from }) => depth(from))) + 1;
    depths.set(id, found);
    return found;
  };
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  // What nothing feeds stands just left of what it feeds first.
  const column = (id: string): number => {
    const fed = outgoing.get(id);
    if (incoming.has(id) || !fed) return depth(id);
    return Math.min(...fed.map(({ to }) => depth(to))) - 1;
  };
  const layers: string[][] = [];
  for (const { id } of nodes) {
    const at = column(id);
    layers[at] ??= [];
    layers[at].push(id);
  }
  return Array.from(layers, (layer) => layer ?? []);
}

/** Orders each layer by the middle of its neighbours in the layers before (or after) it. */
function arrange(layers: string[][], edges: readonly GraphEdge[], forwards: boolean): void {
  const rows = new Map<string, number>();
  for (const layer of forwards ? layers : layers.toReversed()) {
    const middles = new Map(
      layer.map((id, row) => {
        const near = edges.flatMap((edge) => {
          const [self, other] = forwards ? [edge.to, edge.from] : [edge.from, edge.to];
          const at = self === id ? rows.get(other) : undefined;
          return at === undefined ? [] : [at];
        });
        return [id, near.length > 0 ? near.reduce((a, b) => a + b, 0) / near.length : row / layer.length];
      }),
    );
    layer.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0));
    const centre = (layer.length - 1) / 2;
    for (const [row, id] of layer.entries()) rows.set(id, row - centre);
  }
}
