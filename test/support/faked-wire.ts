import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import nock from 'nock';

/**
 * Hands the network of this spec to nock, strict both ways: what is not faked fails, and what is faked must be used.
 * It gives the network back at the end, since Node's own modules outlive a spec and the next one brings its own nock.
 */
export function fakeTheWire({ persistent = false }: { persistent?: boolean } = {}): void {
  let strangers: string[] = [];
  const note = (request: unknown): void => {
    strangers.push(request instanceof Request ? request.url : String(request));
  };

  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
  });
  beforeEach(() => {
    strangers = [];
    nock.disableNetConnect();
    nock.emitter.on('no match', note);
  });
  afterEach(() => {
    const unused = persistent ? [] : nock.pendingMocks();
    nock.emitter.off('no match', note);
    nock.cleanAll();
    nock.enableNetConnect();
    expect(unused).toEqual([]);
    expect(strangers).toEqual([]);
  });
  afterAll(() => {
    nock.restore();
  });
}
