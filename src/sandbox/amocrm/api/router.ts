import { ApiError } from '../server/api-error.js';
import { accountRoutes } from './account.js';
import type { Route } from './call.js';
import { catalogRoutes } from './catalogs.js';
import { contactRoutes } from './contacts.js';
import { eventRoutes } from './events.js';
import { leadReadRoutes } from './lead-reads.js';
import { leadWriteRoutes } from './lead-writes.js';
import { noteRoutes } from './notes.js';
import { pipelineRoutes } from './pipelines.js';
import { tagAndFieldRoutes } from './tags-and-fields.js';
import { taskRoutes } from './tasks.js';
import { unsortedRoutes } from './unsorted.js';
import { webhookRoutes } from './webhooks.js';
import { widgetRoutes } from './widgets.js';

export interface Found {
  readonly route: Route;
  readonly params: readonly string[];
}

interface Entry {
  readonly route: Route;
  readonly segments: readonly string[];
  readonly parameters: number;
}

/** Finds the method behind a path. */
export class Router {
  private readonly entries: readonly Entry[];

  constructor() {
    const routes = [
      accountRoutes(),
      pipelineRoutes(),
      leadReadRoutes(),
      leadWriteRoutes(),
      unsortedRoutes(),
      taskRoutes(),
      eventRoutes(),
      noteRoutes(),
      tagAndFieldRoutes(),
      contactRoutes(),
      catalogRoutes(),
      webhookRoutes(),
      widgetRoutes(),
    ].flat();
    // A path that names its segment goes before one that takes any.
    this.entries = routes
      .map((route) => {
        const segments = route.path.split('/');
        return { route, segments, parameters: segments.filter((one) => one.startsWith(':')).length };
      })
      .sort((left, right) => left.parameters - right.parameters);
  }

  /** @throws ApiError 404 for a path nobody answers, 405 for a verb it does not know */
  find(verb: string, path: string): Found {
    const segments = path.split('/').filter((segment) => segment !== '');
    const suiting = this.entries.filter((entry) => matches(entry.segments, segments));
    const entry = suiting.find((one) => one.route.verb === verb);
    if (entry !== undefined) {
      const params = segments.filter((_segment, index) => entry.segments[index]?.startsWith(':') === true);
      return { route: entry.route, params };
    }
    if (suiting.length === 0) throw new ApiError(404, 'Not Found', `Cannot ${verb} /api/v4/${path}`);
    throw new ApiError(405, 'Method Not Allowed', `Method ${verb} is not allowed`);
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => part.startsWith(':') || part === segments[index])
  );
}
