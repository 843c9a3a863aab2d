/**
 * Maximum flow by shortest augmenting paths in levels (E. A. Dinic, "Algorithm for solution of a problem of maximum
 * flow in a network with power estimation", Soviet Mathematics Doklady 11, 1970), and the cut that it proves minimal.
 */

/** A network whose nodes are numbers that `node` gives. */
export class Network {
  private readonly leaving: number[][] = [];
  private readonly to: number[] = [];
  private readonly room: number[] = [];

  node(): number {
    return this.leaving.push([]) - 1;
  }

  edge(from: number, to: number, capacity: number): void {
    this.half(from, to, capacity);
    this.half(to, from, 0);
  }

  /** The nodes on the source's side of the cut of least capacity that is nearest to the source. */
  sideOf(source: number, sink: number): ReadonlySet<number> {
    for (;;) {
      const levels = this.levels(source);
      if (!levels.has(sink)) return new Set(levels.keys());
      this.fill(source, sink, levels);
    }
  }

  private half(from: number, to: number, capacity: number): void {
    this.leaving[from]!.push(this.to.length);
    this.to.push(to);
    this.room.push(capacity);
  }

  /** How many edges with room it takes to get to each node that can be got to. */
  private levels(source: number): Map<number, number> {
    const levels = new Map([[source, 0]]);
    for (const [node, level] of levels) {
      for (const edge of this.leaving[node]!) {
        if (this.room[edge]! > 0 && !levels.has(this.to[edge]!)) levels.set(this.to[edge]!, level + 1);
      }
    }
    return levels;
  }

  /** Sends along paths that go up one level with each edge, until none is left. */
  private fill(source: number, sink: number, levels: ReadonlyMap<number, number>): void {
    const next = this.leaving.map(() => 0);
    const path: number[] = [];
    for (let node = source; ;) {
      if (node === sink) {
        const least = Math.min(...path.map((edge) => this.room[edge]!));
        for (const edge of path) {
          this.room[edge]! -= least;
          this.room[edge ^ 1]! += least;
        }
        path.length = 0;
        node = source;
        continue;
      }
      const edge = this.leaving[node]![next[node]!];
      if (edge === undefined) {
        const last = path.pop();
        if (last === undefined) return;
        node = this.to[last ^ 1]!;
        next[node]! += 1;
      } else if (this.room[edge]! > 0 && levels.get(this.to[edge]!) === levels.get(node)! + 1) {
        path.push(edge);
        node = this.to[edge]!;
      } else next[node]! += 1;
    }
  }
}
