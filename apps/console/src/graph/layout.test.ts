import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Graph, layOut, NODE } from './layout.ts';

const graphs = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    nodes: fc.constant(
      Array.from({ length: size }, (_, at) => ({ id: `n${at}`, kind: 'event' as const, title: `n${at}` })),
    ),
    edges: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: size - 1 }).map((at) => `n${at}`),
        to: fc.integer({ min: 0, max: size - 1 }).map((at) => `n${at}`),
        label: fc.constant('calls'),
      }),
      { maxLength: 30 },
    ),
  }),
);

test('every node has a place of its own inside the drawing, circles or not', () => {
  fc.assert(
    fc.property(graphs, fc.constantFrom('right' as const, 'down' as const), (graph: Graph, direction) => {
      const { places, width, height } = layOut(graph, direction);
      const all = graph.nodes.map(({ id }) => places.get(id));
      for (const place of all) {
        if (!place) throw new Error('a node has no place');
        expect(place.x).toBeGreaterThanOrEqual(0);
        expect(place.x + NODE.width).toBeLessThanOrEqual(width);
        expect(place.y).toBeGreaterThanOrEqual(0);
        expect(place.y + NODE.height).toBeLessThanOrEqual(height);
      }
      expect(new Set(all.map((place) => `${place?.x} ${place?.y}`)).size).toBe(graph.nodes.length);
    }),
  );
});

test('without circles, everything is fed from its left', () => {
  fc.assert(
    fc.property(graphs, ({ nodes, edges }) => {
      const number = (id: string): number => Number(id.slice(1));
      const forward = edges.filter(({ from, to }) => number(from) < number(to));
      const { places } = layOut({ nodes, edges: forward });
      const { places: down } = layOut({ nodes, edges: forward }, 'down');
      for (const { from, to } of forward) {
        expect(places.get(from)?.x ?? 0).toBeLessThan(places.get(to)?.x ?? 0);
        expect(down.get(from)?.y ?? 0).toBeLessThan(down.get(to)?.y ?? 0);
      }
    }),
  );
});

test('an edge to a node that is not there is passed over', () => {
  const nodes = [{ id: 'a', kind: 'event' as const, title: 'a' }];
  expect(layOut({ nodes, edges: [{ from: 'a', to: 'gone', label: 'calls' }] }).places.size).toBe(1);
});
