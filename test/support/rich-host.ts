import type { HostDeal, StreamName, StreamPage, StreamRequest } from '../../src/contract/streams.js';
import type { Deal } from '../../src/domain/crm/records.js';
import { MemoryHost } from './memory-host.js';

/** A host that tells products apart, keeps what was done in a log, and brings the fields it was asked for. */
export class RichHost extends MemoryHost {
  override readonly streams: ReadonlySet<StreamName> = new Set([
    'pipelines',
    'users',
    'products',
    'deals',
    'stageHistory',
    'tasks',
    'activities',
  ]);
  watchedFields: readonly string[] = [];
  readonly productsOf = new Map<string, readonly string[]>();
  readonly asked: string[][] = [];
  readonly since: (number | undefined)[] = [];

  override async *read<Name extends StreamName>(
    stream: Name,
    request: StreamRequest,
  ): AsyncIterable<StreamPage<Name>> {
    if (stream === 'deals') this.since.push(request.modifiedSince);
    for await (const page of super.read(stream, request)) {
      const rows =
        stream === 'deals' ? (page.rows as readonly Deal[]).map((deal) => this.told(deal)) : page.rows;
      yield { ...page, rows } as StreamPage<Name>;
    }
  }

  override async readDeals(ids: readonly string[]): Promise<readonly Deal[]> {
    return (await super.readDeals(ids)).map((deal) => this.told(deal)) as readonly Deal[];
  }

  async readDealProducts(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    this.asked.push([...ids]);
    return new Map(ids.map((id) => [id, this.productsOf.get(id) ?? []]));
  }

  private told(deal: Deal): HostDeal {
    const watched = Object.entries(deal.fields).filter(([key]) => this.watchedFields.includes(key));
    return { ...deal, productIds: null, lastActivityAt: null, fields: Object.fromEntries(watched) };
  }
}
