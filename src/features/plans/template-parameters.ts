import { Injectable, type PipeTransform } from '@nestjs/common';
import { noTemplate } from './template-views.service.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const VERSION = /^[1-9]\d{0,5}$/;

/** An id in an address. What no id can be is not there: 404, as for any other that is not. */
@Injectable()
export class TemplateId implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw noTemplate();
    return value.toLowerCase();
  }
}

@Injectable()
export class Version implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!VERSION.test(value)) throw noTemplate();
    return Number(value);
  }
}
