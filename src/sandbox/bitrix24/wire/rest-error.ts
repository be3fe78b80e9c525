/** A refusal as the classic REST answers it: `{error, error_description}` with a status, sometimes 200. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${description}`);
  }

  body(): Readonly<Record<string, unknown>> {
    return { error: this.code, error_description: this.description, ...this.extra };
  }
}

/** A refusal of REST 3.0: there `error` is an object. */
export class RestV3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly validation: readonly { readonly message: string; readonly field: string }[] = [],
  ) {
    super(`${code}: ${description}`);
  }

  body(): Readonly<Record<string, unknown>> {
    const validation = this.validation.length > 0 ? { validation: this.validation } : {};
    return {
      error: { code: `BITRIX_REST_V3_EXCEPTION_${this.code}`, message: this.description, ...validation },
    };
  }
}

export function accessDenied(description = 'Access denied!'): RestError {
  return new RestError(403, 'ACCESS_DENIED', description);
}

export function invalidArgument(description: string): RestError {
  return new RestError(400, 'INVALID_ARG_VALUE', description);
}

export function notFound(description = 'Not found'): RestError {
  return new RestError(400, 'NOT_FOUND', description);
}
